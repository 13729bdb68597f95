package chart_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestCheckFunction(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ version, function, want string }{
		"GosOwn":      {"2.0.0", "printf", ""},
		"Known":       {"2.0.0", "toJson", ""},
		"SinceKnown":  {"0.10.7", "filterCertChain", "function filterCertChain is not supported by chart 0.10.7 (since 0.14.4); set a newer chartVersion or remove it"},
		"SinceNotes":  {"2.1.0", "certSANs", "function certSANs is not supported by chart 2.1.0 (since 2.2.0); set a newer chartVersion or remove it"},
		"Gone":        {"2.14.0", "getHostByName", "function getHostByName is not supported by chart 2.14.0 (removed in 2.3.0); remove it"},
		"GoneAgain":   {"2.14.0", "getSecretKey", "function getSecretKey is not supported by chart 2.14.0 (removed in 1.2.0); remove it"},
		"Before":      {"0.9.20", "getSecretKey", "function getSecretKey is not supported by chart 0.9.20 (since 0.20.4); set a newer chartVersion or remove it"},
		"Misspelled":  {"2.14.0", "toJsom", "unknown function toJsom; did you mean toJson?"},
		"None":        {"2.9.0", "whirlpool", "unknown function whirlpool; remove it"},
		"NotKnownYet": {"2.14.0", "whirlpool", "warning: unknown function whirlpool as of chart 2.9.0, the newest known; remove it, or the sync fails if the chart does not have it"},
		"Unread":      {"0.0.0", "getSecretKey", ""},
		"UnreadNone":  {"0.0.0", "whirlpool", "warning: unknown function whirlpool; remove it, or the sync fails if the chart does not have it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want []string
			if test.want != "" {
				want = []string{test.want}
			}
			assert.Equal(t, want, linesOf(newRelease(test.version).CheckFunction(test.function)))
		})
	}
}

func TestFunctions(t *testing.T) {
	t.Parallel()
	// Functions that not every release has; any other one is in all.
	some := []string{
		"certSANs", "env", "expandenv", "filterCertChain", "getHostByName", "getSecretKey", "hexdec", "pemTruststoreToPKCS12",
		"pemTruststoreToPKCS12Pass", "rsaDecrypt", "sha512sum",
	}
	for version, want := range map[string]struct {
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
		"2.2.0":  {[]string{"certSANs", "filterCertChain", "getHostByName", "pemTruststoreToPKCS12", "pemTruststoreToPKCS12Pass", "rsaDecrypt", "sha512sum"}, 220, true},
		"2.9.0":  {[]string{"certSANs", "filterCertChain", "hexdec", "pemTruststoreToPKCS12", "pemTruststoreToPKCS12Pass", "rsaDecrypt", "sha512sum"}, 220, true},
		"2.14.0": {[]string{"certSANs", "filterCertChain", "hexdec", "pemTruststoreToPKCS12", "pemTruststoreToPKCS12Pass", "rsaDecrypt", "sha512sum"}, 220, false},
	} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			names, complete := newRelease(version).Functions()
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
