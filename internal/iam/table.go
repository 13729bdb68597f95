package iam

import (
	"maps"
	"slices"
	"strings"
)

// Row is one action of a policy, in a table for people.
type Row struct {
	// Action is what is allowed.
	Action string
	// Principal is the principal of a trust policy, such as Service pods.eks.amazonaws.com;
	// "" in a permissions policy.
	Principal string
	// Resources are what the action is allowed on; none in a trust policy.
	Resources []string
	// Conditions are those that must hold, such as key = value.
	Conditions []string
}

// Table returns what the policies allow, with a row for each action in the order of the
// policies.
func Table(documents ...Document) []Row {
	var rows []Row
	for _, document := range documents {
		for _, statement := range document.Statement {
			for _, action := range statement.Action {
				rows = append(rows, Row{action, statement.principal(), statement.Resource, statement.conditions()})
			}
		}
	}
	return rows
}

func (s Statement) principal() string {
	var principals []string
	for _, kind := range slices.Sorted(maps.Keys(s.Principal)) {
		principals = append(principals, kind+" "+s.Principal[kind])
	}
	return strings.Join(principals, ", ")
}

// conditions takes every operator for equality, the only one in use.
func (s Statement) conditions() []string {
	var conditions []string
	for _, operator := range slices.Sorted(maps.Keys(s.Condition)) {
		keys := s.Condition[operator]
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			conditions = append(conditions, key+" = "+strings.Join(keys[key], " or "))
		}
	}
	return conditions
}
