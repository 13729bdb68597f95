package ssm

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"eso-aws/sandbox/aws/internal/api"
)

const maxTags = 50

type tag struct {
	Key, Value string
}

func checkTags(check *api.Checks, tags []tag) {
	for i, t := range tags {
		check.Length(fmt.Sprintf("tags.%d.member.key", i+1), &t.Key, 1, 128)
		check.Length(fmt.Sprintf("tags.%d.member.value", i+1), &t.Value, 0, 256)
	}
}

// requestKeys returns the condition keys of a request for tags.
func requestKeys(tags []tag) api.Keys {
	keys := api.Keys{}
	for _, t := range tags {
		keys["aws:RequestTag/"+t.Key] = []string{t.Value}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], t.Key)
	}
	return keys
}

// tag adds or replaces the tags: all of them or none.
func (p *parameter) tag(added []tag) error {
	tags := maps.Clone(p.tags)
	for _, t := range added {
		if strings.HasPrefix(strings.ToLower(t.Key), "aws:") {
			return api.Errorf(api.Validation, "Tag keys can't begin with aws:; that prefix is reserved for AWS.")
		}
		tags[t.Key] = t.Value
	}
	if len(tags) > maxTags {
		return api.Errorf("TooManyTagsError", "A parameter can have no more than %d tags.", maxTags)
	}
	p.tags = tags
	return nil
}

// resource is the resource in the requests about tags.
type resource struct {
	ResourceType *string
	ResourceID   *string `json:"ResourceId"`
}

// tagged returns the parameter in the request.
func (s *Service) tagged(c *api.Call, in resource, check *api.Checks, keys api.Keys) (*parameter, error) {
	check.Required("resourceType", in.ResourceType == nil)
	check.Required("resourceId", in.ResourceID == nil)
	if err := check.Err(); err != nil {
		return nil, err
	}
	if *in.ResourceType != "Parameter" {
		return nil, api.Errorf("InvalidResourceType", "the in-memory AWS supports only the resource type Parameter")
	}
	found := s.parameters[c.Region][*in.ResourceID]
	all := found.keys()
	maps.Copy(all, keys)
	if err := c.AuthorizeWith(c.Action, arnOf(c, *in.ResourceID), all); err != nil {
		return nil, err
	}
	if found == nil {
		// Without a message, as in AWS.
		return nil, &api.Error{Code: "InvalidResourceId"}
	}
	return found, nil
}

type addTagsInput struct {
	resource
	Tags []tag
}

func (s *Service) addTags(c *api.Call, in *addTagsInput) (*nothing, error) {
	var check api.Checks
	check.Required("tags", in.Tags == nil)
	checkTags(&check, in.Tags)
	found, err := s.tagged(c, in.resource, &check, requestKeys(in.Tags))
	if err != nil {
		return nil, err
	}
	return &nothing{}, found.tag(in.Tags)
}

type removeTagsInput struct {
	resource
	TagKeys []string
}

func (s *Service) removeTags(c *api.Call, in *removeTagsInput) (*nothing, error) {
	var check api.Checks
	check.Required("tagKeys", in.TagKeys == nil)
	found, err := s.tagged(c, in.resource, &check, api.Keys{"aws:TagKeys": in.TagKeys})
	if err != nil {
		return nil, err
	}
	for _, key := range in.TagKeys {
		delete(found.tags, key)
	}
	return &nothing{}, nil
}

type listTagsOutput struct {
	TagList []tag
}

func (s *Service) listTags(c *api.Call, in *resource) (*listTagsOutput, error) {
	found, err := s.tagged(c, *in, &api.Checks{}, nil)
	if err != nil {
		return nil, err
	}
	out := &listTagsOutput{TagList: []tag{}}
	for _, key := range slices.Sorted(maps.Keys(found.tags)) {
		out.TagList = append(out.TagList, tag{key, found.tags[key]})
	}
	return out, nil
}
