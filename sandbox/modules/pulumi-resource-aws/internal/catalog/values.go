package catalog

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"eso-aws/sandbox/modules/pulumi-resource-aws/internal/schema"
)

type resourceKey = resource.PropertyKey

// optional returns nil for an empty text, which AWS takes for a missing value.
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

// keepDocument sets the state to the document in AWS, unless they differ only in notation.
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
