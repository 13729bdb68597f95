package catalog

import (
	"context"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// tagged holds the tags of a resource type. Both fields include the default tags.
type tagged struct {
	Tags    map[string]string `json:"tags,omitempty"`
	TagsAll map[string]string `json:"tagsAll,omitempty"`
}

func (t *tagged) set(tags map[string]string) { t.Tags, t.TagsAll = tags, tags }

func (t *tagged) setIAM(tags []types.Tag) { t.set(fromIAM(tags)) }

func fromIAM(tags []types.Tag) map[string]string {
	read := map[string]string{}
	for _, tag := range tags {
		read[*tag.Key] = *tag.Value
	}
	return read
}

func iamTags(tags map[string]string) []types.Tag {
	var list []types.Tag
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, types.Tag{Key: &key, Value: new(tags[key])})
	}
	return list
}

// retag changes the tags to the wanted ones.
func (t tagged) retag(wanted tagged, set func(map[string]string) error, remove func(keys []string) error) error {
	changed := maps.Clone(wanted.Tags)
	maps.DeleteFunc(changed, func(key, value string) bool {
		was, ok := t.Tags[key]
		return ok && was == value
	})
	var removed []string
	for _, key := range slices.Sorted(maps.Keys(t.Tags)) {
		if _, ok := wanted.Tags[key]; !ok {
			removed = append(removed, key)
		}
	}
	if len(removed) > 0 {
		if err := remove(removed); err != nil {
			return err
		}
	}
	if len(changed) > 0 {
		return set(changed)
	}
	return nil
}

func (t tagged) retagEKS(ctx context.Context, c *Clients, arn string, wanted tagged) error {
	return t.retag(wanted, func(set map[string]string) error {
		_, err := c.eks.TagResource(ctx, &eks.TagResourceInput{ResourceArn: &arn, Tags: set})
		return err
	}, func(keys []string) error {
		_, err := c.eks.UntagResource(ctx, &eks.UntagResourceInput{ResourceArn: &arn, TagKeys: keys})
		return err
	})
}
