package schema

// Paths returns the paths of all settings and fields, as [Explain] takes them.
func Paths() []string {
	var paths []string
	for _, n := range allNodes() {
		paths = append(paths, n.String())
	}
	return paths
}
