package check

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"eso-aws/internal/iam"
	"eso-aws/internal/pattern"
	"eso-aws/internal/plan"
	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
)

// target checks the settings of the target.
func (c *checker) target() {
	if at := (problem.Path{stackfile.KeyRegion}); c.File.Valid(at) {
		c.region(at, c.Region)
	}
	if c.OnEKS() {
		c.cluster()
	} else if at := (problem.Path{stackfile.KeyEndpoint}); !c.problems.Failed(at) {
		c.endpoint(at, c.File.Endpoint)
	}
	at, timeout := problem.Path{stackfile.KeyTimeout}, time.Duration(c.Timeout)
	if !c.problems.Failed(at) && timeout < time.Second {
		c.refuse(at, c.File.Timeout, problem.Limit, "must be at least 1s", "set it to a duration such as 5m")
	}
	c.interval(problem.Path{stackfile.KeyRefreshInterval}, c.File.RefreshInterval)
}

// numberedRegion matches a region, and what is before its number of one digit.
var numberedRegion = regexp.MustCompile(`^(.+-)[1-9]$`)

// region checks the name of a region. One that is not known may be new, and is warned of,
// unless it looks like a mistake.
func (c *checker) region(at problem.Path, region string) {
	known := iam.Regions()
	if c.OnEKS() {
		c.samePartition(at, region)
	}
	if slices.Contains(known, region) || c.problems.Wrong(at) {
		return
	}
	match := numberedRegion.FindStringSubmatch(region)
	isNew := match != nil && slices.ContainsFunc(known, func(other string) bool {
		return strings.HasPrefix(other, match[1])
	})
	if meant := problem.Typo(region, known); !isNew && meant != "" {
		c.refuse(at, region, problem.NotFound, "must be an AWS region", "did you mean "+meant+"?")
		return
	}
	c.warn(at, region, problem.NotFound, "is not a region that this program knows", "make sure that it exists")
}

// samePartition refuses a region outside the partition of the cluster.
func (c *checker) samePartition(at problem.Path, region string) {
	own := c.Cluster.Partition
	if partition, _ := iam.PartitionOf(region); own != "" && partition != own {
		c.refuse(at, region, problem.Conflict, "must be in the partition of the cluster",
			"set it to a region of partition "+string(own))
	}
}

// issuerRegion matches the region of the EKS cluster that an OIDC provider belongs to.
var issuerRegion = regexp.MustCompile(`:oidc-provider/oidc\.eks\.([a-z0-9-]+)\.`)

// cluster checks the settings of target eks.
func (c *checker) cluster() {
	at := problem.Path{stackfile.KeyAWSRegion}
	if c.Cluster.Region == "" {
		c.refuse(at, nil, problem.Required, "is required", "set it to the region of the cluster, such as us-east-1")
	} else {
		_, wrong := iam.PartitionOf(c.Cluster.Region)
		c.problems.AddBelow(at, wrong...)
		c.region(at, c.Cluster.Region)
	}
	for _, p := range c.Cluster.Role.Validate(c.Cluster.Partition) {
		if at := (problem.Path{stackfile.KeyRole}).Member(p.Path...); !c.problems.Failed(at) {
			p.Path = at
			c.problems.Add(p)
		}
	}
	c.oidcProvider()
	agent := problem.Path{stackfile.KeyPodIdentityAgent}
	if c.Auth() == plan.IRSA && c.File.PodIdentityAgent && !c.problems.Failed(problem.Path{stackfile.KeyAuth}) {
		c.refuse(agent, true, problem.Conflict, "has no effect with auth irsa", "set auth: podIdentity or remove it")
	}
}

func (c *checker) oidcProvider() {
	at, provider := problem.Path{stackfile.KeyOIDCProviderARN}, c.File.OIDCProviderARN
	if provider == "" || c.problems.Failed(at) {
		return
	}
	if c.Auth() == plan.PodIdentity {
		c.refuse(at, provider, problem.Conflict, "has no effect with auth podIdentity", "set auth: irsa or remove it")
	}
	c.problems.AddBelow(at, iam.CheckARN(pattern.ProviderARN, provider, c.Cluster.Partition)...)
	if match := issuerRegion.FindStringSubmatch(provider); match != nil && match[1] != c.Cluster.Region {
		c.refuse(at, provider, problem.Conflict,
			fmt.Sprintf("belongs to a cluster in region %q, not in %q (aws:region)",
				match[1], c.Cluster.Region), "set it to the provider of this cluster")
	}
}

func (c *checker) endpoint(at problem.Path, value string) {
	const fix = "write scheme, host and port, such as http://host.k3d.internal:4566"
	u, err := url.Parse(value)
	switch {
	case err != nil:
		c.refuse(at, value, problem.Syntax, "must be a URL", fix)
	case u.User != nil:
		c.refuse(at, problem.Withheld, problem.Secrecy, "must not contain a user or password", fix)
	case (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "":
		c.refuse(at, value, problem.Syntax, "must be an http or https URL with a host", fix)
	case !validPort(u.Port()):
		c.refuse(at, value, problem.Syntax, "must have a port from 1 to 65535", fix)
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		c.refuse(at, value, problem.Syntax, "must not have a path, query or fragment", fix)
	}
}

func validPort(port string) bool {
	number, err := strconv.ParseUint(port, 10, 16)
	return port == "" || err == nil && number > 0
}

// interval checks a refresh interval.
func (c *checker) interval(at problem.Path, value string) {
	const fix = "set it to a duration such as 1h, or 0s to read the secret once"
	switch d, err := time.ParseDuration(value); {
	case err != nil || c.problems.Wrong(at): // reported already
	case d < 0:
		c.refuse(at, value, problem.Limit, "must not be negative", fix)
	case d > 0 && d < time.Second:
		c.refuse(at, value, problem.Limit, "must be at least 1s", fix)
	}
}

// namespaces checks what the file says of namespaces. The stack may create one that it does
// not use, unless that looks like a mistake.
func (c *checker) namespaces() {
	for _, name := range sorted(c.File.Namespaces) {
		at := problem.Path{stackfile.KeyNamespaces, name}
		_, used := c.Namespaces[name]
		others := slices.DeleteFunc(sorted(c.Namespaces), func(other string) bool { return other == name })
		misspelled := !c.usesNamespace(name) && problem.DidYouMean(name, others) != ""
		if (!used || misspelled) && !c.problems.Wrong(at) {
			c.refuse(at, nil, problem.NotFound, "namespace is not used by this stack", problem.Suggest(name, others))
		}
	}
}

// usesNamespace reports whether the operator, a store or a secret is in a namespace.
func (c *checker) usesNamespace(name string) bool {
	return name == plan.OperatorNamespace || name == c.File.Namespace ||
		slices.ContainsFunc(c.Secrets, func(s *plan.Secret) bool { return s.Namespace == name }) ||
		slices.ContainsFunc(c.Stores, func(s *plan.Store) bool { return s.Namespace == name })
}

// cost warns about a forecast above costLimit.
func (c *checker) cost() {
	at, value := problem.Path{stackfile.KeyCostLimit}, c.File.CostLimit
	limit, err := strconv.ParseFloat(value, 64)
	if err == nil && !c.problems.Any() && c.Forecast().Cost() > limit {
		c.warn(at, value, problem.Limit, "is less than the forecast: "+c.Forecast().String(),
			"set a longer refreshInterval or a higher limit")
	}
}
