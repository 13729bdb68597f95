package iam

import (
	"slices"
	"strings"

	"eso-aws/sandbox/aws/internal/api"
)

const maxTags = 50

type tag struct{ Key, Value string }

type tagsResult struct {
	Tags []tag `xml:"Tags>member"`
	page
}

// addTagging adds the operations that tag, untag and list the tags of one kind of
// resource.
func addTagging(operations map[string]api.QueryOperation, kind string,
	find func(*api.Call, api.Form) (*[]tag, error),
) {
	operations["Tag"+kind] = func(c *api.Call, f api.Form) (any, error) {
		added, err := tagsOf(f)
		if err != nil {
			return nil, err
		}
		tags, err := find(c, f)
		if err != nil {
			return nil, err
		}
		merged := untag(*tags, func(t tag) bool {
			return slices.ContainsFunc(added, func(a tag) bool { return strings.EqualFold(a.Key, t.Key) })
		})
		merged = append(merged, added...)
		if len(merged) > maxTags {
			return nil, errLimit("Cannot exceed quota for TagsPer%s: %d", kind, maxTags)
		}
		*tags = merged
		return nil, nil
	}
	operations["Untag"+kind] = func(c *api.Call, f api.Form) (any, error) {
		tags, err := find(c, f)
		if err != nil {
			return nil, err
		}
		keys := f.List("TagKeys")
		*tags = untag(*tags, func(t tag) bool {
			return slices.ContainsFunc(keys, func(key string) bool { return strings.EqualFold(key, t.Key) })
		})
		return nil, nil
	}
	operations["List"+kind+"Tags"] = func(c *api.Call, f api.Form) (any, error) {
		tags, err := find(c, f)
		if err != nil {
			return nil, err
		}
		return tagsResult{Tags: slices.Clone(*tags)}, nil
	}
}

func untag(tags []tag, drop func(tag) bool) []tag {
	return slices.DeleteFunc(slices.Clone(tags), drop)
}

// tagsOf reads and checks the tags in a request.
func tagsOf(f api.Form) ([]tag, error) {
	var tags []tag
	for i := range f.Structures("Tags", "Key") {
		t := tag{f.Get(f.Member("Tags", i+1, "Key")), f.Get(f.Member("Tags", i+1, "Value"))}
		var check api.Checks
		check.Length("tags.member.key", &t.Key, 1, 128)
		check.Length("tags.member.value", &t.Value, 0, 256)
		if err := check.Err(); err != nil {
			return nil, err
		}
		if strings.HasPrefix(strings.ToLower(t.Key), "aws:") {
			return nil, errInput("Tag keys can't begin with aws:; that prefix is reserved for AWS.")
		}
		if slices.ContainsFunc(tags, func(old tag) bool { return strings.EqualFold(old.Key, t.Key) }) {
			return nil, errInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		}
		tags = append(tags, t)
	}
	if len(tags) > maxTags {
		return nil, errLimit("Cannot exceed quota for Tags: %d", maxTags)
	}
	return tags, nil
}
