package operator

import (
	"slices"

	"eso-aws/internal/problem"
)

// CheckValues returns the problems of a user's chart values: values that another setting
// decides, and values that the chart cannot read. Set identity if the operator gets an
// [Identity]. The paths are relative to the values.
func CheckValues(values map[string]any, identity bool) []problem.Problem {
	problems := checkEnvironment(values["extraEnv"], !identity)
	for _, reserved := range reservedValues(identity) {
		if _, found := ValueAt(values, reserved.Path...); found {
			problems = append(problems, reserved)
		}
	}
	create := problem.Path{"serviceAccount", "create"}
	if value, found := ValueAt(values, create...); identity && found && value != true {
		problems = append(problems, problem.Problem{
			Path: create, Kind: problem.Conflict,
			Rule: "must be true, because the role trusts the chart's service account", Fix: "remove it",
		})
	}
	return problems
}

// reservedValues returns a problem for each value that users cannot set.
func reservedValues(identity bool) []problem.Problem {
	reserved := func(rule, fix string, path ...string) problem.Problem {
		return problem.Problem{Path: path, Kind: problem.Reserved, Rule: rule, Fix: fix}
	}
	problems := []problem.Problem{
		reserved("is set by keepCRDs", "set keepCRDs instead", "crds", "annotations", resourcePolicy),
	}
	if identity {
		const trusted = "must be external-secrets, because the role trusts that service account"
		problems = append(problems,
			reserved(trusted, "remove it", "serviceAccount", "name"),
			reserved("is set by auth and role", "set these instead", "serviceAccount", "annotations", roleAnnotation),
			reserved("is set by this program", "remove it", "podAnnotations", identityAnnotation))
	}
	return problems
}

// checkEnvironment returns the problems of extraEnv. Set endpoints if the release sets the
// endpoints of AWS itself.
func checkEnvironment(extraEnv any, endpoints bool) []problem.Problem {
	if extraEnv == nil {
		return nil
	}
	path := problem.Path{"extraEnv"}
	list, ok := extraEnv.([]any)
	if !ok {
		return []problem.Problem{{
			Path: path, Kind: problem.Type,
			Rule: "must be a list, not " + problem.TypeOf(extraEnv), Fix: "write [{name: X, value: y}]",
		}}
	}
	var problems []problem.Problem
	var names []string
	for i, entry := range list {
		variable, _ := entry.(map[string]any)
		name, _ := variable["name"].(string)
		found := problem.Problem{Path: path.Entry(i).Member("name"), Value: name}
		switch {
		case name == "":
			found = problem.Problem{
				Path: path.Entry(i), Kind: problem.Required,
				Rule: "must be a map with a name", Fix: "write {name: X, value: y}",
			}
		case endpoints && (name == secretsManagerEndpoint || name == stsEndpoint):
			found.Kind, found.Rule, found.Fix = problem.Reserved, "is set by endpoint", "set endpoint instead"
		case slices.Contains(names, name):
			found.Kind, found.Rule, found.Fix = problem.Duplicate, "must be unique", "remove one of the entries"
		}
		if found.Rule != "" {
			problems = append(problems, found)
		}
		names = append(names, name)
	}
	return problems
}

// ValueAt returns the value at a path of nested maps, and whether it is set.
func ValueAt(values map[string]any, path ...string) (value any, found bool) {
	last := len(path) - 1
	for _, name := range path[:last] {
		values, _ = values[name].(map[string]any)
	}
	value, found = values[path[last]]
	return value, found
}
