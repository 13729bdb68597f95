package check

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"text/template/parse"

	"eso-aws/internal/chart"
	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
)

const (
	typeToken     = "kubernetes.io/service-account-token" //nolint:gosec // the type of one, not a token
	typeBootstrap = "bootstrap.kubernetes.io/token"
	maxShown      = 60
)

// requiredKeys returns the keys that a type of Secret requires.
func requiredKeys() map[string][]string {
	return map[string][]string{
		"kubernetes.io/tls":              {"tls.crt", "tls.key"},
		"kubernetes.io/dockerconfigjson": {".dockerconfigjson"},
		"kubernetes.io/dockercfg":        {".dockercfg"},
		"kubernetes.io/ssh-auth":         {"ssh-privatekey"},
	}
}

// templates checks the strings that the operator renders as templates.
func (e *entry) templates() {
	if !e.Args.Shaped() {
		return
	}
	keys, known := e.Args.SourceKeys()
	for _, key := range sorted(e.Args.SecretAnnotations) { // the operator renders them too
		at := e.setting(stackfile.KeyAnnotations, key)
		if !e.problems.Wrong(at) { // reported for another secret
			e.template(at, e.Args.SecretAnnotations[key], keys, known)
		}
	}
	form, at := e.Declared.Template, e.At.Member("template")
	if form == nil {
		return
	}
	e.reservedKeys(at.Member("labels"), form.Labels)
	e.annotations(at.Member("annotations"), form.Annotations)
	for name, texts := range map[string]map[string]string{
		"data": form.Data, "labels": form.Labels, "annotations": form.Annotations,
	} {
		for _, key := range sorted(texts) {
			if at := at.Member(name, key); e.File.Valid(at) {
				e.template(at, texts[key], keys, known)
			}
		}
	}
	if merge := at.Member("mergePolicy"); e.File.Valid(merge) && len(form.Data) == 0 {
		e.refuse(merge, form.MergePolicy, problem.Conflict, "has no effect without data", "set data or remove it")
	}
	if at := e.File.Member(at, "type"); e.File.Valid(at) {
		e.secretType(at, form.Type)
	}
}

// secretType checks that the Secret has the keys that its type requires.
func (e *entry) secretType(at problem.Path, kind string) {
	bootstrap := kind == typeBootstrap && (!e.Chart.Known || !e.Chart.Release().Supports(chart.BootstrapTokens))
	if kind == typeToken || bootstrap {
		e.refuse(at, kind, problem.Reserved,
			"is not supported by the operator, because only Kubernetes issues such tokens",
			"choose another type")
	}
	keys, known := e.Args.Keys()
	if !known {
		return
	}
	for _, key := range requiredKeys()[kind] {
		if !slices.Contains(keys, key) {
			e.refuse(at, kind, problem.Conflict,
				fmt.Sprintf("requires the key %s, which this Secret does not have", key),
				"add it to data or template.data")
		}
	}
	login := func(key string) bool { return key == "username" || key == "password" }
	if kind == "kubernetes.io/basic-auth" && !slices.ContainsFunc(keys, login) {
		e.refuse(at, kind, problem.Conflict, "requires the key username or password, which this Secret does not have",
			"add it to data or template.data")
	}
}

// template checks a template. If all keys are known, it may use no other.
func (c *checker) template(at problem.Path, text string, keys []string, known bool) {
	shown := shorten(text)
	tree, trees := parse.New(""), map[string]*parse.Tree{}
	tree.Mode = parse.SkipFuncCheck
	if _, err := tree.Parse(text, "", "", trees); err != nil {
		c.refuse(at, shown, problem.Syntax, "must be a valid template: "+syntaxError(err), "")
		return
	}
	for _, name := range sorted(trees) {
		walk(trees[name].Root, name == "", func(node parse.Node, root bool) {
			if name, ok := functionName(node); ok {
				for _, p := range c.Chart.Release().CheckFunction(name) {
					p.Path, p.Value = at, shown
					c.problems.Add(p)
				}
			}
			if key := reference(node, root); key != "" && known && len(keys) > 0 && !slices.Contains(keys, key) {
				c.refuse(at, key, problem.NotFound, "unknown key", problem.Suggest(key, keys))
			}
		})
	}
}

// shorten returns a text as a message shows it.
func shorten(text string) string {
	if len(text) > maxShown {
		return strings.ToValidUTF8(text[:maxShown], "") + "..."
	}
	return text
}

var position = regexp.MustCompile(`^template: :(\d+)(:\d+)?: `)

// syntaxError returns the parser's message, with a hint for common mistakes.
func syntaxError(err error) string {
	text := position.ReplaceAllString(err.Error(), "")
	if text == "unexpected EOF" {
		text += ", an {{ end }} is missing"
	}
	if strings.Contains(text, "bad character U+002D") {
		text += `, write {{ index . "a-key" }} for a key with a hyphen`
	}
	return text
}

// walk visits the nodes of a template. Root reports whether the dot is the map of values.
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

func functionName(node parse.Node) (string, bool) {
	identifier, ok := node.(*parse.IdentifierNode)
	if !ok {
		return "", false
	}
	return identifier.Ident, true
}

// indexed returns the key in {{ index . "key" }}; "" for any other command.
func indexed(command *parse.CommandNode, root bool) string {
	if len(command.Args) != 3 { //nolint:mnd // a function, the values, a key
		return ""
	}
	name, _ := functionName(command.Args[0])
	key, ok := command.Args[2].(*parse.StringNode)
	_, dot := command.Args[1].(*parse.DotNode)
	variable, _ := command.Args[1].(*parse.VariableNode)
	values := dot && root || variable != nil && len(variable.Ident) == 1 && variable.Ident[0] == "$"
	if ok && values && name == "index" {
		return key.Text
	}
	return ""
}

// reference returns the key that a node refers to; "" for none.
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
