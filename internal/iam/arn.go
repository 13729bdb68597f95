package iam

import (
	"fmt"
	"slices"
	"strings"

	"eso-aws/internal/pattern"
	"eso-aws/internal/problem"
)

// ARN is the name of something in AWS.
type ARN struct {
	Partition                          Partition
	Service, Region, Account, Resource string
}

// ParseARN splits an ARN. It does not check the parts.
func ParseARN(text string) (ARN, bool) {
	parts := strings.SplitN(text, ":", 6)
	if len(parts) != 6 || parts[0] != "arn" || parts[1] == "" || parts[2] == "" || parts[5] == "" {
		return ARN{}, false
	}
	return ARN{Partition(parts[1]), parts[2], parts[3], parts[4], parts[5]}, true
}

// String is the ARN as AWS writes it.
func (a ARN) String() string {
	return strings.Join([]string{"arn", string(a.Partition), a.Service, a.Region, a.Account, a.Resource}, ":")
}

// CheckARN checks an ARN against its pattern, such as [pattern.RoleARN], and that it is in
// the partition and in one of the regions. An empty partition is not checked, and neither
// are no regions.
func CheckARN(form pattern.Pattern, text string, partition Partition, regions ...string) []problem.Problem {
	if problems := form.Check(text); problems != nil {
		return problems
	}
	arn, _ := ParseARN(text)
	var rule string
	switch {
	case partition != "" && arn.Partition != partition:
		rule = fmt.Sprintf("must be in partition %s, not %s", partition, arn.Partition)
	case len(regions) > 0 && !slices.Contains(regions, arn.Region):
		rule = fmt.Sprintf("must be in region %s, not %s", problem.Join(regions, "or"), arn.Region)
	default:
		return nil
	}
	return []problem.Problem{{Value: text, Kind: problem.Conflict, Rule: rule}}
}
