package crds

import (
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// TemplateFunctions are the names, sorted, of the functions that templates of engine v2 may use, beside
// those of Go's text/template. They are nil where the release's module does not tell.
func (r Release) TemplateFunctions(ctx context.Context) ([]string, error) {
	if r.typesOnly {
		return nil, nil
	}
	dir, err := download(ctx, r.module)
	if err != nil {
		return nil, err
	}
	own, removed, err := ownFunctions(dir)
	if err != nil {
		return nil, err
	}
	sprig, err := sprigModule(ctx, dir)
	if err != nil {
		return nil, err
	}
	sprigDir, err := download(ctx, sprig)
	if err != nil {
		return nil, err
	}
	file, err := parse(filepath.Join(sprigDir, "functions.go"))
	if err != nil {
		return nil, err
	}
	for name := range mapKeys(file, "genericMap") {
		if !removed[name] {
			own[name] = true
		}
	}
	return slices.Sorted(maps.Keys(own)), nil
}

// ownFunctions are ESO's own, and those of sprig that it removes.
func ownFunctions(dir string) (own, removed map[string]bool, err error) {
	file, err := parse(filepath.Join(dir, "pkg", "template", "v2", "template.go"))
	if os.IsNotExist(err) {
		return documentedFunctions(dir)
	}
	if err != nil {
		return nil, nil, err
	}
	return mapKeys(file, "tplFuncs"), deletedKeys(file), nil
}

// documentedFunctions are those that the guide names, for a release whose code is in a module that
// cannot be had.
func documentedFunctions(dir string) (own, removed map[string]bool, err error) {
	guide, err := os.ReadFile(filepath.Join(dir, "docs", "guides", "templating.md"))
	if err != nil {
		return nil, nil, fmt.Errorf("reading the guide to templates: %w", err)
	}
	_, table, found := strings.Cut(string(guide), "\n## Helper functions\n")
	table, _, _ = strings.Cut(table, "\n## ")
	if !found {
		return nil, nil, fmt.Errorf("reading the guide to templates in %q: it has no table of functions", dir)
	}
	own = map[string]bool{}
	for _, row := range regexp.MustCompile(`(?m)^\| (\w+) *\|`).FindAllStringSubmatch(table, -1) {
		own[row[1]] = true
	}
	delete(own, "Function") // the table's head
	return own, map[string]bool{"env": true, "expandenv": true}, nil
}

// sprigModule is the path@version of sprig that a module is built with.
func sprigModule(ctx context.Context, dir string) (string, error) {
	out, err := goCommand(ctx, "/", "mod", "edit", "-json", filepath.Join(dir, "go.mod"))
	if err != nil {
		return "", err
	}
	type module struct{ Path, Version string }
	var file struct {
		Require []module
		Replace []struct{ Old, New module }
	}
	if err := json.Unmarshal(out, &file); err != nil {
		return "", fmt.Errorf("reading the go.mod in %q: %w", dir, err)
	}
	const path = "github.com/Masterminds/sprig/v3"
	for _, replace := range file.Replace {
		if replace.Old.Path == path {
			return replace.New.Path + "@" + replace.New.Version, nil
		}
	}
	for _, require := range file.Require {
		if require.Path == path {
			return path + "@" + require.Version, nil
		}
	}
	return "", fmt.Errorf("the go.mod in %q requires no %s", dir, path)
}

func parse(name string) (*ast.File, error) {
	return parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
}

// mapKeys are the keys of the map that a variable is declared with.
func mapKeys(file *ast.File, variable string) map[string]bool {
	keys := map[string]bool{}
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok || spec.Names[0].Name != variable || len(spec.Values) != 1 {
			return true
		}
		literal, _ := spec.Values[0].(*ast.CompositeLit)
		for _, element := range literal.Elts {
			if pair, ok := element.(*ast.KeyValueExpr); ok {
				addText(keys, pair.Key)
			}
		}
		return false
	})
	return keys
}

// deletedKeys are those that a file deletes from maps.
func deletedKeys(file *ast.File) map[string]bool {
	keys := map[string]bool{}
	ast.Inspect(file, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok {
			return true
		}
		if name, ok := call.Fun.(*ast.Ident); ok && name.Name == "delete" {
			addText(keys, call.Args[1])
		}
		return true
	})
	return keys
}

func addText(texts map[string]bool, expression ast.Expr) {
	if literal, ok := expression.(*ast.BasicLit); ok {
		if text, err := strconv.Unquote(literal.Value); err == nil {
			texts[text] = true
		}
	}
}
