package config

import (
	"fmt"
	"strconv"
	"time"

	"eso-aws/internal/pattern"
	"eso-aws/internal/stackfile"
)

// AWS's list price of a call of Secrets Manager, where it is from, and when it was
// looked up.
const (
	pricePerCall = 0.05 / 10_000 // US dollars
	priceSource  = "https://aws.amazon.com/secrets-manager/pricing/"
	priceDate    = "2026-11-22"
)

// month is what a month is for a forecast.
const month = 30 * 24 * time.Hour

// Forecast is what the stack's secrets ask of AWS.
type Forecast struct {
	// Secrets are ExternalSecrets, and Keys those of their Secrets that are known.
	Secrets, Keys int
	// Calls are those of Secrets Manager in 30 days. A search counts as one: it is
	// one for each twenty secrets that it finds, or by name one for each.
	Calls float64
	// More says that there are searches, or keys that AWS decides.
	More bool
}

// Cost is what the calls cost in US dollars, at AWS's list price. What the secrets
// themselves cost, 0.40 a month each, is not this stack's doing.
func (f Forecast) Cost() float64 { return f.Calls * pricePerCall }

// String is the forecast as people read it.
func (f Forecast) String() string {
	more := ""
	if f.More {
		more = " or more"
	}
	return fmt.Sprintf("%d ExternalSecrets with %d keys%s make %.0f calls%s of Secrets Manager in 30 days: "+
		"%.2f US dollars at AWS's list price (%s, %s)", f.Secrets, f.Keys, more, f.Calls, more, f.Cost(),
		priceSource, priceDate)
}

// Forecast counts what the refresh intervals cause.
func (c *Config) Forecast() Forecast {
	f := Forecast{Secrets: len(c.Secrets)}
	for i := range c.Secrets {
		secret := &c.Secrets[i]
		keys, known := secret.Keys()
		f.Keys += len(keys)
		f.More = f.More || !known || len(secret.Find) > 0
		store := c.StoreOf(secret)
		if secret.Once() || store != nil && store.Service != SecretsManager {
			continue
		}
		if secret.RefreshPolicy == "" || secret.RefreshPolicy == policyPeriodic {
			f.Calls += float64(secret.calls()) * float64(month) / float64(secret.RefreshInterval)
		}
	}
	return f
}

// calls are those of one sync: the operator reads each version of a secret once.
func (s *Secret) calls() int {
	type version struct{ key, version string }
	read := map[version]bool{}
	add := func(remote stackfile.Remote) { read[version{remote.Key, remote.Version}] = true }
	for _, remote := range s.Data {
		add(remote)
	}
	for _, extract := range s.Extract {
		add(extract.Remote)
	}
	return len(read) + len(s.Find)
}

// limit warns of a forecast that costs more than the stack wants.
func (l *loader) limit(c *Config) {
	at, value := path{KeyCostLimit}, l.text(KeyCostLimit)
	limit, err := strconv.ParseFloat(value, 64)
	switch {
	case err != nil || !pattern.Amount.Matches(value):
		l.reject(at, value, "is no amount of US dollars a month", "a number, such as 10")
	case len(l.problems) == 0 && c.Forecast().Cost() > limit:
		l.warn(at, fmt.Sprintf("%q: is less than the forecast: %s; write a longer refreshInterval, or a higher limit",
			value, c.Forecast()))
	}
}
