package secretsmanager

import (
	"fmt"
	"slices"
	"strings"

	"eso-aws/sandbox/aws/internal/api"
)

// tag has pointers because AWS distinguishes a missing value from an empty one.
type tag struct {
	Key, Value *string
}

type tagResourceInput struct {
	SecretID *string `json:"SecretId"`
	Tags     []tag
}

type nothing struct{}

func (s *Service) tagResource(c *api.Call, in *tagResourceInput) (*nothing, error) {
	var check checks
	check.Required("tags", in.Tags == nil)
	check.tags(in.Tags)
	if err := check.Err(); err != nil {
		return nil, err
	}
	found, err := s.findActive(c, in.SecretID)
	if err != nil {
		return nil, err
	}
	if err := found.tag(in.Tags); err != nil {
		return nil, err
	}
	found.changed = c.Now
	return &nothing{}, nil
}

// tag adds or replaces the tags: all of them or none.
func (s *secret) tag(added []tag) error {
	tags := slices.Clone(s.tags)
	seen := map[string]bool{}
	for _, t := range added {
		key := api.Deref(t.Key)
		switch {
		case key == "":
			return api.Errorf(codeParameter, "A tag must have a key.")
		case strings.HasPrefix(strings.ToLower(key), reservedTags):
			return api.Errorf(codeParameter, "Tag keys can't begin with %s; that prefix is reserved for AWS.",
				reservedTags)
		case seen[key]:
			return api.Errorf(codeParameter, "The tag key %s is given more than once.", key)
		}
		seen[key] = true
		if i := slices.IndexFunc(tags, func(old tag) bool { return api.Deref(old.Key) == key }); i >= 0 {
			tags[i] = t
			continue
		}
		tags = append(tags, t)
	}
	if len(tags) > maxTags {
		return api.Errorf(codeParameter, "A secret can have no more than %d tags.", maxTags)
	}
	s.tags = tags
	return nil
}

func (s *secret) tagKeys() []string {
	var keys []string
	for _, t := range s.tags {
		keys = append(keys, api.Deref(t.Key))
	}
	return keys
}

func (s *secret) tagValues() []string {
	var values []string
	for _, t := range s.tags {
		values = append(values, api.Deref(t.Value))
	}
	return values
}

type untagResourceInput struct {
	SecretID *string `json:"SecretId"`
	TagKeys  []string
}

func (s *Service) untagResource(c *api.Call, in *untagResourceInput) (*nothing, error) {
	var check checks
	check.Required("tagKeys", in.TagKeys == nil)
	for i, key := range in.TagKeys {
		check.Length(fmt.Sprintf("tagKeys.%d.member", i+1), &key, 1, 128)
	}
	if err := check.Err(); err != nil {
		return nil, err
	}
	found, err := s.findActive(c, in.SecretID)
	if err != nil {
		return nil, err
	}
	found.tags = slices.DeleteFunc(slices.Clone(found.tags), func(t tag) bool {
		return slices.Contains(in.TagKeys, api.Deref(t.Key))
	})
	found.changed = c.Now
	return &nothing{}, nil
}
