package operator

import (
	"maps"
	"slices"

	"eso-aws/internal/chart"
)

// The operator reads the endpoints of all its stores from these variables.
const (
	secretsManagerEndpoint = "AWS_SECRETSMANAGER_ENDPOINT" //nolint:gosec // a variable's name, not a credential
	stsEndpoint            = "AWS_STS_ENDPOINT"
	parameterStoreEndpoint = "AWS_SSM_ENDPOINT"
)

// Helm keeps an object with this annotation when it uninstalls the release.
const (
	resourcePolicy = "helm.sh/resource-policy"
	keep           = "keep"
)

const (
	// roleAnnotation tells EKS which role a service account may assume.
	roleAnnotation = "eks.amazonaws.com/role-arn"
	// identityAnnotation changes with the identity, so that Kubernetes replaces the
	// operator's pods: a pod keeps the credentials that it got when it was created.
	identityAnnotation = "eso-aws/identity"
)

// Values returns the chart's values: the CRDs, the endpoint, the identity, and the user's
// values on top. Maps are merged and lists are replaced, except that the user's extraEnv
// comes after the endpoint's variables. Pulumi inputs are in them unchanged.
func Values(args *ReleaseArgs) map[string]any {
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
	if chart.For(args.Version).Supports(chart.ReadinessProbe) { // without it a pod is ready as soon as it runs
		values["readinessProbe"] = map[string]any{"enabled": true}
	}
	values = merge(values, args.ChartValues)

	own, _ := args.ChartValues["extraEnv"].([]any)
	var env []any
	if endpoint := args.Endpoint; endpoint != "" {
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

// isVariable returns a function that reports whether an entry of extraEnv has that name.
func isVariable(name string) func(any) bool {
	return func(entry any) bool {
		variable, _ := entry.(map[string]any)
		return variable["name"] == name
	}
}

// merge returns base with the values of over on top. Maps are merged, other values are
// replaced.
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
