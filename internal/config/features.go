package config

import "eso-aws/internal/chart"

// feature refuses what the chart, or the older API, does not support: the CRD would drop it.
func (l *loader) feature(p path, value string, feature chart.Feature) {
	if !l.good(p) || l.chartUnknown() || l.wrong(p) {
		return
	}
	api := l.api
	if l.failed(KeyAPIVersion) {
		api = ""
	}
	for _, found := range chart.For(l.chart).CheckFeature(feature, api) {
		text := found.String()
		if value != "" {
			text = l.shown(p, value) + ": " + text
		}
		l.say(p, text)
	}
}

// chartUnknown says that the chart's version could not be read.
func (l *loader) chartUnknown() bool { return l.failed(KeyChart) || l.failed(KeyChartVersion) }
