package policy

import (
	"strings"
	"unicode"
)

// glob is a pattern with wildcards. The values of policy variables are literal,
// whatever characters they contain.
type glob []rune

// Negative, because no rune of a text is.
const (
	anyText rune = -1
	anyRune rune = -2
)

// compile parses a value of a policy. It replaces variables if there is a context,
// and recognizes wildcards if they are allowed. It returns false if the request has
// no value for a variable: such a value matches nothing.
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

// expand returns the value of a variable: ${aws:username},
// ${aws:username, 'default'}, or one of the characters ${*}, ${?} and ${$}.
func expand(name string, variables Context) (string, bool) {
	switch name {
	case "*", "?", "$":
		return name, true
	}
	key, fallback, hasFallback := strings.Cut(name, ",")
	// A key with several values cannot be used as a variable.
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
	// star is the last wildcard for any text, and mark the end of its match.
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

// arnParts is the number of parts of an ARN. The last may contain colons.
const arnParts = 6

// matchARN compares part by part, so that a wildcard never matches a colon between
// parts. As in AWS, parts that the pattern omits match anything.
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
