package config

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"text/template/parse"

	"eso-aws/internal/chart"
)

const (
	typeToken     = "kubernetes.io/service-account-token" //nolint:gosec // the type of one, not a token
	typeBootstrap = "bootstrap.kubernetes.io/token"
	maxShown      = 60
)

// requiredKeys are those without which Kubernetes, or its users, refuse a type.
func requiredKeys() map[string][]string {
	return map[string][]string{
		"kubernetes.io/tls":              {"tls.crt", "tls.key"},
		"kubernetes.io/dockerconfigjson": {".dockerconfigjson"},
		"kubernetes.io/dockercfg":        {".dockercfg"},
		"kubernetes.io/ssh-auth":         {"ssh-privatekey"},
	}
}

// template checks a Secret's form.
func (e *entry) template(p path, s *Secret) {
	keys, known := s.sourceKeys()
	if e.good(p) && reflect.ValueOf(*s.Template).IsZero() && !e.has(p.member("data")) {
		e.say(p, "is empty; write "+s.Template.Hint())
	}
	at := p.member("data")
	if e.good(at) && len(s.Template.Data) == 0 {
		e.say(at, "is empty; write <key>: <text with {{ .key }}>")
	}
	for _, key := range sorted(s.Template.Data) {
		e.secretKey(at.member(key), key)
	}
	e.metadata(p.member("labels"), s.Template.Labels, metadata{labels: true, template: true})
	e.metadata(p.member("annotations"), s.Template.Annotations, metadata{template: true})
	for name, texts := range map[string]map[string]string{
		"data": s.Template.Data, "labels": s.Template.Labels, "annotations": s.Template.Annotations,
	} {
		for _, key := range sorted(texts) {
			if at := p.member(name).member(key); e.good(at) {
				e.templateText(at, texts[key], keys, known)
			}
		}
	}
	if merge := p.member("mergePolicy"); e.good(merge) && len(s.Template.Data) == 0 {
		e.reject(merge, s.Template.MergePolicy, "is of no use without data", "data, or take it away")
	}
	if at := e.of(p, "type"); e.good(at) {
		e.secretType(at, s)
	}
}

// secretType checks that the Secret has what its type asks for.
func (e *entry) secretType(p path, s *Secret) {
	kind := s.Template.Type
	bootstrap := !e.chartUnknown() && chart.For(e.chart).Supports(chart.BootstrapTokens)
	switch {
	case !secretKind.MatchString(kind):
		e.reject(p, kind, "is no type of a Secret", "one such as kubernetes.io/tls")
	case kind == typeToken || kind == typeBootstrap && !bootstrap:
		e.reject(p, kind, "is refused by the operator: such a token is Kubernetes' own to write", "another type")
	}
	keys, known := s.Keys()
	if !known {
		return
	}
	for _, key := range requiredKeys()[kind] {
		if !slices.Contains(keys, key) {
			e.reject(p, kind, "needs the key "+key+", which this Secret does not have", "it in data or template.data")
		}
	}
	basic := func(key string) bool { return key == "username" || key == "password" }
	if kind == "kubernetes.io/basic-auth" && !slices.ContainsFunc(keys, basic) {
		e.reject(p, kind, "needs the key username or password, which this Secret does not have",
			"it in data or template.data")
	}
}

// templateText checks a template, and that it uses no other keys where these are all.
func (l *loader) templateText(p path, text string, keys []string, known bool) {
	shown := shortened(text)
	tree, trees := parse.New(""), map[string]*parse.Tree{}
	tree.Mode = parse.SkipFuncCheck
	if _, err := tree.Parse(text, "", "", trees); err != nil {
		l.reject(p, shown, "is no template: "+syntaxError(err), "text with {{ .key }}")
		return
	}
	for _, name := range sorted(trees) {
		walk(trees[name].Root, name == "", func(node parse.Node, root bool) {
			if name, ok := function(node); ok {
				l.function(p, shown, name)
			}
			if key := reference(node, root); key != "" && known && len(keys) > 0 && !slices.Contains(keys, key) {
				l.say(p, fmt.Sprintf("%q: is no key of what is read; %s", key, instead(key, keys)))
			}
		})
	}
}

// shortened is a text as a message has it.
func shortened(text string) string {
	if len(text) > maxShown {
		return strings.ToValidUTF8(text[:maxShown], "") + "..."
	}
	return text
}

// function checks that the chart has a function.
func (l *loader) function(p path, shown, name string) {
	for _, found := range l.release().CheckFunction(name) {
		found.Path = nil
		text := l.shown(p, shown) + ": " + found.String()
		if found.Warning {
			l.warn(p, text)
		} else {
			l.say(p, text)
		}
	}
}

var position = regexp.MustCompile(`^template: :(\d+)(:\d+)?: `)

// syntaxError is what the parser says, and what may have been meant.
func syntaxError(err error) string {
	text := position.ReplaceAllString(err.Error(), "")
	if text == "unexpected EOF" {
		text += ", an {{ end }} is missing"
	}
	if strings.Contains(text, "bad character U+002D") {
		text += `, such a key is {{ index . "a-key" }}`
	}
	return text
}

// walk visits what a template is made of; root says whether its dot is the values'.
func walk(node parse.Node, root bool, visit func(parse.Node, bool)) {
	if node == nil || reflect.ValueOf(node).IsNil() {
		return
	}
	visit(node, root)
	branch := func(b *parse.BranchNode, inner bool) {
		walk(b.Pipe, root, visit)
		walk(b.List, inner, visit)
		walk(b.ElseList, root, visit)
	}
	switch n := node.(type) {
	case *parse.ListNode:
		for _, child := range n.Nodes {
			walk(child, root, visit)
		}
	case *parse.ActionNode:
		walk(n.Pipe, root, visit)
	case *parse.PipeNode:
		for _, command := range n.Cmds {
			walk(command, root, visit)
		}
	case *parse.CommandNode:
		for _, argument := range n.Args {
			walk(argument, root, visit)
		}
	case *parse.ChainNode:
		walk(n.Node, root, visit)
	case *parse.TemplateNode:
		walk(n.Pipe, root, visit)
	case *parse.IfNode:
		branch(&n.BranchNode, root)
	case *parse.WithNode:
		branch(&n.BranchNode, false)
	case *parse.RangeNode:
		branch(&n.BranchNode, false)
	}
}

func function(node parse.Node) (string, bool) {
	identifier, ok := node.(*parse.IdentifierNode)
	if !ok {
		return "", false
	}
	return identifier.Ident, true
}

// indexed is the key of {{ index . "key" }}, which is "" for one that is not there.
func indexed(command *parse.CommandNode, root bool) string {
	if len(command.Args) != 3 { //nolint:mnd // a function, the values, a key
		return ""
	}
	name, _ := function(command.Args[0])
	key, ok := command.Args[2].(*parse.StringNode)
	_, dot := command.Args[1].(*parse.DotNode)
	variable, _ := command.Args[1].(*parse.VariableNode)
	values := dot && root || variable != nil && len(variable.Ident) == 1 && variable.Ident[0] == "$"
	if ok && values && name == "index" {
		return key.Text
	}
	return ""
}

// reference is the key that a node asks for; "" for none.
func reference(node parse.Node, root bool) string {
	switch n := node.(type) {
	case *parse.FieldNode:
		if root {
			return n.Ident[0]
		}
	case *parse.VariableNode:
		if n.Ident[0] == "$" && len(n.Ident) > 1 {
			return n.Ident[1]
		}
	case *parse.CommandNode:
		return indexed(n, root)
	}
	return ""
}
