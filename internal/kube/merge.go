package kube

import "maps"

// Merge returns base with the values of over on top. Maps are merged, other values are
// replaced.
func Merge(base, over map[string]any) map[string]any {
	merged := maps.Clone(base)
	for key, value := range over {
		under, isMap := merged[key].(map[string]any)
		if upper, ok := value.(map[string]any); ok && isMap {
			value = Merge(under, upper)
		}
		merged[key] = value
	}
	return merged
}

// MergeStrings returns base with the values of over on top; nil if both are empty. It is
// for labels and annotations.
func MergeStrings(base, over map[string]string) map[string]string {
	if len(base)+len(over) == 0 {
		return nil
	}
	merged := make(map[string]string, len(base)+len(over))
	maps.Copy(merged, base)
	maps.Copy(merged, over)
	return merged
}
