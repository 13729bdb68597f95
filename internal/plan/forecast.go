package plan

import (
	"fmt"
	"time"

	"eso-aws/internal/stackfile"
	"eso-aws/secretsync"
)

// The list price of a call of Secrets Manager, its source, and when it was looked up.
const (
	pricePerCall = 0.05 / 10_000 // US dollars
	priceSource  = "https://aws.amazon.com/secrets-manager/pricing/"
	priceDate    = "2026-11-22"
)

// month is the month of a forecast.
const month = 30 * 24 * time.Hour

// Forecast is what the stack's secrets ask of AWS.
type Forecast struct {
	// Secrets counts ExternalSecrets, and Keys those of their Secrets that are known.
	Secrets, Keys int
	// Calls counts calls of Secrets Manager in 30 days. A search counts as one: it makes
	// one for each twenty secrets that it finds, or one for each if it searches by name.
	Calls float64
	// More reports that there are searches, or keys that only AWS knows.
	More bool
}

// Cost is the list price of the calls in US dollars. The secrets themselves cost 0.40 each
// per month, whoever reads them.
func (f Forecast) Cost() float64 { return f.Calls * pricePerCall }

// String is the forecast for people.
func (f Forecast) String() string {
	atLeast := ""
	if f.More {
		atLeast = "at least "
	}
	return fmt.Sprintf("%d ExternalSecrets with %s%d keys make %s%.0f calls of Secrets Manager in 30 days: "+
		"%.2f US dollars at list price (%s, %s)", f.Secrets, atLeast, f.Keys, atLeast, f.Calls, f.Cost(),
		priceSource, priceDate)
}

// Forecast counts the calls that the refresh intervals cause.
func (p *Plan) Forecast() Forecast {
	f := Forecast{Secrets: len(p.Secrets)}
	for _, secret := range p.Secrets {
		keys, known := secret.Keys()
		f.Keys += len(keys)
		f.More = f.More || !known || len(secret.Source.Find) > 0
		if secret.Entry.Source.Service == SecretsManager && secret.Refreshes() {
			f.Calls += calls(&secret.Source) * float64(month) / float64(secret.RefreshInterval)
		}
	}
	return f
}

// calls are those of one sync: the operator reads each version of a secret once.
func calls(source *secretsync.Source) float64 {
	type version struct{ key, version string }
	read := map[version]bool{}
	add := func(remote stackfile.Remote) { read[version{remote.Key, remote.Version}] = true }
	for _, remote := range source.Data {
		add(remote)
	}
	for _, extract := range source.Extract {
		add(extract.Remote)
	}
	return float64(len(read) + len(source.Find))
}
