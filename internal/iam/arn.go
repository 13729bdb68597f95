package iam

import (
	"fmt"
	"regexp"
	"strings"
)

// ARN is the name of something in AWS.
type ARN struct {
	Partition                          Partition
	Service, Region, Account, Resource string
}

// ParseARN takes an ARN apart. It does not look at what its parts are.
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

// Kind is what an ARN must be.
type Kind struct {
	// What it names, such as "a role".
	What    string
	Service string
	// Regional says whether the ARN has a region.
	Regional bool
	// Accounts and Resource are what the account and the rest must match.
	Accounts, Resource *regexp.Regexp
	// Write is an example, with <partition> for the partition.
	Write string
}

// Check parses an ARN that must be of a kind and of a partition.
func (k Kind) Check(field, text string, partition Partition) (ARN, error) {
	arn, ok := ParseARN(text)
	accounts := k.Accounts
	if accounts == nil {
		accounts = accountID
	}
	if !ok || arn.Service != k.Service || !accounts.MatchString(arn.Account) ||
		!k.Resource.MatchString(arn.Resource) || (arn.Region != "") != k.Regional {
		return ARN{}, Problem(field, text, "is no ARN of "+k.What,
			strings.Replace(k.Write, "<partition>", string(partition), 1))
	}
	if arn.Partition != partition {
		return ARN{}, Problem(field, text, fmt.Sprintf("is of partition %s, not of %s", arn.Partition, partition),
			"the ARN of one there")
	}
	return arn, nil
}

var (
	roleResource     = regexp.MustCompile(`^role/([!-~]+/)?[A-Za-z0-9+=,.@_-]{1,64}$`)
	providerResource = regexp.MustCompile(`^oidc-provider/[A-Za-z0-9.:/_~-]+$`)
)

// CheckRole refuses what is not the ARN of a role.
func CheckRole(field, text string, partition Partition) error {
	_, err := Kind{
		What: "a role", Service: "iam", Resource: roleResource, Write: "arn:<partition>:iam::<account>:role/<name>",
	}.Check(field, text, partition)
	return err
}

// CheckProvider refuses what is not the ARN of an OIDC provider.
func CheckProvider(field, text string, partition Partition) error {
	_, err := Kind{
		What: "an OIDC provider", Service: "iam", Resource: providerResource,
		Write: "arn:<partition>:iam::<account>:oidc-provider/<issuer>",
	}.Check(field, text, partition)
	return err
}
