package stacks_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/graph"
)

const defaultEventsPath = namespacePath + "default/events"

// explained is what the stack dev logs when all of it fails and the cluster has these events.
func explained(t *testing.T, events map[string]any) []string {
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

// TestRemediesOnEKS: what the operator says there, as it says it, and what to do.
func TestRemediesOnEKS(t *testing.T) {
	t.Parallel()
	const (
		failing = "error processing spec.data[0] (key: zio-lucene/datadog-api-key), err: "
		get     = failing + "operation error Secrets Manager: GetSecretValue, "
		user    = get + "https response error StatusCode: 400, RequestID: 1, api error AccessDeniedException: User: " +
			"arn:aws:sts::111122223333:assumed-role/external-secrets-irsa/external-secrets-provider-aws is not authorized " +
			"to perform: secretsmanager:GetSecretValue on resource: "
		identity = get + "get identity: get credentials: failed to refresh cached credentials, "
		mend     = "pulumi refresh shows what others have changed, and the next pulumi up mends it"
		granted  = "the role grants what is declared here: look for what takes it away, such as a permissions boundary " +
			"or an edited policy; " + mend
	)
	for name, test := range map[string]struct{ said, remedy string }{
		"Trust": {
			identity + "failed to retrieve credentials, operation error STS: AssumeRoleWithWebIdentity, https response error " +
				"StatusCode: 403, RequestID: 1, api error AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity",
			"the role's trust must name this cluster's OIDC provider, the audience sts.amazonaws.com and the operator's " +
				"service account; " + mend,
		},
		"Provider": {
			identity + "api error InvalidIdentityToken: No OpenIDConnect provider found in your account for https://x",
			"create the cluster's OIDC provider in IAM: eksctl utils associate-iam-oidc-provider --cluster dev " +
				"--region us-east-1 --approve",
		},
		"Audience": {
			identity + "api error InvalidIdentityToken: Incorrect token audience",
			"the OIDC provider in IAM must have the client ID sts.amazonaws.com",
		},
		"AssumedRole": {
			identity + "api error AccessDenied: User: a is not authorized to perform: sts:AssumeRole on resource: b",
			"the trust of that role must name the operator's role, and where it comes by Pod Identity allow " +
				"sts:TagSession too",
		},
		"PodTrust": {
			identity + "failed to load credentials, : [1]: (AccessDeniedException): Unauthorized Exception! EKS does not have " +
				"permissions to assume the associated role.",
			"the role's trust must name pods.eks.amazonaws.com, this cluster and the operator's service account; " + mend,
		},
		"NoAssociation": {
			identity + "failed to load credentials, : [1]: (ResourceNotFoundException): No association found for service " +
				"account external-secrets in namespace external-secrets of cluster dev",
			"the operator's Pod Identity association is gone; " + mend,
		},
		"MadeWithoutAssociation": {
			identity + "no EC2 IMDS role found, operation error ec2imds: GetMetadata",
			"the operator's pods were made while there was no Pod Identity association; " + mend + "; if it shows nothing, " +
				"run: kubectl rollout restart deployment/external-secrets -n external-secrets",
		},
		"NoAgent": {
			identity + "failed to load credentials, : dial tcp 169.254.170.23:80: connect: connection refused",
			"see that the EKS Pod Identity agent runs on the nodes; podIdentityAgent: true installs it",
		},
		"NodeRole": {
			identity + "failed to load credentials, : [1]: (AccessDeniedException): User: a is not authorized to perform: " +
				"eks-auth:AssumeRoleForPodIdentity on resource: b",
			"the role of the nodes must allow it: AmazonEKSWorkerNodePolicy does",
		},
		"Detached": {
			user + "arn:aws:secretsmanager:us-east-1:111122223333:secret:zio-lucene/datadog-api-key-AbCdEf because no " +
				"identity-based policy allows the secretsmanager:GetSecretValue action", granted,
		},
		"Boundary": {"api error AccessDeniedException: no permissions boundary allows this", granted},
		"Denied": {
			user + "arn:aws:secretsmanager:us-east-1:111122223333:secret:zio-lucene/datadog-api-key-AbCdEf with an explicit " +
				"deny in an identity-based policy",
			"look for the statement that denies it, in the policies on the role, of the secret, or of the organization",
		},
		"Missing": {
			user + "zio-lucene/datadog-api-key because no identity-based policy allows the secretsmanager:GetSecretValue action",
			"store it in Secrets Manager, in region us-east-1, or correct its name: what is not there is denied, too",
		},
		"KMS": {
			get + "api error AccessDeniedException: Access to KMS is not allowed",
			"write the ARN of the secret's KMS key in permissions.kmsKeys; where it is there, the key's own policy must " +
				"let the role decrypt",
		},
		"Unreachable": {
			get + "dial tcp 10.0.0.1:443: connect: connection refused",
			"let the operator's pods reach AWS: by NAT, or VPC endpoints of secretsmanager and sts",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := explained(t, map[string]any{
				secretEventsPath: event("ExternalSecret", "datadog-api-key", "UpdateFailed", test.said+"\n", "2026-01-01T00:00:00Z"),
			})
			assert.Equal(t, []string{"ExternalSecret zio-lucene/datadog-api-key: UpdateFailed: " + test.said + "; " + test.remedy}, log)
		})
	}
}

