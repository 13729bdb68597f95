package config

import (
	"github.com/blang/semver"

	"eso-aws/internal/chart"
)

// feature refuses what the chart, or the older API, does not support: the CRD would drop it.
func (l *loader) feature(p path, value string, feature chart.Feature) {
	if !l.good(p) || l.wrong(p) {
		return
	}
	api := l.api
	if l.failed(KeyAPIVersion) {
		api = ""
	}
	for _, found := range l.release().CheckFeature(feature, api) {
		text := found.String()
		if value != "" {
			text = l.shown(p, value) + ": " + text
		}
		l.say(p, text)
	}
}

// release is what is known of the chart.
func (l *loader) release() *chart.Release {
	if l.chartUnknown() {
		return chart.For(semver.Version{})
	}
	return chart.For(l.chart)
}

// chartUnknown says that the chart's version could not be read.
func (l *loader) chartUnknown() bool { return l.failed(KeyChart) || l.failed(KeyChartVersion) }
