package catalog

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"eso-aws/sandbox/modules/pulumi-resource-aws/internal/schema"
)

type resourceKey = resource.PropertyKey

// optional is nil for nothing, which AWS takes for "not given".
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// keepDocument takes over a document that was read, unless only its notation is another.
func keepDocument(state *string, read string) {
	if !schema.SameDocument(*state, read) {
		*state = read
	}
}

func validARN(value string) error {
	if _, err := arn.Parse(value); err != nil {
		return fmt.Errorf("(%s) is an invalid ARN: %w", value, err)
	}
	return nil
}
