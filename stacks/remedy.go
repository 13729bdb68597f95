package stacks

import (
	"context"
	"fmt"
	"strings"

	"eso-aws/internal/cluster"
	"eso-aws/internal/plan"
	"eso-aws/irsa"
	"eso-aws/secretsync"
)

const operatorLog = "kubectl logs -n " + operatorNamespace + " deployment/" + operatorName

// explainer finds out why objects are not ready, and suggests fixes.
type explainer struct {
	plan   *plan.Plan
	client *cluster.Client // set by preflight
}

// reference identifies an object of the cluster. The namespace of a cluster-scoped one is "".
type reference struct{ kind, namespace, name string }

func (r reference) String() string { return r.kind + " " + qualified(r.namespace, r.name) }

func (r reference) quoted() string {
	return fmt.Sprintf("%s %q", r.kind, qualified(r.namespace, r.name))
}

func qualified(namespace, name string) string {
	if namespace == "" {
		return name
	}
	return namespace + "/" + name
}

func storeReference(store *plan.Store) reference {
	return reference{secretsync.StoreKind(store.Namespace), store.Namespace, store.Name}
}

func secretReference(secret *plan.Secret) reference {
	return reference{secretsync.SecretKind, secret.Namespace, secret.Name}
}

// ready reports whether a store exists and is ready.
func (e *explainer) ready(ctx context.Context, store reference) (exists, ready bool, err error) {
	return e.client.Ready(ctx, e.plan.APIVersion, store.kind, store.namespace, store.name)
}

// causes returns the newest warnings about an object, with fixes, or "" if there are none. If they only say
// that its store is not ready, it adds the warnings about the store.
func (e *explainer) causes(ctx context.Context, object reference) (string, error) {
	text, err := e.warnings(ctx, object)
	store := e.storeOf(object)
	if err != nil || store == nil || !strings.Contains(text, `Store "`) || !strings.Contains(text, "is not ready") {
		return text, err
	}
	more, err := e.warnings(ctx, storeReference(store))
	return strings.TrimSpace(text + "\n" + more), err
}

// warnings returns the newest warnings about an object, or, without a kind, about all objects of a namespace.
func (e *explainer) warnings(ctx context.Context, object reference) (string, error) {
	found, err := e.client.Warnings(ctx, object.namespace, object.kind, object.name)
	if err != nil {
		return "", err
	}
	var lines []string
	for _, w := range found[:min(len(found), maxListed)] {
		about := reference{w.Kind, object.namespace, w.Name}
		line := about.String() + ": " + w.Reason + ": " + strings.TrimSpace(w.Message)
		if remedy := firstRemedy(e.remedies(e.storeOf(about)), w.Message); remedy != "" {
			line += "; " + remedy
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n"), nil
}

// noCause says where to look if there are no warnings about an object.
func noCause(object reference) string {
	return object.String() + ": the operator reported no cause; run " + operatorLog
}

// storeOf returns the store of an ExternalSecret, and nil for other objects.
func (e *explainer) storeOf(object reference) *plan.Store {
	for _, secret := range e.plan.Secrets {
		if secretReference(secret) == object {
			return secret.From
		}
	}
	return nil
}

// remedy is what to do about the messages that contain a text.
type remedy struct{ text, fix string }

// firstRemedy returns the fix for a message, or "" if the message is unknown.
func firstRemedy(remedies []remedy, message string) string {
	for _, remedy := range remedies {
		if strings.Contains(message, remedy.text) {
			return remedy.fix
		}
	}
	return ""
}

// remedies returns what to do about messages of the operator and of nodes. The store is nil for messages about
// objects that have none.
func (e *explainer) remedies(store *plan.Store) []remedy {
	service, region := "Secrets Manager", e.plan.Region
	if store != nil {
		region = store.Region
		if store.Service == plan.ParameterStore {
			service = "Parameter Store"
		}
	}
	const image = "correct the image in chartValues, or give the nodes access to its registry"
	create := "create it in " + service + " in " + region + ", or correct its name"
	remedies := []remedy{
		{"Secret does not exist", create},
		{"can't find the specified secret", create},
		{"Access to KMS is not allowed", "add the ARN of the secret's KMS key to permissions.kmsKeys; if it is " +
			"there, let the policy of the key allow the role to decrypt"},
		{"ImagePullBackOff", image},
		{"ErrImagePull", image},
		{"Back-off restarting failed container", "run " + operatorLog + " --previous"},
	}
	if e.plan.OnEKS() {
		return append(remedies, e.remediesOnEKS(create)...)
	}
	reach := "correct endpoint; the operator's pods must reach " + e.plan.Endpoint
	return append(remedies,
		remedy{"security token included in the request is invalid", "correct accessKeyId, which AWS does not know"},
		remedy{"signature we calculated does not match", "correct secretAccessKey, which does not belong to " +
			"accessKeyId"},
		remedy{"AccessDenied", "allow the access key to read this secret"},
		remedy{"connection refused", reach},
		remedy{"no such host", reach},
	)
}

func (e *explainer) remediesOnEKS(create string) []remedy {
	const (
		revert     = "run pulumi refresh to see what others changed, then pulumi up to revert it"
		restricted = "the role grants this permission, so find what restricts it, such as a permissions boundary or " +
			"an edited policy; " + revert
		read = "secretsmanager:GetSecretValue on resource: "
	)
	return []remedy{
		{"No OpenIDConnect provider found", "run " + createOIDCProvider(e.plan.Cluster)},
		{"Incorrect token audience", "add the client ID " + irsa.Audience + " to the OIDC provider in IAM"},
		{"sts:AssumeRoleWithWebIdentity", "the trust policy of the role must allow this cluster's OIDC provider, the " +
			"audience " + irsa.Audience + " and the operator's service account; " + revert},
		{"sts:AssumeRole ", "let the trust policy of that role allow the operator's role, with Pod Identity also for " +
			"sts:TagSession"},
		{"EKS does not have permissions to assume", "the trust policy of the role must allow pods.eks.amazonaws.com, " +
			"this cluster and the operator's service account; " + revert},
		{"No association found", "the operator's Pod Identity association was deleted; " + revert},
		{"no EC2 IMDS role found", "the operator's pods started without a Pod Identity association; " + revert +
			"; if nothing was changed, run kubectl rollout restart deployment/" + operatorName +
			" -n " + operatorNamespace},
		{"eks-auth:AssumeRoleForPodIdentity", "allow it for the role of the nodes, as AmazonEKSWorkerNodePolicy does"},
		{"failed to load credentials", "make sure that the EKS Pod Identity agent runs on the nodes; " +
			"podIdentityAgent: true installs it"},
		{"explicit deny", "find the statement that denies it, in a policy of the role, of the secret or of the " +
			"organization"},
		{read + "arn:", restricted},
		{read, create + "; AWS denies access to missing secrets, too"},
		{"AccessDenied", restricted},
		{"connection refused", "let the operator's pods reach AWS, through NAT or VPC endpoints for secretsmanager " +
			"and sts"},
		{"no such host", "let the operator's pods resolve the host names of AWS"},
	}
}
