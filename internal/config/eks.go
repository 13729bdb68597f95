package config

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"eso-aws/internal/iam"
	"eso-aws/internal/pattern"
	iamproblem "eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
	"eso-aws/irsa"
	"eso-aws/podidentity"
)

// keyAWSRegion and keyAWSProfile are the AWS provider's own.
const (
	keyAWSRegion  = "aws:region"
	keyAWSProfile = "aws:profile"
)

// Auth is how the operator signs in to AWS.
type Auth string

// IRSA is a role for the operator's service account, by the cluster's OIDC
// provider; PodIdentity is one for its pods, by EKS.
const (
	IRSA        Auth = "irsa"
	PodIdentity Auth = "podIdentity"
)

// Cluster is what a stack of target eks has besides.
type Cluster struct {
	// Name is the cluster's, Region where it is, Partition where both are.
	Name      string
	Region    string
	Partition iam.Partition
	// Profile is the AWS CLI's profile that leads to it; "" for none.
	Profile string
	// Auth is how the operator signs in.
	Auth Auth
	// OIDCProviderARN is that of the cluster's provider in IAM; "" is the one
	// that has the cluster's issuer. IRSA only.
	OIDCProviderARN string
	// Agent installs the Pod Identity agent. PodIdentity only.
	Agent bool
	// Role is the operator's; an empty name is the default of the kind.
	Role iam.RoleSettings
	// Grants are what the secrets need.
	Grants []iam.Grants
	// KMSKeys are the customer managed keys in the grants.
	KMSKeys []string
}

// roleName is the operator's role's.
func (c Cluster) roleName() string {
	if c.Auth == PodIdentity {
		return cmp.Or(c.Role.Name, podidentity.DefaultName)
	}
	return cmp.Or(c.Role.Name, irsa.DefaultName)
}

// cluster reads what only EKS has.
func (l *loader) cluster() Cluster {
	c := Cluster{
		Name: l.clusterName(), Region: l.awsRegion(), Profile: l.values[keyAWSProfile], Auth: l.auth(),
		OIDCProviderARN: l.text(KeyOIDCProviderARN), Agent: l.boolean(KeyPodIdentityAgent), Role: l.role(),
	}
	c.Partition, _ = iam.PartitionOf(c.Region) // a problem with it is told already
	checked := c.Role
	checked.Name = c.roleName()
	l.iam(path{KeyRole}, checked.Validate(c.Partition))
	if c.OIDCProviderARN != "" {
		l.iam(path{KeyOIDCProviderARN}, iam.CheckARN(pattern.ProviderARN, c.OIDCProviderARN, c.Partition))
		if match := issuerRegion.FindStringSubmatch(c.OIDCProviderARN); match != nil && match[1] != c.Region {
			rule := fmt.Sprintf("is of a cluster in region %q, not in the %q of aws:region", match[1], c.Region)
			l.reject(path{KeyOIDCProviderARN}, c.OIDCProviderARN, rule, "that of this cluster")
		}
	}
	switch {
	case c.Auth == PodIdentity && c.OIDCProviderARN != "":
		l.reject(path{KeyOIDCProviderARN}, c.OIDCProviderARN, "is of no use with auth podIdentity",
			"auth: irsa, or take it away")
	case c.Auth == IRSA && c.Agent:
		l.reject(path{KeyPodIdentityAgent}, "true", "is of no use with auth irsa",
			"auth: podIdentity, or take it away")
	}
	return c
}

// issuerRegion is where the cluster of an issuer of EKS is.
var issuerRegion = regexp.MustCompile(`:oidc-provider/oidc\.eks\.([a-z0-9-]+)\.`)

func (l *loader) clusterName() string {
	value := l.required(KeyCluster, "the name of an EKS cluster that is there")
	if value != "" {
		l.iam(path{KeyCluster}, pattern.ClusterName.Check(value))
	}
	return value
}

// awsRegion is where the cluster is: the AWS provider's region, so that both
// always look at the same one.
func (l *loader) awsRegion() string {
	at, value := path{keyAWSRegion}, l.values[keyAWSRegion]
	if value == "" {
		l.say(at, "is missing; write the region of the cluster, such as us-east-1")
		return value
	}
	_, problems := iam.PartitionOf(value)
	l.iam(at, problems)
	return value
}

func (l *loader) auth() Auth {
	switch value := Auth(l.text(KeyAuth)); value {
	case IRSA, PodIdentity:
		return value
	default:
		l.choose(path{KeyAuth}, string(value), []string{string(IRSA), string(PodIdentity)})
		return ""
	}
}

// role is the operator's role; what IAM would say of it is told later.
func (l *loader) role() iam.RoleSettings {
	const writeSession = "1h to 12h, in whole seconds"
	var role stackfile.Role
	l.decode(KeyRole, &role)
	settings := iam.RoleSettings{
		Name: role.Name, Path: role.Path, PermissionsBoundary: role.PermissionsBoundary, Tags: role.Tags,
	}
	if at := (path{KeyRole, "maxSession"}); l.good(at) {
		duration, err := time.ParseDuration(role.MaxSession)
		if err != nil {
			l.reject(at, role.MaxSession, noDuration, writeSession)
		} else if duration < time.Hour || duration > 12*time.Hour || duration%time.Second != 0 {
			l.reject(at, role.MaxSession, "is no duration of a session", writeSession)
		} else {
			settings.MaxSession = duration
		}
	}
	return settings
}

// iam tells problems of the package of that name, whose paths are below one.
func (l *loader) iam(below path, problems []iamproblem.Problem) {
	for _, p := range problems {
		at := append(slices.Clone(below), p.Path...)
		text := p.Rule
		if p.Fix != "" {
			text += "; " + p.Fix
		}
		if p.Value != nil {
			text = l.shown(at, fmt.Sprint(p.Value)) + ": " + text
		}
		l.say(at, text)
	}
}

// roleVariables are those by which AWS's SDK signs in before it takes a role.
var roleVariables = []string{
	"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_ROLE_ARN",
	"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
	"AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE",
}

// isAWS tells whether a URL leads to AWS itself, as that of a VPC endpoint does.
func isAWS(url string) bool {
	host, ok := strings.CutPrefix(strings.TrimRight(url, "/"), "https://")
	return ok && (strings.HasSuffix(host, ".amazonaws.com") || strings.HasSuffix(host, ".amazonaws.com.cn"))
}

// environment rejects variables of the operator that would take the place
// of its role, or of AWS.
func (l *loader) environment(values map[string]any) {
	list, _ := values["extraEnv"].([]any)
	for i, entry := range list {
		variable, _ := entry.(map[string]any)
		name, _ := variable["name"].(string)
		value, _ := variable["value"].(string)
		at := path{KeyChartValues, "extraEnv"}.entry(i)
		switch {
		case slices.Contains(roleVariables, name):
			l.say(at, fmt.Sprintf("%s would take the place of the operator's role; take it away", name))
		case strings.HasPrefix(name, "AWS_") && strings.Contains(name, "ENDPOINT") &&
			name != "AWS_STS_REGIONAL_ENDPOINTS" && !isAWS(value):
			l.say(at, name+" leads to no AWS, but target is eks; write target: local for an emulator, "+
				"or an https URL of AWS")
		}
	}
}
