package config

import (
	"strings"

	"github.com/blang/semver"
)

// functions are those of the operator's templates, beside Go's own: those of sprig that
// it has left in, and what it adds. They are in all charts.
func functions() []string {
	return strings.Fields(`
		abbrev abbrevboth add add1 add1f addf adler32sum ago all any append atoi b32dec b32enc b64dec b64enc base
		bcrypt biggest buildCustomCert camelcase cat ceil chunk clean coalesce compact concat contains date
		date_in_zone date_modify dateInZone dateModify decryptAES deepCopy deepEqual default derivePassword dict dig
		dir div divf duration durationRound empty encryptAES ext fail filterPEM first float64 floor fromJson fromYaml
		fullPemToPkcs12 fullPemToPkcs12Pass genCA genCAWithKey genPrivateKey genSelfSignedCert
		genSelfSignedCertWithKey genSignedCert genSignedCertWithKey get has hasKey hasPrefix hasSuffix hello htmlDate
		htmlDateInZone htpasswd indent initial initials int int64 isAbs join jwkPrivateKeyPem jwkPublicKeyPem
		kebabcase keys kindIs kindOf last list lower max maxf merge mergeOverwrite min minf mod mul mulf
		must_date_modify mustAppend mustChunk mustCompact mustDateModify mustDeepCopy mustFirst mustFromJson mustHas
		mustInitial mustLast mustMerge mustMergeOverwrite mustPrepend mustPush mustRegexFind mustRegexFindAll
		mustRegexMatch mustRegexReplaceAll mustRegexReplaceAllLiteral mustRegexSplit mustRest mustReverse mustSlice
		mustToDate mustToJson mustToPrettyJson mustToRawJson mustUniq mustWithout nindent nospace now omit osBase
		osClean osDir osExt osIsAbs pemToPkcs12 pemToPkcs12Pass pick pkcs12cert pkcs12certPass pkcs12key
		pkcs12keyPass pluck plural prepend push quote randAlpha randAlphaNum randAscii randBytes randInt randNumeric
		regexFind regexFindAll regexMatch regexQuoteMeta regexReplaceAll regexReplaceAllLiteral regexSplit repeat
		replace rest reverse round semver semverCompare seq set sha1sum sha256sum shuffle slice snakecase sortAlpha
		split splitList splitn squote sub subf substr swapcase ternary title toDate toDecimal toJson toPrettyJson
		toRawJson toString toStrings toYaml trim trimAll trimall trimPrefix trimSuffix trunc tuple typeIs typeIsLike
		typeOf uniq unixEpoch unset until untilStep untitle upper urlJoin urlParse uuidv4 values without wrap
		wrapWith`)
}

// span is which charts have a function: from one version, and up to another, which has
// it no more. A zero version is no bound. Where the exact one is not known it is the
// wider.
type span struct{ since, until semver.Version }

// laterFunctions are those that some charts have.
func laterFunctions() map[string]span {
	truststore, kubernetes := semver.Version{Minor: 20}, semver.Version{Minor: 20, Patch: 2}
	ownSprig := semver.Version{Major: 2, Minor: 3}
	return map[string]span{
		"filterCertChain":           {since: semver.Version{Minor: 11}},
		"pemTruststoreToPKCS12":     {since: truststore},
		"pemTruststoreToPKCS12Pass": {since: truststore},
		"rsaDecrypt":                {since: kubernetes},
		"getSecretKey":              {since: kubernetes, until: ownSprig},
		"getHostByName":             {until: ownSprig},
		"certSANs":                  {since: ownSprig},
		"hexdec":                    {since: ownSprig},
		"sha512sum":                 {since: ownSprig},
	}
}

// has tells whether a chart has the function.
func (s span) has(chart semver.Version) bool {
	none := semver.Version{}
	return chart.GTE(s.since) && (s.until.EQ(none) || chart.LT(s.until))
}
