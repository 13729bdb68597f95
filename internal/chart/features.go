package chart

import (
	"fmt"

	"github.com/blang/semver"

	"eso-aws/internal/problem"
)

// Group is the API group of stores and ExternalSecrets.
const Group = "external-secrets.io"

// The versions of the operator's API.
const (
	APIv1      = Group + "/v1"
	APIv1beta1 = Group + "/v1beta1"
)

// serveV1beta1 is the member of crds in the chart's values with which a newer chart serves
// the older API.
const serveV1beta1 = "unsafeServeV1Beta1"

// Feature is something that only some charts support.
type Feature string

// The features that the program depends on.
const (
	RefreshPolicy   Feature = "refreshPolicy"
	RewriteMerge    Feature = "rewrite.merge"
	PriorityPolicy  Feature = "rewrite.merge.priorityPolicy"
	CreateOrMerge   Feature = "creationPolicy: CreateOrMerge"
	ReadinessProbe  Feature = "readinessProbe"
	BootstrapTokens Feature = "template.type: bootstrap.kubernetes.io/token" //nolint:gosec // no token
)

// lifetime is which charts support a feature.
type lifetime struct {
	since, until semver.Version // until is the first that no longer does; zero for none
	v1           bool           // the older API never got it
}

func lifetimes() map[Feature]lifetime {
	return map[Feature]lifetime{
		RefreshPolicy:   {since: semver.Version{Minor: 16}},
		RewriteMerge:    {since: semver.Version{Minor: 18}, v1: true},
		PriorityPolicy:  {since: semver.Version{Minor: 20, Patch: 2}, v1: true},
		CreateOrMerge:   {since: semver.Version{Major: 2, Minor: 8}, v1: true},
		ReadinessProbe:  {since: semver.Version{Major: 2, Minor: 2}},
		BootstrapTokens: {until: semver.Version{Major: 2, Minor: 4, Patch: 1}},
	}
}

// Supports reports whether the chart has a feature.
func (r *Release) Supports(feature Feature) bool {
	life := lifetimes()[feature]
	removed := life.until.GT(semver.Version{}) && r.version.GTE(life.until)
	return r.unread() || r.version.GTE(life.since) && !removed
}

// CheckFeature finds that the chart, or the version of the API, does not support a feature.
func (r *Release) CheckFeature(feature Feature, apiVersion string) []problem.Problem {
	life := lifetimes()[feature]
	switch {
	case !r.Supports(feature) && r.version.LT(life.since):
		return []problem.Problem{r.tooOld(life.since)}
	case !r.Supports(feature):
		return []problem.Problem{r.tooNew(life.until)}
	case life.v1 && apiVersion == APIv1beta1:
		return []problem.Problem{{
			Kind: problem.Version, Rule: "not supported by " + APIv1beta1,
			Fix: "set apiVersion: " + APIv1 + " or remove it",
		}}
	}
	return nil
}

// API is the version of the API that the program uses with the chart by default.
func (r *Release) API() string {
	if r.ServesAPI(APIv1, nil) {
		return APIv1
	}
	return APIv1beta1
}

// ServesAPI reports whether the chart serves a version of the API with these values.
func (r *Release) ServesAPI(apiVersion string, values map[string]any) bool {
	switch {
	case apiVersion != APIv1 && apiVersion != APIv1beta1:
		return false
	case r.unread():
		return true
	case apiVersion == APIv1:
		return r.version.GTE(semver.Version{Minor: 16})
	case r.version.LT(semver.Version{Minor: 17}):
		return true
	}
	crds, _ := values["crds"].(map[string]any)
	return crds[serveV1beta1] == true && r.version.GTE(semver.Version{Major: 1, Minor: 3})
}

// CheckAPI finds what is wrong with the choice of a version of the API.
func (r *Release) CheckAPI(apiVersion string, values map[string]any) []problem.Problem {
	p := problem.Problem{Value: apiVersion, Kind: problem.Version}
	switch {
	case r.ServesAPI(apiVersion, values):
		return nil
	case apiVersion == APIv1:
		p.Rule = fmt.Sprintf("not served by chart %s (since 0.16.0)", r.version)
		p.Fix = "set " + APIv1beta1 + " or a newer chartVersion"
	case apiVersion == APIv1beta1:
		const served = "not served by chart %s (removed in 0.17.0, optional since 1.3.0 with crds.%s in chartValues)"
		p.Rule, p.Fix = fmt.Sprintf(served, r.version, serveV1beta1), "set "+APIv1
	default:
		p.Kind, p.Rule = problem.NotSupported, "must be "+APIv1+" or "+APIv1beta1
	}
	return []problem.Problem{p}
}
