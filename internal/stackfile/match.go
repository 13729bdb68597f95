package stackfile

import (
	"strings"

	"eso-aws/internal/problem"
)

// match rejects a string that does not have the form of that name.
func (d *decoder) match(path problem.Path, text, form, hint string) {
	template := strings.Contains(text, "{{")
	switch {
	case form == "label" && template:
		d.add(path, text, problem.Invalid, "must not be a template, which only labels of the Secret can be",
			"move it to template.labels")
	case form == "nonEmpty" && text == "":
		d.add(path, text, problem.Required, "must not be empty", "set it to "+hint+" or remove it")
	case form == "credential" && strings.ContainsAny(text, " \t\r\n\v\f\u0085\u00a0"):
		d.add(path, text, problem.Invalid, "must not contain spaces or line breaks", "write the value alone")
	case form == "user" && text == "*", form == "template" && template:
	default:
		if p, ok := Patterns()[form]; ok {
			d.problems.AddBelow(path, p.Check(text)...)
		}
	}
}
