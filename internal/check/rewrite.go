package check

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"eso-aws/internal/chart"
	"eso-aws/internal/pattern"
	"eso-aws/internal/plan"
	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
)

// strategyJSON is the merge strategy that writes all properties to one key, as JSON.
const strategyJSON = "JSON"

// rewrites checks the rules that rewrite keys.
func (e *entry) rewrites(at problem.Path, rewrites []stackfile.Rewrite) {
	for i, rewrite := range rewrites {
		at := e.File.Entry(at, i)
		ways := 0
		for _, way := range []string{"regexp", "transform", "merge"} {
			if e.File.Has(at.Member(way)) {
				ways++
			}
		}
		switch {
		case ways == 0 && !e.problems.Wrong(at) && !e.unknown(at):
			e.refuse(at, nil, problem.Required, "must set regexp, transform or merge", "set one of them")
		case ways > 1:
			e.refuse(at, nil, problem.Conflict, "must set only one of regexp, transform and merge",
				"write an entry for each")
		}
		if rewrite.Regexp != nil {
			e.replacement(at.Member("regexp"), rewrite.Regexp)
		}
		if at := at.Member("transform"); e.File.Valid(at) {
			e.transform(at, rewrite.Transform)
		}
		if rewrite.Merge != nil {
			e.merge(at.Member("merge"), *rewrite.Merge)
		}
	}
}

func (e *entry) transform(at problem.Path, text string) {
	e.template(at, text, []string{"value"}, true)
	if !strings.Contains(text, ".value") {
		e.refuseOnce(at, text, problem.Conflict,
			"makes the same key of every key", "use {{ .value }}, which is the key")
	}
}

// group matches the references to groups in a replacement, as Go does.
var group = regexp.MustCompile(`\$\$|\$\{(\w+)\}|\$(\w+)`)

// replacement checks an expression and its replacement. It refuses groups that the
// expression does not have, because they would be empty.
func (e *entry) replacement(at problem.Path, rewrite *stackfile.Regexp) {
	source, target := at.Member("source"), at.Member("target")
	if !e.File.Valid(source) || !e.expression(source, rewrite.Source) || !e.File.Valid(target) {
		return
	}
	expression := regexp.MustCompile(rewrite.Source)
	for _, match := range group.FindAllStringSubmatch(rewrite.Target, -1) {
		name := match[1] + match[2]
		number, err := strconv.Atoi(name)
		switch {
		case name == "" || err == nil && number <= expression.NumSubexp() || expression.SubexpIndex(name) >= 0:
		case err == nil:
			e.refuse(target, rewrite.Target, problem.NotFound, fmt.Sprintf("refers to group %d, but source has %d",
				number, expression.NumSubexp()), "use a group that source has in parentheses")
		default:
			e.refuse(target, rewrite.Target, problem.NotFound,
				fmt.Sprintf("refers to group %q, which source does not have",
					name), "write ${1} for the first group if letters, digits or _ follow it")
		}
	}
}

func (e *entry) merge(at problem.Path, merge stackfile.Merge) {
	e.feature(at, nil, chart.RewriteMerge)
	e.feature(at.Member("priorityPolicy"), merge.PriorityPolicy, chart.PriorityPolicy)
	into := at.Member("into")
	switch {
	case e.problems.Wrong(at.Member("strategy")):
	case merge.Strategy == strategyJSON && !e.File.Has(into):
		e.refuse(into, nil, problem.Required,
			"is required with strategy JSON", "set it to the key that the JSON goes to")
	case merge.Strategy != strategyJSON && e.File.Valid(into):
		e.refuse(into, merge.Into, problem.Conflict, "has no effect without strategy JSON",
			"set strategy: JSON or remove it")
	}
}

// foundKeys checks the keys that a search results in. Without rewrites, the operator
// replaces invalid characters with _. With rewrites, it starts from the names in AWS.
func (e *entry) foundKeys(at problem.Path, find stackfile.Find) {
	example := find.Path
	if e.Source.Service == plan.ParameterStore && !strings.HasSuffix(example, "/") {
		example += "/"
	}
	example += "name"
	name, replaced := example, false
	for i, rewrite := range find.Rewrite {
		switch {
		case rewrite.Regexp != nil:
			expression, err := regexp.Compile(rewrite.Regexp.Source)
			if err != nil {
				return // reported already
			}
			name, replaced = expression.ReplaceAllString(name, rewrite.Regexp.Target), true
		case rewrite.Merge != nil:
			if !replaced {
				e.priority(e.File.Entry(at, i).Member("merge", "priority"), rewrite.Merge.Priority, find.Path)
			}
			if rewrite.Merge.Strategy != strategyJSON {
				return // the keys are the properties of the JSON
			}
		default:
			return // the result of a template is not known here
		}
	}
	switch {
	case len(find.Rewrite) == 0 || pattern.SecretKey.Matches(name):
	case !replaced:
		e.refuse(at, nil, problem.Invalid,
			fmt.Sprintf("keeps names in AWS such as %q, which cannot be keys of a Secret",
				example), `add {regexp: {source: "^.*/", target: ""}} after it`)
	default:
		e.warn(at, nil, problem.Invalid,
			fmt.Sprintf("turns %q into %q, which cannot be a key of a Secret: the sync fails",
				example, name), "write a source that matches the names as they are in AWS, such as ^.*/")
	}
}

// priority refuses keys that the search cannot find.
func (e *entry) priority(at problem.Path, keys []string, prefix string) {
	for i, key := range keys {
		if !strings.HasPrefix(key, prefix) {
			e.refuseOnce(at.Entry(i), key, problem.NotFound,
				"is not below the path: at this point, keys are names in AWS",
				"write "+strings.TrimSuffix(prefix, "/")+"/<name>")
		}
	}
}
