package check

import (
	"fmt"
	"strings"

	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
)

const maxAnnotations = 256 << 10

// stackMetadata checks the labels and annotations of all secrets.
func (c *checker) stackMetadata() {
	c.reservedKeys(problem.Path{stackfile.KeyLabels}, c.File.Labels)
	c.annotations(problem.Path{stackfile.KeyAnnotations}, c.File.Annotations)
}

// reservedKeys refuses labels and annotations that the program or the operator sets.
func (c *checker) reservedKeys(at problem.Path, object map[string]string) {
	for _, key := range sorted(object) {
		switch prefix, _, _ := strings.Cut(key, "/"); prefix {
		case "eso-aws", "pulumi.com", "reconcile.external-secrets.io":
			c.refuseOnce(at.Member(key), key, problem.Reserved, "is reserved for this program, Pulumi or the operator",
				"choose another key")
		}
	}
}

// annotations checks annotations, whose total size Kubernetes limits.
func (c *checker) annotations(at problem.Path, object map[string]string) {
	c.reservedKeys(at, object)
	size := 0
	for key, value := range object {
		size += len(key) + len(value)
	}
	if size > maxAnnotations {
		c.refuse(at, nil, problem.Limit, fmt.Sprintf("must be at most %d bytes, but is %d", maxAnnotations, size), "")
	}
}
