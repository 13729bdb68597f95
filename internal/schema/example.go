package schema

import (
	"embed"
	"strings"

	"gopkg.in/yaml.v3"
)

//go:embed examples/*.yaml
var examples embed.FS

// Example returns a stack file for a target, eks or local, that sets everything it has.
func Example(target string) ([]byte, error) { return examples.ReadFile("examples/" + target + ".yaml") }

// exampleOf returns a node with a value from the examples; if they have none, from another
// node of the same field; "" if there is none either.
func exampleOf(n node) string {
	nodes := []node{n}
	for _, other := range allNodes() {
		if other.owner != nil && other.owner == n.owner && other.name == n.name {
			nodes = append(nodes, other)
		}
	}
	for _, n := range nodes {
		for _, target := range []string{eks, local} {
			if example := excerpt(target, n.path); example != "" {
				return example
			}
		}
	}
	return ""
}

// excerpt returns what is at a path of an example, as YAML.
func excerpt(target string, path []segment) string {
	content, err := Example(target)
	if err != nil {
		return ""
	}
	var file struct{ Config yaml.Node }
	if err := yaml.Unmarshal(content, &file); err != nil {
		return ""
	}
	key, value := search(&file.Config, append([]segment{{name: project + path[0].name}}, path[1:]...))
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
func search(node *yaml.Node, path []segment) (key, value *yaml.Node) {
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
		case !path[0].placeholder && key.Value != path[0].name:
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
