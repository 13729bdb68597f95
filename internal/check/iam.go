package check

import (
	"strings"

	"eso-aws/internal/iam"
	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
)

// Until package iam reports problems itself.

func fromError(err error) []problem.Problem {
	if err == nil {
		return nil
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []problem.Problem
		for _, err := range joined.Unwrap() {
			all = append(all, fromError(err)...)
		}
		return all
	}
	field, rule, _ := strings.Cut(err.Error(), ": ")
	var path problem.Path
	for _, name := range strings.Split(field, ".") {
		path = append(path, name)
	}
	return []problem.Problem{{Path: path, Kind: problem.Invalid, Rule: rule}}
}

func partitionProblems(region string) []problem.Problem {
	_, err := iam.PartitionOf(region)
	all := fromError(err)
	for i := range all {
		all[i].Path = problem.Path{stackfile.KeyAWSRegion}
	}
	return all
}

func roleProblems(role iam.RoleSettings, partition iam.Partition) []problem.Problem {
	return fromError(role.Validate(partition))
}

func providerProblems(arn string, partition iam.Partition) []problem.Problem {
	return fromError(iam.CheckProvider(stackfile.KeyOIDCProviderARN, arn, partition))
}

func tagProblems(err error) []problem.Problem {
	all := fromError(err)
	for i := range all {
		all[i].Path = nil
	}
	return all
}

func keyProblems(key string, partition iam.Partition, regions []string) []problem.Problem {
	all := fromError(iam.CheckKey("kmsKeys", key, partition, regions...))
	for i := range all {
		all[i].Path = nil
	}
	return all
}

func permissionProblems(grants []iam.Grants) []problem.Problem {
	_, err := iam.Permissions(grants...)
	return fromError(err)
}
