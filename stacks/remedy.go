package stacks

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/cluster"
	"eso-aws/internal/iam"
	"eso-aws/internal/plan"
	"eso-aws/irsa"
	"eso-aws/secretsync"
)

// associationID is EKS's name of a Pod Identity association.
var associationID = regexp.MustCompile(`\ba-[a-z0-9]+`)

// causes are warnings and, where an object only says that its store is not ready, also why that is not.
func causes(
	ctx context.Context, client *cluster.Client, c *plan.Plan, namespace, kind, name string,
) (string, error) {
	text, err := warnings(ctx, client, c, namespace, kind, name)
	if err != nil || !strings.Contains(text, `Store "`) || !strings.Contains(text, "is not ready") {
		return text, err
	}
	var why string
	for _, store := range sourceOf(c, namespace, kind, name) {
		why, err = warnings(ctx, client, c, store.Namespace, secretsync.StoreKind(store.Namespace), store.Name)
	}
	return strings.TrimSpace(text + "\n" + why), err
}

// warnings are what the cluster last warned of, with what to do; empty where it did not.
func warnings(
	ctx context.Context, client *cluster.Client, p *plan.Plan, namespace, kind, name string,
) (string, error) {
	found, err := client.Warnings(ctx, namespace, kind, name)
	if err != nil {
		return "", err
	}
	var lines []string
	for _, w := range found[:min(len(found), maxNamed)] {
		object := qualified(&cluster.Object{Namespace: namespace, Name: w.Name})
		line := fmt.Sprintf("%s %s: %s: %s", w.Kind, object, w.Reason, strings.TrimSpace(w.Message))
		if hint := remedy(p, w.Message, sourceOf(p, namespace, w.Kind, w.Name)...); hint != "" {
			line += "; " + hint
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n"), nil
}

// silent says where to look for the cause of an object of which the cluster says nothing.
func silent(kind, namespace, name string) string {
	return kind + " " + qualified(&cluster.Object{Namespace: namespace, Name: name}) +
		": the operator says nothing of it; look at its log: kubectl logs -n " + operatorNamespace +
		" deployment/" + operatorName
}

// sourceOf is the store of a secret; none of anything else.
func sourceOf(c *plan.Plan, namespace, kind, name string) []*plan.Store {
	for _, secret := range c.Secrets {
		if kind == secretsync.SecretKind && secret.Name == name && secret.Namespace == namespace {
			return []*plan.Store{secret.From}
		}
	}
	return nil
}

// known is what to do about messages with a part in them.
type known struct{ part, remedy string }

// first is the remedy of the first that is in a message; empty for a message that nobody knows.
func first(table []known, message string) string {
	for _, known := range table {
		if strings.Contains(message, known.part) {
			return known.remedy
		}
	}
	return ""
}

// remedy is what to do about a message of the operator or of a node. The store is where what it is about is
// read from.
func remedy(c *plan.Plan, message string, from ...*plan.Store) string {
	service, region := "Secrets Manager", c.Region
	for _, store := range from {
		region = store.Region
		if store.Service == plan.ParameterStore {
			service = "Parameter Store"
		}
	}
	missing := "store it in " + service + ", in region " + region + ", or correct its name"
	image := "correct the image in chartValues, or let the node reach its registry"
	all := []known{
		{"Secret does not exist", missing},
		{"can't find the specified secret", missing},
		{"Access to KMS is not allowed", "write the ARN of the secret's KMS key in permissions.kmsKeys; where it is " +
			"there, the key's own policy must let the role decrypt"},
		{"ImagePullBackOff", image},
		{"ErrImagePull", image},
		{"Back-off restarting failed container", "look at its log: kubectl logs -n " + operatorNamespace +
			" deployment/" + operatorName + " --previous"},
	}
	if !c.OnEKS() {
		return first(append(all, remediesOfLocal(c)...), message)
	}
	return first(append(all, remediesOfEKS(c, missing)...), message)
}

func remediesOfLocal(c *plan.Plan) []known {
	unreachable := "correct endpoint, which the operator's pods must reach: " + c.Endpoint
	return []known{
		{"security token included in the request is invalid", "correct accessKeyId, which AWS does not know"},
		{"signature we calculated does not match", "correct secretAccessKey: it is not that of accessKeyId"},
		{"AccessDenied", "let the access key read this secret"},
		{"connection refused", unreachable},
		{"no such host", unreachable},
	}
}

func remediesOfEKS(c *plan.Plan, missing string) []known {
	const (
		mend    = "pulumi refresh shows what others have changed, and the next pulumi up mends it"
		agent   = "see that the EKS Pod Identity agent runs on the nodes; podIdentityAgent: true installs it"
		granted = "the role grants what is declared here: look for what takes it away, such as a permissions " +
			"boundary or an edited policy; " + mend
		read = "secretsmanager:GetSecretValue on resource: "
	)
	return []known{
		{"No OpenIDConnect provider found", "create the cluster's OIDC provider in IAM: eksctl utils " +
			"associate-iam-oidc-provider --cluster " + c.Cluster.Name + " --region " + c.Cluster.Region + " --approve"},
		{"Incorrect token audience", "the OIDC provider in IAM must have the client ID " + irsa.Audience},
		{"sts:AssumeRoleWithWebIdentity", "the role's trust must name this cluster's OIDC provider, the audience " +
			irsa.Audience + " and the operator's service account; " + mend},
		{"sts:AssumeRole ", "the trust of that role must name the operator's role, and where it comes by Pod " +
			"Identity allow sts:TagSession too"},
		{"EKS does not have permissions to assume", "the role's trust must name pods.eks.amazonaws.com, this cluster " +
			"and the operator's service account; " + mend},
		{"No association found", "the operator's Pod Identity association is gone; " + mend},
		{"no EC2 IMDS role found", "the operator's pods were made while there was no Pod Identity association; " +
			mend + "; if it shows nothing, run: kubectl rollout restart deployment/" + operatorName +
			" -n " + operatorNamespace},
		{"eks-auth:AssumeRoleForPodIdentity", "the role of the nodes must allow it: AmazonEKSWorkerNodePolicy does"},
		{"failed to load credentials", agent},
		{"explicit deny", "look for the statement that denies it, in the policies on the role, of the secret, or of " +
			"the organization"},
		{read + "arn:", granted},
		{read, missing + ": what is not there is denied, too"},
		{"AccessDenied", granted},
		{"connection refused", "let the operator's pods reach AWS: by NAT, or VPC endpoints of secretsmanager and sts"},
		{"no such host", "let the operator's pods resolve AWS's names"},
	}
}

// refusal is what to do when AWS refuses something about one of the stack's own resources; empty where it
// says enough itself.
func (s *stack) refusal(args *pulumi.ErrorHookArgs, kind string) string {
	message, inputs := strings.Join(args.Errors, " "), args.NewInputs
	if args.FailedOperation == "delete" {
		inputs = args.OldInputs
	}
	name := cmp.Or(text(inputs, "name"), args.Name)
	hint := first([]known{
		{"already exists", s.taken(args, message)},
		{"DeleteConflict", "others have attached something: take it off, and run this again"},
		{"AccessDenied", "let the AWS credentials of this shell do that"},
	}, message)
	if hint == "" {
		return ""
	}
	return kind + " " + name + ": " + hint
}

// taken is what to do about something that is there already: it is another's, or an up that was killed has
// made it without the state's knowing. The latter's role and policy are not in use yet, and AWS deletes
// none that is.
func (s *stack) taken(args *pulumi.ErrorHookArgs, message string) string {
	const (
		left   = "if a pulumi up of this stack that was killed has left it, run: "
		rename = ", which AWS refuses while it is in use; if not, write another role.name: stacks that share an " +
			"account need one each"
	)
	c, name := s.plan.Cluster, text(args.NewInputs, "name")
	switch string(args.Type) {
	case "aws:iam/role:Role":
		return left + "aws iam delete-role --role-name " + name + rename
	case "aws:iam/policy:Policy":
		arn := iam.ARN{
			Partition: c.Partition, Service: "iam", Account: s.account,
			Resource: "policy" + cmp.Or(text(args.NewInputs, "path"), "/") + name,
		}
		return left + "aws iam delete-policy --policy-arn " + arn.String() + rename
	case "aws:eks/podIdentityAssociation:PodIdentityAssociation":
		id := associationID.FindString(message)
		return left + "aws eks delete-pod-identity-association --cluster-name " + c.Name + " --association-id " + id +
			" --region " + c.Region + "; if not, see who else has given the operator's service account a role"
	case "aws:eks/addon:Addon":
		return "take podIdentityAgent away: the cluster has the agent"
	default:
		return ""
	}
}

func text(properties resource.PropertyMap, key resource.PropertyKey) string {
	if value := properties[key]; value.IsString() {
		return value.StringValue()
	}
	return ""
}
