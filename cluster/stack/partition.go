package stack

import (
	"errors"
	"regexp"
	"strings"
)

// partition is a part of AWS with ARNs and host names of its own.
type partition struct {
	// name is what its ARNs begin with, after arn:.
	name string
	// suffix is what the name of EC2 ends in where a role trusts it.
	suffix string
}

var (
	regionName  = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+){1,2}-[0-9]{1,2}$`)
	otherRegion = regexp.MustCompile(`^(eusc-|[a-z]{2}-iso)`)

	errNoRegion  = errors.New("is no AWS region")
	errPartition = errors.New("is in a partition that is not known here")
)

// partitionOf is the partition that a region is in.
func partitionOf(region string) (partition, error) {
	switch {
	case !regionName.MatchString(region):
		return partition{}, errNoRegion
	case otherRegion.MatchString(region):
		return partition{}, errPartition
	case strings.HasPrefix(region, "cn-"):
		return partition{"aws-cn", "amazonaws.com.cn"}, nil
	case strings.HasPrefix(region, "us-gov-"):
		return partition{"aws-us-gov", "amazonaws.com"}, nil
	default:
		return partition{"aws", "amazonaws.com"}, nil
	}
}
