package policy

import (
	"strings"
	"unicode"
)

// glob is a text in which some places match anything. What a policy variable
// stood for is literal in it, whatever characters it has.
type glob []rune

// No rune is negative, so these are not mistaken for text.
const (
	anyText rune = -1
	anyRune rune = -2
)

// compile reads a value of a policy: variables if there is a context, and
// wildcards if it may have them. It is false when the request has no value for
// one of the variables, and nothing equals that.
func compile(value string, variables Context, wildcards bool) (glob, bool) {
	var g glob
	for value != "" {
		if name, rest, ok := cutVariable(value); ok && variables != nil {
			text, known := expand(name, variables)
			if !known {
				return nil, false
			}
			g = append(g, []rune(text)...)
			value = rest
			continue
		}
		r := []rune(value)[0]
		value = value[len(string(r)):]
		switch {
		case wildcards && r == '*':
			g = append(g, anyText)
		case wildcards && r == '?':
			g = append(g, anyRune)
		default:
			g = append(g, r)
		}
	}
	return g, true
}

func cutVariable(value string) (name, rest string, ok bool) {
	inner, ok := strings.CutPrefix(value, "${")
	if !ok {
		return "", "", false
	}
	return strings.Cut(inner, "}")
}

// expand is the text that a variable stands for: ${aws:username},
// ${aws:username, 'default'}, and the characters ${*}, ${?} and ${$}.
func expand(name string, variables Context) (string, bool) {
	switch name {
	case "*", "?", "$":
		return name, true
	}
	key, fallback, hasFallback := strings.Cut(name, ",")
	// A key with several values is no text.
	if values := variables.get(strings.TrimSpace(key)); len(values) == 1 {
		return values[0], true
	}
	fallback = strings.TrimSpace(fallback)
	if hasFallback && len(fallback) >= 2 && fallback[0] == '\'' && fallback[len(fallback)-1] == '\'' {
		return fallback[1 : len(fallback)-1], true
	}
	return "", false
}

func (g glob) match(text string) bool {
	runes := []rune(text)
	// star is the last wildcard for any text, and mark what it has matched up to.
	star, mark, i := -1, 0, 0
	for at := 0; at < len(runes); {
		switch {
		case i < len(g) && g[i] == anyText:
			star, mark = i, at
			i++
		case i < len(g) && (g[i] == anyRune || g[i] == runes[at]):
			i++
			at++
		case star >= 0:
			mark++
			i, at = star+1, mark
		default:
			return false
		}
	}
	for i < len(g) && g[i] == anyText {
		i++
	}
	return i == len(g)
}

func (g glob) lower() glob {
	low := make(glob, len(g))
	for i, r := range g {
		low[i] = r
		if r >= 0 {
			low[i] = unicode.ToLower(r)
		}
	}
	return low
}

// arnParts is how many parts an ARN has between colons. The last may have colons
// of its own.
const arnParts = 6

// matchARN compares part by part, so that a wildcard in one never reaches into
// the next. Parts that the pattern does not have match anything, as in AWS.
func (g glob) matchARN(arn string) bool {
	if len(g) == 1 && g[0] == anyText {
		return true
	}
	parts := strings.SplitN(arn, ":", arnParts)
	patterns := g.split(arnParts)
	if len(parts) < arnParts || len(patterns) > arnParts {
		return false
	}
	for i, pattern := range patterns {
		if !pattern.match(parts[i]) {
			return false
		}
	}
	return true
}

func (g glob) split(most int) []glob {
	var parts []glob
	begin := 0
	for i, r := range g {
		if r == ':' && len(parts) < most-1 {
			parts = append(parts, g[begin:i])
			begin = i + 1
		}
	}
	return append(parts, g[begin:])
}
