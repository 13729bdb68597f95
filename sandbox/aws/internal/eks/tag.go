package eks

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"eso-aws/sandbox/aws/internal/api"
)

const maxTags = 50

func checkTags(tags map[string]string) error {
	if len(tags) > maxTags {
		return errParameter("A resource can have no more than %d tags.", maxTags)
	}
	for key, value := range tags {
		if key == "" || len(key) > 128 || len(value) > 256 || strings.HasPrefix(strings.ToLower(key), "aws:") {
			return errParameter("The tag %s is not valid: keys have 1 to 128 characters and do not begin with aws:, "+
				"values have up to 256", key)
		}
	}
	return nil
}

// withTags returns the old tags with the added ones.
func withTags(old, added map[string]string) map[string]string {
	tags := map[string]string{}
	maps.Copy(tags, old)
	maps.Copy(tags, added)
	return tags
}

// tagged returns the tags of the cluster, association or add-on in the path.
func (s *Service) tagged(c *api.Call, r *http.Request) (*map[string]string, error) {
	arn := r.PathValue("arn")
	if err := c.Authorize(c.Action, arn); err != nil {
		return nil, err
	}
	for _, k := range s.clusters[c.Region] {
		if k.arn == arn {
			return &k.tags, nil
		}
		for _, a := range k.associations {
			if a.ARN == arn {
				return &a.tags, nil
			}
		}
		for _, a := range k.addons {
			if a.arn == arn {
				return &a.tags, nil
			}
		}
	}
	return nil, api.Failf(http.StatusNotFound, "NotFoundException", "Resource was not found: %s", arn)
}

type tagsBody struct {
	Tags map[string]string `json:"tags"`
}

func (s *Service) tagResource(c *api.Call, r *http.Request) (any, error) {
	in, err := api.Body[tagsBody](r)
	if err != nil {
		return nil, err
	}
	tags, err := s.tagged(c, r)
	if err != nil {
		return nil, err
	}
	merged := withTags(*tags, in.Tags)
	if err := checkTags(merged); err != nil {
		return nil, err
	}
	*tags = merged
	return struct{}{}, nil
}

func (s *Service) untagResource(c *api.Call, r *http.Request) (any, error) {
	tags, err := s.tagged(c, r)
	if err != nil {
		return nil, err
	}
	keys := r.URL.Query()["tagKeys"]
	maps.DeleteFunc(*tags, func(key, _ string) bool { return slices.Contains(keys, key) })
	return struct{}{}, nil
}
