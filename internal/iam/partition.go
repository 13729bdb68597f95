package iam

import (
	"regexp"
	"strings"
)

// Partition is a part of AWS with accounts, names and endpoints of its own.
type Partition string

// The partitions that EKS is offered in to everybody.
const (
	AWS      Partition = "aws"
	China    Partition = "aws-cn"
	GovCloud Partition = "aws-us-gov"
)

var (
	regionName  = regexp.MustCompile(`^[a-z]{2,4}(-[a-z]+){1,2}-[0-9]{1,2}$`)
	otherRegion = regexp.MustCompile(`^(eusc-|[a-z]{2}-iso)`)
)

// PartitionOf is the partition that a region is in.
func PartitionOf(region string) (Partition, error) {
	switch {
	case !regionName.MatchString(region):
		return "", Problem("region", region, "is no AWS region", "one such as eu-west-1")
	case otherRegion.MatchString(region):
		return "", Problem("region", region, "is in a partition that is not known here",
			"a region of aws, aws-cn or aws-us-gov")
	case strings.HasPrefix(region, "cn-"):
		return China, nil
	case strings.HasPrefix(region, "us-gov-"):
		return GovCloud, nil
	}
	return AWS, nil
}

// dnsSuffix is what the names of the partition's endpoints end in.
func (p Partition) dnsSuffix() string {
	if p == China {
		return "amazonaws.com.cn"
	}
	return "amazonaws.com"
}

// Validate refuses what is no partition, or not the region's. An empty region
// is not looked at.
func (p Partition) Validate(region string) error {
	if p != AWS && p != China && p != GovCloud {
		return Problem("partition", string(p), "is no AWS partition known here", "aws, aws-cn or aws-us-gov")
	}
	if region == "" {
		return nil
	}
	own, err := PartitionOf(region)
	if err != nil {
		return err
	}
	if own != p {
		return Problem("partition", string(p), "is not the partition of region "+region, string(own))
	}
	return nil
}
