package operator

import (
	"fmt"
	"maps"
	"slices"

	"eso-aws/internal/chart"
)

// The operator reads its endpoints from its environment, for every store alike.
const (
	secretsManagerEndpoint = "AWS_SECRETSMANAGER_ENDPOINT" //nolint:gosec // a variable's name, not a credential
	stsEndpoint            = "AWS_STS_ENDPOINT"
	parameterStoreEndpoint = "AWS_SSM_ENDPOINT"
)

// Helm leaves an object with this annotation alone when it uninstalls.
const (
	resourcePolicy = "helm.sh/resource-policy"
	keep           = "keep"
)

// What EKS reads of a service account, and what makes Kubernetes replace the
// operator's pods: they get their credentials when they are made, and keep them.
const (
	roleAnnotation     = "eks.amazonaws.com/role-arn"
	identityAnnotation = "eso-aws/identity"
)

// Values are the values of the chart of that version: the CRDs installed and
// kept or not, the endpoint in the operator's environment, its identity, and the
// user's values merged over them: maps deeply, lists replaced, except that the
// user's extraEnv is added to the endpoint's. Nothing given is changed. Outputs
// of Pulumi are in them as they were given.
func Values(args *ReleaseArgs) map[string]any {
	version, endpoint, user := args.Version, args.Endpoint, args.ChartValues
	values := map[string]any{"installCRDs": true}
	if args.Identity != nil {
		account := map[string]any{"name": args.Identity.ServiceAccount}
		if args.Identity.RoleARN != nil {
			account["annotations"] = map[string]any{roleAnnotation: args.Identity.RoleARN}
		}
		values["serviceAccount"] = account
		values["podAnnotations"] = map[string]any{identityAnnotation: args.Identity.Version}
	}
	if args.KeepCRDs {
		values["crds"] = map[string]any{"annotations": map[string]any{resourcePolicy: keep}}
	}
	if chart.For(version).Supports(chart.ReadinessProbe) { // without it a pod is ready as soon as it runs
		values["readinessProbe"] = map[string]any{"enabled": true}
	}
	values = merge(values, user)

	own, _ := user["extraEnv"].([]any)
	var env []any
	if endpoint != "" {
		env = []any{
			map[string]any{"name": secretsManagerEndpoint, "value": endpoint},
			map[string]any{"name": stsEndpoint, "value": endpoint},
		}
		if args.ParameterStore && !slices.ContainsFunc(own, isVariable(parameterStoreEndpoint)) {
			env = append(env, map[string]any{"name": parameterStoreEndpoint, "value": endpoint})
		}
	}
	if env = append(env, own...); len(env) > 0 {
		values["extraEnv"] = env
	}
	return values
}

// isVariable tells whether an entry of extraEnv is the variable of that name.
func isVariable(name string) func(any) bool {
	return func(entry any) bool {
		variable, _ := entry.(map[string]any)
		return variable["name"] == name
	}
}

// merge is base with over on top: maps are merged, all else is replaced.
func merge(base, over map[string]any) map[string]any {
	merged := maps.Clone(base)
	for key, value := range over {
		under, isMap := merged[key].(map[string]any)
		if upper, ok := value.(map[string]any); ok && isMap {
			value = merge(under, upper)
		}
		merged[key] = value
	}
	return merged
}

// A Conflict is a user's value that [Values] cannot take.
type Conflict struct {
	// Path is where the value is, such as extraEnv[0].name.
	Path string
	// Rule says what is wrong with it and what to write instead.
	Rule string
}

// Conflicts are the user's values that another setting decides, or that are not
// what the chart understands, in a fixed order.
func Conflicts(user map[string]any) []Conflict {
	conflicts := environmentConflicts(user["extraEnv"])
	if crds, ok := user["crds"].(map[string]any); ok {
		if annotations, ok := crds["annotations"].(map[string]any); ok {
			if _, ok := annotations[resourcePolicy]; ok {
				conflicts = append(conflicts, Conflict{
					fmt.Sprintf("crds.annotations[%q]", resourcePolicy),
					"is decided by keepCRDs; write keepCRDs: true or false instead",
				})
			}
		}
	}
	return conflicts
}

// IdentityConflicts are the user's values that an [Identity] decides.
func IdentityConflicts(user map[string]any) []Conflict {
	var conflicts []Conflict
	for _, value := range []struct{ object, member, key, rule string }{
		{"serviceAccount", "name", "", "must be external-secrets, which the role trusts; take it away"},
		{"serviceAccount", "create", "", "must be true, as the role trusts the chart's service account; take it away"},
		{"serviceAccount", "annotations", roleAnnotation, "is decided by auth and role; write these instead"},
		{"podAnnotations", identityAnnotation, "", "is this program's own; take it away"},
	} {
		object, _ := user[value.object].(map[string]any)
		found, ok := object[value.member]
		path := value.object + "." + value.member
		if value.member == identityAnnotation {
			path = fmt.Sprintf("%s[%q]", value.object, value.member)
		}
		if value.key != "" {
			inner, _ := found.(map[string]any)
			_, ok = inner[value.key]
			path += fmt.Sprintf("[%q]", value.key)
		}
		if ok && found != true {
			conflicts = append(conflicts, Conflict{path, value.rule})
		}
	}
	return conflicts
}

func environmentConflicts(extraEnv any) []Conflict {
	if extraEnv == nil {
		return nil
	}
	list, ok := extraEnv.([]any)
	if !ok {
		return []Conflict{{"extraEnv", "must be a list; write entries such as {name: X, value: y}"}}
	}
	var conflicts []Conflict
	var names []string
	for i, entry := range list {
		path := fmt.Sprintf("extraEnv[%d]", i)
		variable, _ := entry.(map[string]any)
		name, _ := variable["name"].(string)
		switch {
		case name == "":
			conflicts = append(conflicts, Conflict{path, "has no name; write {name: X, value: y}"})
		case name == secretsManagerEndpoint || name == stsEndpoint:
			conflicts = append(conflicts, Conflict{
				path + ".name", fmt.Sprintf("%q: is decided by endpoint; write endpoint instead", name),
			})
		case slices.Contains(names, name):
			conflicts = append(conflicts, Conflict{
				path + ".name", "is the name of an entry before it; write each name once",
			})
		}
		names = append(names, name)
	}
	return conflicts
}
