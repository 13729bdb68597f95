package stacks_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/graph"
)

const defaultEventsPath = namespacePath + "default/events"

// logOfFailures returns the log of the stack dev when all its resources fail and the cluster has these events.
func logOfFailures(t *testing.T, events map[string]any) []string {
	t.Helper()
	e := newEKS(t, "dev", nil)
	e.options.Config["eso-aws:kubeconfig"] = e.kubeconfig()
	for path, event := range events {
		e.api.objects[path] = list(event)
	}
	e.options.Hooks = graph.OnError
	g, err := run(e.options)
	require.NoError(t, err)
	assert.Empty(t, g.Refused)
	return g.Log
}

// TestRemediesOnEKS proves that messages of the operator, in its words, get a fix.
func TestRemediesOnEKS(t *testing.T) {
	t.Parallel()
	const (
		failing = "error processing spec.data[0] (key: zio-lucene/datadog-api-key), err: "
		get     = failing + "operation error Secrets Manager: GetSecretValue, "
		user    = get + "https response error StatusCode: 400, RequestID: 1, api error AccessDeniedException: User: " +
			"arn:aws:sts::111122223333:assumed-role/external-secrets-irsa/external-secrets-provider-aws is not authorized " +
			"to perform: secretsmanager:GetSecretValue on resource: "
		identity = get + "get identity: get credentials: failed to refresh cached credentials, "
		revert   = "run pulumi refresh to see what others changed, then pulumi up to revert it"
		granted  = "the role grants this permission, so find what restricts it, such as a permissions boundary or an " +
			"edited policy; " + revert
	)
	for name, test := range map[string]struct{ message, fix string }{
		"Trust": {
			identity + "failed to retrieve credentials, operation error STS: AssumeRoleWithWebIdentity, https response error " +
				"StatusCode: 403, RequestID: 1, api error AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity",
			"the trust policy of the role must allow this cluster's OIDC provider, the audience sts.amazonaws.com and the " +
				"operator's service account; " + revert,
		},
		"Provider": {
			identity + "api error InvalidIdentityToken: No OpenIDConnect provider found in your account for https://x",
			"run eksctl utils associate-iam-oidc-provider --cluster dev " +
				"--region us-east-1 --approve",
		},
		"Audience": {
			identity + "api error InvalidIdentityToken: Incorrect token audience",
			"add the client ID sts.amazonaws.com to the OIDC provider in IAM",
		},
		"AssumedRole": {
			identity + "api error AccessDenied: User: a is not authorized to perform: sts:AssumeRole on resource: b",
			"let the trust policy of that role allow the operator's role, with Pod Identity also for sts:TagSession",
		},
		"PodTrust": {
			identity + "failed to load credentials, : [1]: (AccessDeniedException): Unauthorized Exception! EKS does not have " +
				"permissions to assume the associated role.",
			"the trust policy of the role must allow pods.eks.amazonaws.com, this cluster and the operator's service " +
				"account; " + revert,
		},
		"NoAssociation": {
			identity + "failed to load credentials, : [1]: (ResourceNotFoundException): No association found for service " +
				"account external-secrets in namespace external-secrets of cluster dev",
			"the operator's Pod Identity association was deleted; " + revert,
		},
		"MadeWithoutAssociation": {
			identity + "no EC2 IMDS role found, operation error ec2imds: GetMetadata",
			"the operator's pods started without a Pod Identity association; " + revert + "; if nothing was changed, " +
				"run kubectl rollout restart deployment/external-secrets -n external-secrets",
		},
		"NoAgent": {
			identity + "failed to load credentials, : dial tcp 169.254.170.23:80: connect: connection refused",
			"make sure that the EKS Pod Identity agent runs on the nodes; podIdentityAgent: true installs it",
		},
		"NodeRole": {
			identity + "failed to load credentials, : [1]: (AccessDeniedException): User: a is not authorized to perform: " +
				"eks-auth:AssumeRoleForPodIdentity on resource: b",
			"allow it for the role of the nodes, as AmazonEKSWorkerNodePolicy does",
		},
		"Detached": {
			user + "arn:aws:secretsmanager:us-east-1:111122223333:secret:zio-lucene/datadog-api-key-AbCdEf because no " +
				"identity-based policy allows the secretsmanager:GetSecretValue action", granted,
		},
		"Boundary": {"api error AccessDeniedException: no permissions boundary allows this", granted},
		"Denied": {
			user + "arn:aws:secretsmanager:us-east-1:111122223333:secret:zio-lucene/datadog-api-key-AbCdEf with an explicit " +
				"deny in an identity-based policy",
			"find the statement that denies it, in a policy of the role, of the secret or of the organization",
		},
		"Missing": {
			user + "zio-lucene/datadog-api-key because no identity-based policy allows the secretsmanager:GetSecretValue action",
			"create it in Secrets Manager in us-east-1, or correct its name; AWS denies access to missing secrets, too",
		},
		"KMS": {
			get + "api error AccessDeniedException: Access to KMS is not allowed",
			"add the ARN of the secret's KMS key to permissions.kmsKeys; if it is there, let the policy of the key allow " +
				"the role to decrypt",
		},
		"Unreachable": {
			get + "dial tcp 10.0.0.1:443: connect: connection refused",
			"let the operator's pods reach AWS, through NAT or VPC endpoints for secretsmanager and sts",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := logOfFailures(t, map[string]any{
				secretEventsPath: event("ExternalSecret", "datadog-api-key", "UpdateFailed", test.message+"\n", "2026-01-01T00:00:00Z"),
			})
			assert.Equal(t, []string{"ExternalSecret zio-lucene/datadog-api-key: UpdateFailed: " + test.message + "; " + test.fix}, log)
		})
	}
}

