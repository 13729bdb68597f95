package config

import (
	"fmt"

	"github.com/blang/semver"
)

// The first charts that are known to have a field or a value. Charts between the last
// without it and the first with it get the benefit of the doubt.
func refreshPolicySince() semver.Version  { return semver.Version{Minor: 16} }
func mergeSince() semver.Version          { return semver.Version{Minor: 18} }
func priorityPolicySince() semver.Version { return semver.Version{Minor: 20, Patch: 2} }
func createOrMergeSince() semver.Version  { return semver.Version{Major: 2, Minor: 8} }

// since refuses what is there and older charts have not: their CRDs would drop it.
func (l *loader) since(p path, value string, since semver.Version) {
	if !l.good(p) || l.chartUnknown() || l.chart.GTE(since) || l.wrong(p) {
		return
	}
	rule := fmt.Sprintf("is not known to chart %s, but from %s on", l.chart, since)
	const write = "a newer chartVersion, or take it away"
	if value == "" {
		l.say(p, rule+"; write "+write)
		return
	}
	l.reject(p, value, rule, write)
}

// inV1 refuses what the older API never got, though the chart knows it.
func (l *loader) inV1(p path, value string) {
	if !l.good(p) || l.wrong(p) || l.api != APIv1beta1 || l.failed(KeyAPIVersion) {
		return
	}
	const rule, write = "is not known to " + APIv1beta1, "apiVersion: " + APIv1 + ", or take it away"
	if value == "" {
		l.say(p, rule+"; write "+write)
		return
	}
	l.reject(p, value, rule, write)
}

// chartUnknown says that the chart's version could not be read.
func (l *loader) chartUnknown() bool { return l.failed(KeyChart) || l.failed(KeyChartVersion) }
