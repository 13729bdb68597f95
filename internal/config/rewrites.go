package config

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"eso-aws/internal/chart"
	"eso-aws/internal/stackfile"
)

// mergeJSON is the strategy that makes one key, beside those that there are.
const mergeJSON = "JSON"

// rewrites checks what becomes of keys.
func (e *entry) rewrites(p path, rewrites []stackfile.Rewrite) {
	for i, rewrite := range rewrites {
		at := e.nth(p, i)
		ways := 0
		for _, way := range []string{"regexp", "transform", "merge"} {
			if e.has(at.member(way)) {
				ways++
			}
		}
		switch {
		case ways == 0 && !e.wrong(at) && !e.strange(at):
			e.say(at, "has none of regexp, transform and merge; write one")
		case ways > 1:
			e.say(at, "has several of regexp, transform and merge; write an entry for each")
		}
		if at := at.member("regexp"); rewrite.Regexp != nil {
			e.replacement(at, rewrite.Regexp)
		}
		if at := at.member("transform"); e.good(at) {
			e.transform(at, rewrite.Transform)
		}
		if rewrite.Merge != nil {
			e.merge(at.member("merge"), *rewrite.Merge)
		}
	}
}

// replacement checks what is replaced, and by what.
func (e *entry) replacement(p path, rewrite *stackfile.Regexp) {
	source, target := p.member("source"), p.member("target")
	if e.good(source) && e.expression(source, rewrite.Source) && e.good(target) {
		e.groups(target, rewrite)
	}
	if e.good(p) && !e.has(source) {
		e.say(source, "is missing; write a regular expression")
	}
	if e.good(p) && !e.has(target) {
		e.say(target, "is missing; write text, with $1 for the first group, or \"\" for none")
	}
}

func (e *entry) transform(p path, text string) {
	e.templateText(p, text, []string{"value"}, true)
	if !strings.Contains(text, ".value") && !e.wrong(p) {
		e.reject(p, text, "makes one key of all", "{{ .value }} in it, which is the key")
	}
}

// group is what Go takes for the name or the number of a group in a target.
var group = regexp.MustCompile(`\$\$|\$\{(\w+)\}|\$(\w+)`)

// groups refuses those that an expression does not have: they would be nothing.
func (e *entry) groups(p path, rewrite *stackfile.Regexp) {
	expression := regexp.MustCompile(rewrite.Source)
	for _, match := range group.FindAllStringSubmatch(rewrite.Target, -1) {
		name := match[1] + match[2]
		number, err := strconv.Atoi(name)
		switch {
		case name == "" || err == nil && number <= expression.NumSubexp() || expression.SubexpIndex(name) >= 0:
		case err == nil:
			e.reject(p, rewrite.Target, fmt.Sprintf("has group %d, and source has %d", number, expression.NumSubexp()),
				"a group that source has in ( and )")
		default:
			e.reject(p, rewrite.Target, "has the group "+name+", which source does not have",
				"${1} for the first, as letters, digits and _ after $1 are of its name")
		}
	}
}

func (e *entry) merge(p path, merge stackfile.Merge) {
	e.feature(p, "", chart.RewriteMerge)
	if !e.wrong(p) {
		e.feature(p.member("priorityPolicy"), merge.PriorityPolicy, chart.PriorityPolicy)
	}
	into := p.member("into")
	switch {
	case e.wrong(p.member("strategy")):
	case merge.Strategy == mergeJSON && !e.has(into):
		e.say(into, "is missing; write the key of the Secret that the JSON goes to")
	case merge.Strategy == mergeJSON && e.good(into):
		e.secretKey(into, merge.Into)
	case merge.Strategy != mergeJSON && e.good(into):
		e.reject(into, merge.Into, "is for strategy JSON alone", "strategy: JSON, or take it away")
	}
}

// found checks what becomes of names that are found. Where nothing is rewritten, the operator writes _ for
// what no key may have; else it begins with the names as they are in AWS.
func (e *entry) found(p path, find stackfile.Find) {
	before := find.Path // of one that may be found
	if e.from.Service == ParameterStore && !strings.HasSuffix(before, "/") {
		before += "/"
	}
	before += "name"
	name, replaced := before, false
	for i, rewrite := range find.Rewrite {
		switch {
		case rewrite.Regexp != nil:
			expression, err := regexp.Compile(rewrite.Regexp.Source)
			if err != nil {
				return // which is said
			}
			name, replaced = expression.ReplaceAllString(name, rewrite.Regexp.Target), true
		case rewrite.Merge != nil:
			if !replaced {
				e.priority(e.nth(p, i).member("merge").member("priority"), rewrite.Merge.Priority, find.Path)
			}
			if rewrite.Merge.Strategy != mergeJSON {
				return // the keys are those of the JSON
			}
		default:
			return // only the operator can tell what a template makes
		}
	}
	switch {
	case len(find.Rewrite) == 0 || secretKey.MatchString(name):
	case !replaced:
		e.say(p, fmt.Sprintf("keeps names in AWS, such as %q, which are no keys of a Secret; write %s after it",
			before, `{regexp: {source: "^.*/", target: ""}}`))
	default:
		e.warn(p, fmt.Sprintf("makes %q of %q, which is no key of a Secret, and fails the sync; write a source for "+
			"the names as they are in AWS, such as ^.*/", name, before))
	}
}

// priority refuses keys that no search can find.
func (e *entry) priority(p path, keys []string, prefix string) {
	for i, key := range keys {
		if at := p.entry(i); !strings.HasPrefix(key, prefix) && !e.wrong(at) {
			e.reject(at, key, "is not below the path, and the keys are still the names in AWS",
				strings.TrimSuffix(prefix, "/")+"/<name>")
		}
	}
}
