package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var (
	validSid     = regexp.MustCompile(`^[0-9A-Za-z]*$`)
	validVendor  = regexp.MustCompile(`^[a-zA-Z0-9.-]+$`)
	validAccount = regexp.MustCompile(`^[0-9]{12}$`)
	validService = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?$`)
	validDomain  = regexp.MustCompile(`^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$`)
)

const errLegacy = MalformedError("The policy failed legacy parsing")

// ParseIdentity parses an identity-based policy. Its ARNs must be in the partition.
// Errors are of type [MalformedError].
func ParseIdentity(text, partition string) (*Document, error) {
	d, err := parse(text)
	if err != nil {
		return nil, err
	}
	if d.version != version2012 {
		return nil, MalformedError("Policy document must be version 2012-10-17 or greater.")
	}
	if err := d.checkStatements(); err != nil {
		return nil, err
	}
	for _, s := range d.statements {
		if s.principals != nil {
			return nil, MalformedError("Policy document should not specify a principal.")
		}
		resources := slices.Concat(s.resources, s.notResources)
		if len(resources) == 0 {
			return nil, MalformedError("Policy statement must contain resources.")
		}
		for _, resource := range resources {
			if err := checkResource(resource, partition); err != nil {
				return nil, err
			}
		}
	}
	return d, nil
}

// ParseTrust parses a role's trust policy. It calls exists for the account's own
// roles and users. Errors are of type [MalformedError].
func ParseTrust(text, partition, account string, exists func(arn string) bool) (*Document, error) {
	d, err := parse(text)
	if err != nil {
		return nil, err
	}
	if err := d.checkStatements(); err != nil {
		return nil, err
	}
	for _, s := range d.statements {
		if s.resources != nil || s.notResources != nil {
			return nil, MalformedError("Has prohibited field Resource")
		}
		if len(s.principals) == 0 {
			return nil, MalformedError("Missing required field Principal")
		}
		for _, action := range s.actions {
			if !strings.HasPrefix(strings.ToLower(action), "sts:") {
				return nil, MalformedError("AssumeRole policy may only specify STS AssumeRole actions.")
			}
		}
		for _, p := range s.principals {
			if err := p.check(partition, account, exists); err != nil {
				return nil, err
			}
		}
	}
	return d, nil
}

// checkStatements checks the rules for all kinds of policies, in IAM's order.
func (d *Document) checkStatements() error {
	sids := map[string]bool{}
	for _, s := range d.statements {
		if s.effect != "Allow" && s.effect != "Deny" {
			return errLegacy
		}
		if !validSid.MatchString(s.sid) {
			return MalformedError("Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the " +
				"regular expression [0-9A-Za-z]*")
		}
		if s.sid != "" && sids[s.sid] {
			return MalformedError("Statement IDs (SID) in a single policy must be unique.")
		}
		sids[s.sid] = true
	}
	for _, s := range d.statements {
		actions := slices.Concat(s.actions, s.notActions)
		if len(actions) == 0 {
			return MalformedError("Policy statement must contain actions.")
		}
		for _, action := range actions {
			if err := checkAction(action); err != nil {
				return err
			}
		}
	}
	return nil
}

func checkAction(action string) error {
	vendor, name, ok := strings.Cut(action, ":")
	switch {
	case action == "*":
		return nil
	case !ok:
		return MalformedError("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.")
	case strings.Contains(name, ":"):
		return MalformedError("Actions/Condition can contain only one colon.")
	case !validVendor.MatchString(vendor):
		return MalformedError(fmt.Sprintf("Vendor %s is not valid", vendor))
	}
	return nil
}

func checkResource(resource, partition string) error {
	if resource == "*" {
		return nil
	}
	parts := strings.SplitN(resource, ":", 6)
	if len(parts) < 3 || parts[0] != "arn" {
		return MalformedError(fmt.Sprintf("Resource %s must be in ARN format or \"*\".", resource))
	}
	if parts[1] != partition && parts[1] != "*" {
		return MalformedError(fmt.Sprintf("Partition %q is not valid for resource %q.", parts[1], resource))
	}
	if strings.ContainsAny(parts[2], "*?") && parts[2] != "*" || parts[2] == "" {
		return MalformedError("Resource vendor must be fully qualified and cannot contain regexes.")
	}
	if parts[2] == "iam" && len(parts) > 3 && parts[3] != "" && parts[3] != "*" {
		return MalformedError(fmt.Sprintf("IAM resource %s cannot contain region information.", resource))
	}
	return nil
}

func (p principal) check(partition, account string, exists func(arn string) bool) error {
	switch p.kind {
	case "AWS":
		if p.knownAWS(partition, account, exists) {
			return nil
		}
		return MalformedError(fmt.Sprintf("Invalid principal in policy: \"AWS\":%q", p.value))
	case "Service":
		if validService.MatchString(p.value) {
			return nil
		}
		return MalformedError(fmt.Sprintf("Invalid principal in policy: \"SERVICE\":%q", p.value))
	case "Federated":
		for _, kind := range []string{"oidc-provider/", "saml-provider/"} {
			arn := "arn:" + partition + ":iam::"
			rest, ok := strings.CutPrefix(p.value, arn)
			owner, name, _ := strings.Cut(rest, ":")
			if ok && validAccount.MatchString(owner) && len(name) > len(kind) && strings.HasPrefix(name, kind) {
				return nil
			}
		}
		if validDomain.MatchString(p.value) {
			return nil
		}
		return MalformedError("Federated principals must be valid domain names or SAML metadata ARNs")
	default:
		return MalformedError(fmt.Sprintf("Invalid principal in policy: %q:%q", strings.ToUpper(p.kind), p.value))
	}
}

// knownAWS reports whether an AWS principal exists. It assumes that principals of
// other accounts do.
func (p principal) knownAWS(partition, account string, exists func(arn string) bool) bool {
	if p.value == "*" || validAccount.MatchString(p.value) {
		return true
	}
	parts := strings.SplitN(p.value, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[1] != partition || parts[3] != "" ||
		!validAccount.MatchString(parts[4]) || strings.ContainsAny(p.value, "*?") {
		return false
	}
	kind, name, _ := strings.Cut(parts[5], "/")
	switch {
	case parts[2] == "iam" && parts[5] == "root":
		return true
	case name == "":
		return false
	case parts[2] == "sts" && kind == "assumed-role":
		return strings.Contains(name, "/")
	case parts[2] == "iam" && (kind == "role" || kind == "user"):
		return parts[4] != account || exists(p.value)
	default:
		return false
	}
}
