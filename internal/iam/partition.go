package iam

import (
	"regexp"
	"strings"

	"eso-aws/internal/pattern"
	"eso-aws/internal/problem"
)

// Partition is a part of AWS with accounts, names and endpoints of its own.
type Partition string

// The partitions that offer EKS to everybody.
const (
	AWS      Partition = "aws"
	China    Partition = "aws-cn"
	GovCloud Partition = "aws-us-gov"
)

// otherRegion matches the regions of the partitions that this program does not support.
var otherRegion = regexp.MustCompile(`^(eusc-|[a-z]{2}-iso)`)

// PartitionOf returns the partition of a region.
func PartitionOf(region string) (Partition, []problem.Problem) {
	if problems := pattern.Region.Check(region); problems != nil {
		return "", problems
	}
	switch {
	case otherRegion.MatchString(region):
		return "", []problem.Problem{{
			Value: region, Kind: problem.NotSupported, Rule: "must be a region of partition aws, aws-cn or aws-us-gov",
		}}
	case strings.HasPrefix(region, "cn-"):
		return China, nil
	case strings.HasPrefix(region, "us-gov-"):
		return GovCloud, nil
	}
	return AWS, nil
}

// dnsSuffix is the end of the names of the partition's endpoints.
func (p Partition) dnsSuffix() string {
	if p == China {
		return "amazonaws.com.cn"
	}
	return "amazonaws.com"
}
