package plan

import (
	"fmt"
	"time"

	"eso-aws/internal/stackfile"
	"eso-aws/secretsync"
)

// The list price of a call to Secrets Manager, its source and its date.
const (
	pricePerCall = 0.05 / 10_000 // US dollars
	priceSource  = "https://aws.amazon.com/secrets-manager/pricing/"
	priceDate    = "2026-11-22"
)

// month is the period of a forecast.
const month = 30 * 24 * time.Hour

// Forecast estimates the calls to AWS that the stack's secrets cause.
type Forecast struct {
	// Secrets is the number of ExternalSecrets, and Keys that of the known keys of their
	// Secrets.
	Secrets, Keys int
	// Calls is the number of calls to Secrets Manager in 30 days. A search counts as one
	// call. In fact, it makes one for every twenty secrets that it finds, or one for each
	// secret if it searches by name.
	Calls float64
	// More reports whether there are searches, or keys that only AWS knows.
	More bool
}

// Cost returns the list price of the calls in US dollars. It does not include the secrets
// themselves, which cost 0.40 each per month.
func (f Forecast) Cost() float64 { return f.Calls * pricePerCall }

// String returns the forecast as a sentence.
func (f Forecast) String() string {
	atLeast := ""
	if f.More {
		atLeast = "at least "
	}
	return fmt.Sprintf("%d ExternalSecrets with %s%d keys make %s%.0f calls of Secrets Manager in 30 days: "+
		"%.2f US dollars at list price (%s, %s)", f.Secrets, atLeast, f.Keys, atLeast, f.Calls, f.Cost(),
		priceSource, priceDate)
}

// Forecast returns the forecast for the refresh intervals.
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

// calls returns the number of calls of one sync. The operator reads each version of a
// secret once.
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
