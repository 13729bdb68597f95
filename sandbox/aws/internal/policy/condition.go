package policy

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Context is the condition keys of a request and their values.
type Context map[string][]string

// Set sets the values of a key. Keys are case-insensitive.
func (c Context) Set(key string, values ...string) { c[strings.ToLower(key)] = values }

func (c Context) get(key string) []string { return c[strings.ToLower(key)] }

// condition is one key of a Condition element, under its operator.
type condition struct {
	operator operator
	key      string
	values   []string
}

// operator is a parsed condition operator.
type operator struct {
	name string // as written in the policy
	base string // without prefix, negation and suffix

	negated, ifExists    bool
	forAnyValue, forEach bool
}

const (
	opNull   = "Null"
	opBinary = "BinaryEquals"
)

// comparisons are the operators that compare a value of the request with one of the
// policy. A value of another type matches nothing.
var comparisons = map[string]func(value, policy string, c Context) bool{
	"StringEquals": func(value, policy string, c Context) bool {
		g, ok := compile(policy, c, false)
		return ok && g.match(value)
	},
	"StringEqualsIgnoreCase": func(value, policy string, c Context) bool {
		g, ok := compile(policy, c, false)
		return ok && g.lower().match(strings.ToLower(value))
	},
	"StringLike": func(value, policy string, c Context) bool {
		g, ok := compile(policy, c, true)
		return ok && g.match(value)
	},
	"ArnEquals": arnLike,
	"ArnLike":   arnLike,
	"Bool": func(value, policy string, _ Context) bool {
		return strings.EqualFold(value, policy)
	},
	"IpAddress":                ipAddress,
	"NumericEquals":            numeric(func(a, b float64) bool { return a == b }),
	"NumericLessThan":          numeric(func(a, b float64) bool { return a < b }),
	"NumericLessThanEquals":    numeric(func(a, b float64) bool { return a <= b }),
	"NumericGreaterThan":       numeric(func(a, b float64) bool { return a > b }),
	"NumericGreaterThanEquals": numeric(func(a, b float64) bool { return a >= b }),
	"DateEquals":               date(func(d int) bool { return d == 0 }),
	"DateLessThan":             date(func(d int) bool { return d < 0 }),
	"DateLessThanEquals":       date(func(d int) bool { return d <= 0 }),
	"DateGreaterThan":          date(func(d int) bool { return d > 0 }),
	"DateGreaterThanEquals":    date(func(d int) bool { return d >= 0 }),
}

// negations maps operators to those that they negate.
var negations = map[string]string{
	"StringNotEquals":           "StringEquals",
	"StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
	"StringNotLike":             "StringLike",
	"ArnNotEquals":              "ArnEquals",
	"ArnNotLike":                "ArnLike",
	"NotIpAddress":              "IpAddress",
	"NumericNotEquals":          "NumericEquals",
	"DateNotEquals":             "DateEquals",
}

func parseOperator(name string) (operator, bool) {
	op := operator{name: name}
	var base string
	if base, op.forAnyValue = strings.CutPrefix(name, "ForAnyValue:"); !op.forAnyValue {
		base, op.forEach = strings.CutPrefix(name, "ForAllValues:")
	}
	base, op.ifExists = strings.CutSuffix(base, "IfExists")
	op.base = base
	if positive, ok := negations[base]; ok {
		op.base, op.negated = positive, true
	}
	_, known := comparisons[op.base]
	return op, known || base == opBinary || base == opNull && !op.ifExists
}

// holds reports whether a condition holds for a request. Variables is the context
// too, or nil if the policy does not support variables.
func (c condition) holds(context, variables Context) bool {
	values := context.get(c.key)
	op := c.operator
	if op.base == opNull {
		return slices.ContainsFunc(c.values, func(v string) bool {
			return strings.EqualFold(v, strconv.FormatBool(len(values) == 0))
		})
	}
	one := func(value string) bool {
		return op.negated != slices.ContainsFunc(c.values, func(p string) bool {
			return comparisons[op.base](value, p, variables)
		})
	}
	switch {
	case len(values) == 0:
		return op.ifExists || op.forEach || op.negated && !op.forAnyValue
	case op.forAnyValue:
		return slices.ContainsFunc(values, one)
	case op.forEach || op.negated:
		return !slices.ContainsFunc(values, func(v string) bool { return !one(v) })
	default:
		return slices.ContainsFunc(values, one)
	}
}

func arnLike(value, policy string, c Context) bool {
	g, ok := compile(policy, c, true)
	return ok && g.matchARN(value)
}

func ipAddress(value, policy string, _ Context) bool {
	address, err := netip.ParseAddr(value)
	if err != nil {
		return false
	}
	if network, err := netip.ParsePrefix(policy); err == nil {
		return network.Contains(address.Unmap())
	}
	single, err := netip.ParseAddr(policy)
	return err == nil && single == address.Unmap()
}

func numeric(compare func(a, b float64) bool) func(value, policy string, _ Context) bool {
	return func(value, policy string, _ Context) bool {
		a, err := strconv.ParseFloat(value, 64)
		if err != nil {
			return false
		}
		b, err := strconv.ParseFloat(policy, 64)
		return err == nil && compare(a, b)
	}
}

func date(compare func(order int) bool) func(value, policy string, _ Context) bool {
	return func(value, policy string, _ Context) bool {
		a, ok := moment(value)
		if !ok {
			return false
		}
		b, ok := moment(policy)
		return ok && compare(a.Compare(b))
	}
}

// moment parses a date in ISO 8601, or the seconds since 1970.
func moment(text string) (time.Time, bool) {
	if seconds, err := strconv.ParseInt(text, 10, 64); err == nil && len(text) > len("2006") {
		return time.Unix(seconds, 0), true
	}
	for _, layout := range []string{
		time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04Z07:00", time.DateOnly, "2006-01", "2006",
	} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
