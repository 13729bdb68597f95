package stacks

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/iam"
)

// associationID matches the ID of a Pod Identity association.
var associationID = regexp.MustCompile(`\ba-[a-z0-9]+`)

// refusal returns what to do if AWS refuses to create or delete one of the stack's resources, or "" if the
// message is unknown.
func (s *stack) refusal(args *pulumi.ErrorHookArgs, kind string) string {
	message, inputs := strings.Join(args.Errors, " "), args.NewInputs
	if args.FailedOperation == "delete" {
		inputs = args.OldInputs
	}
	fix := firstRemedy([]remedy{
		{"already exists", s.alreadyExists(args, message)},
		{"DeleteConflict", "detach what others attached to it, and try again"},
		{"AccessDenied", "grant this permission to the AWS credentials of this shell"},
	}, message)
	if fix == "" {
		return ""
	}
	return kind + " " + cmp.Or(stringInput(inputs, "name"), args.Name) + ": " + fix
}

// alreadyExists returns what to do about a resource that exists: it belongs to others, or a killed up created
// it and did not record it in the state. A role or policy of the latter is not in use yet, and AWS refuses to
// delete one that is.
func (s *stack) alreadyExists(args *pulumi.ErrorHookArgs, message string) string {
	const (
		leftover = "if a killed pulumi up of this stack left it behind, run "
		rename   = ", which AWS refuses while it is in use; otherwise set another role.name, because each stack in " +
			"an account needs its own"
	)
	c, name := s.plan.Cluster, stringInput(args.NewInputs, "name")
	switch string(args.Type) {
	case "aws:iam/role:Role":
		return leftover + "aws iam delete-role --role-name " + name + rename
	case "aws:iam/policy:Policy":
		arn := iam.ARN{
			Partition: c.Partition, Service: "iam", Account: s.account,
			Resource: "policy" + cmp.Or(stringInput(args.NewInputs, "path"), "/") + name,
		}
		return leftover + "aws iam delete-policy --policy-arn " + arn.String() + rename
	case "aws:eks/podIdentityAssociation:PodIdentityAssociation":
		return leftover + "aws eks delete-pod-identity-association --cluster-name " + c.Name + " --association-id " +
			associationID.FindString(message) + " --region " + c.Region +
			"; otherwise find out who gave the operator's service account a role"
	case "aws:eks/addon:Addon":
		return "remove podIdentityAgent, because the cluster has the agent already"
	default:
		return ""
	}
}

func stringInput(inputs resource.PropertyMap, key resource.PropertyKey) string {
	if value := inputs[key]; value.IsString() {
		return value.StringValue()
	}
	return ""
}
