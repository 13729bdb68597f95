package schema

import (
	"embed"
	"strings"

	"gopkg.in/yaml.v3"
)

//go:embed examples/*.yaml
var examples embed.FS

// Example is a stack file of that target, eks or local, that has every key of it in use.
func Example(target string) ([]byte, error) { return examples.ReadFile("examples/" + target + ".yaml") }

// exampleOf is the key at a place with a value, from the examples, or else at another place
// of the same member; "" where there is none.
func exampleOf(p place) string {
	places := []place{p}
	for _, other := range all() {
		if other.owner != nil && other.owner == p.owner && other.name == p.name {
			places = append(places, other)
		}
	}
	for _, p := range places {
		for _, target := range []string{eks, local} {
			if example := excerpt(target, p.steps); example != "" {
				return example
			}
		}
	}
	return ""
}

// excerpt is what an example has at a place, as YAML.
func excerpt(target string, steps []step) string {
	content, err := Example(target)
	if err != nil {
		return ""
	}
	var file struct{ Config yaml.Node }
	if err := yaml.Unmarshal(content, &file); err != nil {
		return ""
	}
	key, value := search(&file.Config, append([]step{{key: project + steps[0].key}}, steps[1:]...))
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

// search is the first key and value where steps lead, with any name that is given, and
// any entry of a list.
func search(node *yaml.Node, steps []step) (key, value *yaml.Node) {
	if node.Kind == yaml.SequenceNode {
		for _, entry := range node.Content {
			if key, value := search(entry, steps); value != nil {
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
		case !steps[0].given && key.Value != steps[0].key:
		case len(steps) == 1:
			return key, value
		default:
			if key, value := search(value, steps[1:]); value != nil {
				return key, value
			}
		}
	}
	return nil, nil
}
