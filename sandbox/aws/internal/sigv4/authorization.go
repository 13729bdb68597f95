package sigv4

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"eso-aws/sandbox/aws/internal/api"
)

// authorization is a parsed Authorization header.
type authorization struct {
	Scope
	date          string
	time          time.Time
	signedHeaders []string
	signature     string
}

func parse(r *http.Request) (authorization, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		return authorization{}, api.Errorf(api.MissingToken, "Request is missing Authentication Token")
	}
	parameters, ok := strings.CutPrefix(header, algorithm+" ")
	if !ok {
		return authorization{}, api.Errorf(api.IncompleteSignature, "Unsupported AWS 'algorithm': expected '%s'.",
			algorithm)
	}
	fields, err := split(parameters)
	if err != nil {
		return authorization{}, err
	}
	auth := authorization{signature: fields["Signature"], signedHeaders: strings.Split(fields["SignedHeaders"], ";")}
	if err := auth.setDate(r); err != nil {
		return authorization{}, err
	}
	if err := auth.setScope(fields["Credential"]); err != nil {
		return authorization{}, err
	}
	return auth, auth.checkSigned(r)
}

// split parses the three parameters. Its errors do not show the client's input,
// which could contain a misplaced secret key.
func split(parameters string) (map[string]string, error) {
	fields := map[string]string{}
	for parameter := range strings.SplitSeq(parameters, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(parameter), "=")
		if !ok {
			return nil, api.Errorf(api.IncompleteSignature,
				"Authorization header holds a part that is not a valid key=value pair (missing equal-sign).")
		}
		fields[name] = value
	}
	var missing []string
	for _, name := range []string{"Credential", "Signature", "SignedHeaders"} {
		if fields[name] == "" {
			missing = append(missing, "Authorization header requires '"+name+"' parameter.")
		}
	}
	if missing != nil {
		return nil, api.Errorf(api.IncompleteSignature, "%s", strings.Join(missing, " "))
	}
	return fields, nil
}

func (a *authorization) setDate(r *http.Request) error {
	a.date = r.Header.Get("X-Amz-Date")
	if a.date == "" {
		return api.Errorf(api.IncompleteSignature, "Authorization header requires existence of a 'X-Amz-Date' header.")
	}
	var err error
	if a.time, err = time.Parse(timeFormat, a.date); err != nil {
		return api.Errorf(api.IncompleteSignature, "Date must be in ISO-8601 'basic format'. Got '%s'.", a.date)
	}
	return nil
}

func (a *authorization) setScope(credential string) error {
	parts := strings.Split(credential, "/")
	if len(parts) != 5 || parts[0] == "" || parts[2] == "" || parts[3] == "" {
		return api.Errorf(api.IncompleteSignature, "Credential must have exactly 5 slash-delimited elements, e.g. "+
			"keyid/date/region/service/term.")
	}
	if parts[4] != terminator {
		return api.Errorf(api.InvalidSignature, "Credential should be scoped with a valid terminator: '%s', not '%s'.",
			terminator, parts[4])
	}
	if day, _, _ := strings.Cut(a.date, "T"); parts[1] != day {
		return api.Errorf(api.InvalidSignature,
			"Date in Credential scope does not match YYYYMMDD from ISO-8601 version "+
				"of date from HTTP: '%s' != '%s', from '%s'.", parts[1], day, a.date)
	}
	a.Scope = Scope{AccessKeyID: parts[0], Region: parts[2], Service: parts[3]}
	return nil
}

func (a *authorization) checkTime(now time.Time) error {
	now = now.UTC().Truncate(time.Second)
	stamp := func(t time.Time) string { return t.Format(timeFormat) }
	if earliest := now.Add(-maxSkew); a.time.Before(earliest) {
		return api.Errorf(api.InvalidSignature, "Signature expired: %s is now earlier than %s (%s - 5 min.)",
			a.date, stamp(earliest), stamp(now))
	}
	if latest := now.Add(maxSkew); a.time.After(latest) {
		return api.Errorf(api.InvalidSignature, "Signature not yet current: %s is still later than %s (%s + 5 min.)",
			a.date, stamp(latest), stamp(now))
	}
	return nil
}

// checkSigned requires signatures for the headers that determine what the request
// does and for whom.
func (a *authorization) checkSigned(r *http.Request) error {
	for _, name := range []string{"Host", "X-Amz-Date", "X-Amz-Target", "X-Amz-Security-Token"} {
		sent := name == "Host" || r.Header.Get(name) != ""
		if sent && !slices.Contains(a.signedHeaders, strings.ToLower(name)) {
			return api.Errorf(api.InvalidSignature, "'%s' must be a 'SignedHeader' in the AWS Authorization.", name)
		}
	}
	return nil
}