// TestCauseOfTheStore: a secret that only says that its store is not ready is explained by the store.
func TestCauseOfTheStore(t *testing.T) {
	t.Parallel()
	log := explained(t, map[string]any{
		secretEventsPath: event("ExternalSecret", "datadog-api-key", "UpdateFailed",
			`error processing spec.data[0] (key: zio-lucene/datadog-api-key), err: ClusterSecretStore "aws-secretsmanager" is not ready`,
			"2026-01-01T00:00:00Z"),
		defaultEventsPath: event("ClusterSecretStore", "aws-secretsmanager", "InvalidProviderConfig", "Incorrect token audience",
			"2026-01-01T00:00:00Z"),
	})
	store := "ClusterSecretStore aws-secretsmanager: InvalidProviderConfig: Incorrect token audience; the OIDC provider " +
		"in IAM must have the client ID sts.amazonaws.com"
	assert.ElementsMatch(t, []string{
		"ExternalSecret zio-lucene/datadog-api-key: UpdateFailed: error processing spec.data[0] (key: " +
			`zio-lucene/datadog-api-key), err: ClusterSecretStore "aws-secretsmanager" is not ready` + "\n" + store,
		store, // the store's own
	}, log)
}

// TestRefusals: what AWS refuses to make, and what to do.
func TestRefusals(t *testing.T) {
	t.Parallel()
	const (
		role        = "aws:iam/role:Role"
		policy      = "aws:iam/policy:Policy"
		association = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
		addon       = "aws:eks/addon:Addon"
		left        = "if a pulumi up of this stack that was killed has left it, run: "
		rename      = ", which AWS refuses while it is in use; if not, write another role.name: stacks that share an account " +
			"need one each"
	)
	for name, test := range map[string]struct{ of, said, want string }{
		"Role": {
			role, "EntityAlreadyExists: Role with name external-secrets-pod-identity already exists.",
			"Role external-secrets-pod-identity: " + left + "aws iam delete-role --role-name external-secrets-pod-identity" + rename,
		},
		"Policy": {
			policy, "EntityAlreadyExists: A policy called external-secrets-pod-identity-1 already exists.",
			"Policy external-secrets-pod-identity-1: " + left + "aws iam delete-policy --policy-arn " +
				"arn:aws:iam::111122223333:policy/eso/external-secrets-pod-identity-1" + rename,
		},
		"Association": {
			association, "ResourceInUseException: Association already exists: a-1b2c3",
			"PodIdentityAssociation pod-identity: " + left + "aws eks delete-pod-identity-association --cluster-name training " +
				"--association-id a-1b2c3 --region us-east-1; if not, see who else has given the operator's service account a role",
		},
		"Addon": {
			addon, "ResourceInUseException: Addon already exists.",
			"Addon pod-identity: take podIdentityAgent away: the cluster has the agent",
		},
		"InUse": {
			role, "DeleteConflict: Cannot delete entity, must delete policies first.",
			"Role external-secrets-pod-identity: others have attached something: take it off, and run this again",
		},
		"Denied": {
			role, "AccessDenied: User: a is not authorized to perform: iam:CreateRole on resource: b",
			"Role external-secrets-pod-identity: let the AWS credentials of this shell do that",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEKS(t, "training", map[string]string{"podIdentityAgent": "true", "role": `{"path": "/eso/"}`})
			e.options.Config["eso-aws:kubeconfig"] = e.kubeconfig()
			e.options.Hooks, e.options.Errors = graph.OnError, map[string]string{test.of: test.said}
			g, err := run(e.options)
			require.NoError(t, err)
			assert.Equal(t, []string{test.want}, g.Log)
		})
	}
}
