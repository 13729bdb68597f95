package operator

import (
	"slices"

	"eso-aws/internal/chart"
	"eso-aws/internal/kube"
)

// The operator reads the endpoints of all its stores from these variables.
const (
	secretsManagerEndpoint = "AWS_SECRETSMANAGER_ENDPOINT" //nolint:gosec // a variable's name, not a credential
	stsEndpoint            = "AWS_STS_ENDPOINT"
	parameterStoreEndpoint = "AWS_SSM_ENDPOINT"
)

const (
	// resourcePolicy makes Helm keep an object when it uninstalls the release.
	resourcePolicy = "helm.sh/resource-policy"
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
		values["crds"] = map[string]any{"annotations": map[string]any{resourcePolicy: "keep"}}
	}
	if chart.For(args.Version).Supports(chart.ReadinessProbe) { // without it a pod is ready as soon as it runs
		values["readinessProbe"] = map[string]any{"enabled": true}
	}
	values = kube.Merge(values, args.ChartValues)

	own, _ := args.ChartValues["extraEnv"].([]any)
	var env []any
	if endpoint := args.Endpoint; endpoint != "" {
		env = []any{
			map[string]any{"name": secretsManagerEndpoint, "value": endpoint},
			map[string]any{"name": stsEndpoint, "value": endpoint},
		}
		declared := slices.ContainsFunc(own, func(entry any) bool {
			variable, _ := entry.(map[string]any)
			return variable["name"] == parameterStoreEndpoint
		})
		if args.ParameterStore && !declared {
			env = append(env, map[string]any{"name": parameterStoreEndpoint, "value": endpoint})
		}
	}
	if env = append(env, own...); len(env) > 0 {
		values["extraEnv"] = env
	}
	return values
}