// TestCauseOfTheStore proves that a Secret with an unready store is explained by the warnings about the store.
func TestCauseOfTheStore(t *testing.T) {
	t.Parallel()
	log := logOfFailures(t, map[string]any{
		secretEventsPath: event("ExternalSecret", "datadog-api-key", "UpdateFailed",
			`error processing spec.data[0] (key: zio-lucene/datadog-api-key), err: ClusterSecretStore "aws-secretsmanager" is not ready`,
			"2026-01-01T00:00:00Z"),
		defaultEventsPath: event("ClusterSecretStore", "aws-secretsmanager", "InvalidProviderConfig", "Incorrect token audience",
			"2026-01-01T00:00:00Z"),
	})
	store := "ClusterSecretStore aws-secretsmanager: InvalidProviderConfig: Incorrect token audience; add the client ID " +
		"sts.amazonaws.com to the OIDC provider in IAM"
	assert.ElementsMatch(t, []string{
		"ExternalSecret zio-lucene/datadog-api-key: UpdateFailed: error processing spec.data[0] (key: " +
			`zio-lucene/datadog-api-key), err: ClusterSecretStore "aws-secretsmanager" is not ready` + "\n" + store,
		store, // the store's own
	}, log)
}

// TestRefusals proves that messages of AWS about the stack's resources get a fix.
func TestRefusals(t *testing.T) {
	t.Parallel()
	const (
		role        = "aws:iam/role:Role"
		policy      = "aws:iam/policy:Policy"
		association = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
		addon       = "aws:eks/addon:Addon"
		leftover    = "if a killed pulumi up of this stack left it behind, run "
		rename      = ", which AWS refuses while it is in use; otherwise set another role.name, because each stack in an " +
			"account needs its own"
	)
	for name, test := range map[string]struct{ resource, message, want string }{
		"Role": {
			role, "EntityAlreadyExists: Role with name external-secrets-pod-identity already exists.",
			"Role external-secrets-pod-identity: " + leftover + "aws iam delete-role --role-name external-secrets-pod-identity" + rename,
		},
		"Policy": {
			policy, "EntityAlreadyExists: A policy called external-secrets-pod-identity-1 already exists.",
			"Policy external-secrets-pod-identity-1: " + leftover + "aws iam delete-policy --policy-arn " +
				"arn:aws:iam::111122223333:policy/eso/external-secrets-pod-identity-1" + rename,
		},
		"Association": {
			association, "ResourceInUseException: Association already exists: a-1b2c3",
			"PodIdentityAssociation pod-identity: " + leftover + "aws eks delete-pod-identity-association --cluster-name training " +
				"--association-id a-1b2c3 --region us-east-1; otherwise find out who gave the operator's service account a role",
		},
		"Addon": {
			addon, "ResourceInUseException: Addon already exists.",
			"Addon pod-identity: remove podIdentityAgent, because the cluster has the agent already",
		},
		"InUse": {
			role, "DeleteConflict: Cannot delete entity, must delete policies first.",
			"Role external-secrets-pod-identity: detach what others attached to it, and try again",
		},
		"Denied": {
			role, "AccessDenied: User: a is not authorized to perform: iam:CreateRole on resource: b",
			"Role external-secrets-pod-identity: grant this permission to the AWS credentials of this shell",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEKS(t, "training", map[string]string{"podIdentityAgent": "true", "role": `{"path": "/eso/"}`})
			e.options.Config["eso-aws:kubeconfig"] = e.kubeconfig()
			e.options.Hooks, e.options.Errors = graph.OnError, map[string]string{test.resource: test.message}
			g, err := run(e.options)
			require.NoError(t, err)
			assert.Equal(t, []string{test.want}, g.Log)
		})
	}
}
