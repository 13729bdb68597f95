package template_test

import (
	"slices"
	"testing"

	"github.com/blang/semver"
	"github.com/stretchr/testify/assert"

	"eso-aws/internal/template"
)

func TestCharts(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"toJson": "from 0.9 on", "filterCertChain": "from 0.14 on", "certSANs": "from 2.9 on", "getHostByName": "up to 2.2",
		"getSecretKey": "from 0.20 to 1.1", "sha512": "", "printf": "",
	} {
		assert.Equal(t, want, template.Charts(name), name)
		assert.Equal(t, want != "", slices.Contains(template.Known(), name), name)
	}
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	// Functions that not every release has; any other one is in all.
	some := []string{
		"certSANs", "env", "expandenv", "filterCertChain", "getHostByName", "getSecretKey", "hexdec", "pemTruststoreToPKCS12",
		"pemTruststoreToPKCS12Pass", "rsaDecrypt", "sha512sum",
	}
	for chart, want := range map[string]struct {
		names    []string
		others   int
		complete bool
	}{
		"0.9.11": {[]string{"getHostByName"}, 220, true},
		"0.10.7": {[]string{"getHostByName"}, 220, true},
		"0.12.1": {[]string{"filterCertChain", "getHostByName"}, 220, true}, // of 0.14.4, or of one before
		"0.19.2": {[]string{"filterCertChain", "getHostByName"}, 220, true},
		"0.20.4": {[]string{"filterCertChain", "getHostByName", "getSecretKey", "pemTruststoreToPKCS12", "pemTruststoreToPKCS12Pass", "rsaDecrypt"}, 220, true},
		"1.1.1":  {[]string{"filterCertChain", "getHostByName", "getSecretKey", "pemTruststoreToPKCS12", "pemTruststoreToPKCS12Pass", "rsaDecrypt", "sha512sum"}, 220, true},
		"1.3.1":  {[]string{"filterCertChain", "getHostByName", "pemTruststoreToPKCS12", "pemTruststoreToPKCS12Pass", "rsaDecrypt", "sha512sum"}, 220, true},
		"2.0.0":  {[]string{"filterCertChain", "getHostByName", "pemTruststoreToPKCS12", "pemTruststoreToPKCS12Pass", "rsaDecrypt", "sha512sum"}, 220, true},
		"2.9.0":  {[]string{"certSANs", "filterCertChain", "hexdec", "pemTruststoreToPKCS12", "pemTruststoreToPKCS12Pass", "rsaDecrypt", "sha512sum"}, 220, true},
		"2.14.0": {[]string{"certSANs", "filterCertChain", "hexdec", "pemTruststoreToPKCS12", "pemTruststoreToPKCS12Pass", "rsaDecrypt", "sha512sum"}, 220, false},
	} {
		t.Run(chart, func(t *testing.T) {
			t.Parallel()
			names, complete := template.Functions(semver.MustParse(chart))
			assert.True(t, slices.IsSorted(names))
			assert.Equal(t, want.complete, complete)
			var got []string
			others := 0
			for _, name := range names {
				if slices.Contains(some, name) {
					got = append(got, name)
				} else {
					others++
				}
			}
			assert.Equal(t, want.names, got)
			assert.Equal(t, want.others, others)
			for _, name := range []string{"toJson", "b64dec", "toYaml", "pkcs12key", "default", "uuidv4"} {
				assert.Contains(t, names, name)
			}
		})
	}
}
