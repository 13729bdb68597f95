package api

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Checks collects all constraints of AWS's API model that a request breaks.
type Checks struct{ broken []string }

// Add adds a sentence, for values that must not be shown.
func (c *Checks) Add(sentence string) { c.broken = append(c.broken, sentence) }

// Fail adds a rule that a member breaks, which follows "Member must".
func (c *Checks) Fail(path string, shown any, rule string, args ...any) {
	c.Add(fmt.Sprintf("Value %v at '%s' failed to satisfy constraint: Member must ", shown, path) +
		fmt.Sprintf(rule, args...))
}

// Required requires a member.
func (c *Checks) Required(path string, missing bool) {
	if missing {
		c.Fail(path, "null", "not be null")
	}
}

// Length limits the characters of a text.
func (c *Checks) Length(path string, v *string, least, most int) {
	if v != nil {
		c.Size(path, "'"+*v+"'", len(*v), least, most)
	}
}

// Size limits the size of a value that may be shown.
func (c *Checks) Size(path, shown string, size, least, most int) {
	if size < least {
		c.Fail(path, shown, "have length greater than or equal to %d", least)
	}
	if size > most {
		c.Fail(path, shown, "have length less than or equal to %d", most)
	}
}

// Between limits a number.
func (c *Checks) Between(path string, v *int, least, most int) {
	switch {
	case v == nil:
	case *v < least:
		c.Fail(path, fmt.Sprintf("'%d'", *v), "have value greater than or equal to %d", least)
	case *v > most:
		c.Fail(path, fmt.Sprintf("'%d'", *v), "have value less than or equal to %d", most)
	}
}

// OneOf limits a text to an enumeration.
func (c *Checks) OneOf(path string, v *string, allowed ...string) {
	if v != nil && !slices.Contains(allowed, *v) {
		c.Fail(path, "'"+*v+"'", "satisfy enum value set: [%s]", strings.Join(allowed, ", "))
	}
}

// Pattern requires a text to match. The model is AWS's notation of the pattern.
func (c *Checks) Pattern(path string, v *string, pattern *regexp.Regexp, model string) {
	if v != nil && !pattern.MatchString(*v) {
		c.Fail(path, "'"+*v+"'", "%s", "satisfy regular expression pattern: "+model)
	}
}

// Err returns all broken constraints as one ValidationException.
func (c *Checks) Err() error {
	switch len(c.broken) {
	case 0:
		return nil
	case 1:
		return Errorf(Validation, "1 validation error detected: %s", c.broken[0])
	default:
		return Errorf(Validation, "%d validation errors detected: %s", len(c.broken), strings.Join(c.broken, "; "))
	}
}
