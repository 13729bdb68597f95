package schema

import (
	"embed"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"eso-aws/internal/stackfile"
)

//go:embed examples/*.yaml
var examples embed.FS

// Example returns a stack file for a target, eks or local, that sets everything it has.
func Example(target string) ([]byte, error) { return examples.ReadFile("examples/" + target + ".yaml") }

// exampleOf returns a node with a value from the examples; if they have none, from another
// node with the same documentation; "" if there is none either.
func exampleOf(n node) string {
	for _, other := range slices.Insert(allNodes(), 0, n) {
		if other.Name != n.Name || other.Doc != n.Doc {
			continue
		}
		for _, target := range []string{stackfile.EKS, stackfile.Local} {
			if example := excerpt(target, other.path); example != "" {
				return example
			}
		}
	}
	return ""
}

// excerpt returns what is at a path of an example, as YAML.
func excerpt(target string, path []string) string {
	content, err := Example(target)
	if err != nil {
		return ""
	}
	var file struct{ Config yaml.Node }
	if err := yaml.Unmarshal(content, &file); err != nil {
		return ""
	}
	key, value := search(&file.Config, append([]string{project + path[0]}, path[1:]...))
	if value == nil {
		return ""
	}
	key.HeadComment = ""
	var b strings.Builder
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if encoder.Encode(&yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{key, value}}) != nil {
		return ""
	}
	return b.String()
}

// search returns the first key and value at a path, through any entry of a list and any
// key in the place of a placeholder.
func search(node *yaml.Node, path []string) (key, value *yaml.Node) {
	if node.Kind == yaml.SequenceNode {
		for _, entry := range node.Content {
			if key, value := search(entry, path); value != nil {
				return key, value
			}
		}
	}
	if node.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		switch {
		case !strings.HasPrefix(path[0], "<") && key.Value != path[0]:
		case len(path) == 1:
			return key, value
		default:
			if key, value := search(value, path[1:]); value != nil {
				return key, value
			}
		}
	}
	return nil, nil
}
