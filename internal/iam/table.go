package iam

import (
	"maps"
	"slices"
	"strings"
)

// Row is one action of a policy, for a table that people read.
type Row struct {
	// Action is what is allowed.
	Action string
	// Who is the principal of a trust policy, such as Service
	// pods.eks.amazonaws.com; "" in a permissions policy.
	Who string
	// On are the resources; none in a trust policy.
	On []string
	// When are the conditions, such as key = value, all of which must hold.
	When []string
}

// Table is what the policies allow, an action a row, in the policies' order.
func Table(documents ...Document) []Row {
	var rows []Row
	for _, document := range documents {
		for _, statement := range document.Statement {
			for _, action := range statement.Action {
				rows = append(rows, Row{action, statement.who(), statement.Resource, statement.when()})
			}
		}
	}
	return rows
}

func (s Statement) who() string {
	var who []string
	for _, kind := range slices.Sorted(maps.Keys(s.Principal)) {
		who = append(who, kind+" "+s.Principal[kind])
	}
	return strings.Join(who, ", ")
}

// when takes every operator for equality, the only one in use.
func (s Statement) when() []string {
	var when []string
	for _, operator := range slices.Sorted(maps.Keys(s.Condition)) {
		keys := s.Condition[operator]
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			when = append(when, key+" = "+strings.Join(keys[key], " or "))
		}
	}
	return when
}
