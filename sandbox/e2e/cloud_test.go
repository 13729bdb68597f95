package e2e

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
)

const account = "000000000000"

// admin is another administrator of the account. Its calls must succeed.
type admin struct {
	iam *iam.Client
	eks *eks.Client
}

func awsConfig(t testing.TB) sdk.Config {
	t.Helper()
	access := own(t).Access()
	return sdk.Config{
		Region: region, BaseEndpoint: &access.Endpoint,
		Credentials: credentials.NewStaticCredentialsProvider(access.AccessKeyID, access.SecretAccessKey, ""),
	}
}

func newAdmin(t testing.TB) admin {
	t.Helper()
	return admin{iam.NewFromConfig(awsConfig(t)), eks.NewFromConfig(awsConfig(t))}
}

// done returns the result of a call that must succeed.
func done[T any](t testing.TB) func(T, error) T {
	t.Helper()
	return func(result T, err error) T {
		t.Helper()
		must(t, err)
		return result
	}
}

// trust returns a role's trust policy.
func (a admin) trust(t *testing.T, role string) string {
	t.Helper()
	got := done[*iam.GetRoleOutput](t)(a.iam.GetRole(t.Context(), &iam.GetRoleInput{RoleName: &role}))
	return document(t, *got.Role.AssumeRolePolicyDocument)
}

func (a admin) setTrust(t *testing.T, role, document string) {
	t.Helper()
	done[*iam.UpdateAssumeRolePolicyOutput](t)(a.iam.UpdateAssumeRolePolicy(t.Context(),
		&iam.UpdateAssumeRolePolicyInput{RoleName: &role, PolicyDocument: &document}))
}

func (a admin) detach(t *testing.T, role, policy string) {
	t.Helper()
	done[*iam.DetachRolePolicyOutput](t)(a.iam.DetachRolePolicy(t.Context(),
		&iam.DetachRolePolicyInput{RoleName: &role, PolicyArn: sdk.String(policyARN(policy))}))
}

// deny adds an inline policy to a role that denies a secret, and returns a function that removes it.
func (a admin) deny(t *testing.T, role, secret string) (undo func(*testing.T)) {
	t.Helper()
	const name = "deny"
	statement := `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"arn:aws:secretsmanager:` +
		region + `:` + account + `:secret:` + secret + `-??????"}]}`
	done[*iam.PutRolePolicyOutput](t)(a.iam.PutRolePolicy(t.Context(),
		&iam.PutRolePolicyInput{RoleName: &role, PolicyName: sdk.String(name), PolicyDocument: &statement}))
	return func(t *testing.T) {
		t.Helper()
		done[*iam.DeleteRolePolicyOutput](t)(a.iam.DeleteRolePolicy(t.Context(),
			&iam.DeleteRolePolicyInput{RoleName: &role, PolicyName: sdk.String(name)}))
	}
}

// associate creates an association that does not belong to the stack.
func (a admin) associate(t *testing.T, cluster, role string) {
	t.Helper()
	const operator = "external-secrets"
	done[*eks.CreatePodIdentityAssociationOutput](t)(a.eks.CreatePodIdentityAssociation(t.Context(),
		&eks.CreatePodIdentityAssociationInput{
			ClusterName: &cluster, RoleArn: &role, Namespace: sdk.String(operator), ServiceAccount: sdk.String(operator),
		}))
}

func (a admin) deleteAssociations(t *testing.T, cluster string) {
	t.Helper()
	found := done[*eks.ListPodIdentityAssociationsOutput](t)(a.eks.ListPodIdentityAssociations(t.Context(),
		&eks.ListPodIdentityAssociationsInput{ClusterName: &cluster})).Associations
	for _, association := range found {
		done[*eks.DeletePodIdentityAssociationOutput](t)(a.eks.DeletePodIdentityAssociation(t.Context(),
			&eks.DeletePodIdentityAssociationInput{ClusterName: &cluster, AssociationId: association.AssociationId}))
	}
}

func policyARN(name string) string { return "arn:aws:iam::" + account + ":policy/" + name }

// document returns a decoded policy document: IAM's answers are percent-encoded.
func document(t testing.TB, encoded string) string {
	t.Helper()
	return done[string](t)(url.PathUnescape(encoded))
}

// inAWS returns the resources in AWS of the types that stacks on EKS create, with a description of each.
func inAWS(t testing.TB) map[string]string {
	t.Helper()
	ctx, a, found := context.WithoutCancel(t.Context()), newAdmin(t), map[string]string{}
	for _, role := range done[*iam.ListRolesOutput](t)(a.iam.ListRoles(ctx, nil)).Roles {
		found["role "+*role.RoleName] = document(t, *role.AssumeRolePolicyDocument)
		attached := done[*iam.ListAttachedRolePoliciesOutput](t)(a.iam.ListAttachedRolePolicies(ctx,
			&iam.ListAttachedRolePoliciesInput{RoleName: role.RoleName}))
		for _, policy := range attached.AttachedPolicies {
			found["role "+*role.RoleName+" has "+*policy.PolicyArn] = ""
		}
	}
	for _, policy := range done[*iam.ListPoliciesOutput](t)(a.iam.ListPolicies(ctx, nil)).Policies {
		version := done[*iam.GetPolicyVersionOutput](t)(a.iam.GetPolicyVersion(ctx,
			&iam.GetPolicyVersionInput{PolicyArn: policy.Arn, VersionId: policy.DefaultVersionId}))
		found["policy "+*policy.PolicyName] = document(t, *version.PolicyVersion.Document)
	}
	for _, cluster := range done[*eks.ListClustersOutput](t)(a.eks.ListClusters(ctx, nil)).Clusters {
		listed := done[*eks.ListPodIdentityAssociationsOutput](t)(a.eks.ListPodIdentityAssociations(ctx,
			&eks.ListPodIdentityAssociationsInput{ClusterName: &cluster}))
		for _, one := range listed.Associations {
			association := done[*eks.DescribePodIdentityAssociationOutput](t)(a.eks.DescribePodIdentityAssociation(ctx,
				&eks.DescribePodIdentityAssociationInput{ClusterName: &cluster, AssociationId: one.AssociationId})).Association
			found[fmt.Sprintf("association of %s/%s in %s", *one.Namespace, *one.ServiceAccount, cluster)] = *association.RoleArn
		}
	}
	return found
}

// golden returns the resources in AWS according to a stack's golden file, in the form of inAWS.
func golden(t testing.TB, stack string) map[string]string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(env.checkout, "stacks", "testdata", stack+".golden"))
	must(t, err)
	text := strings.NewReplacer(
		"111122223333", account,
		"oidc.eks.us-east-1.amazonaws.com/id/0123456789ABCDEF", strings.TrimPrefix(own(t).Issuer(), "https://"),
	).Replace(string(data))
	found := map[string]string{}
	for block := range strings.SplitSeq(text, "\n\n") {
		kind, _, _ := strings.Cut(block, " ")
		_, inputs, _ := strings.Cut(block, "\n  inputs:\n")
		var in map[string]string
		switch kind {
		case "aws:iam/role:Role", "aws:iam/policy:Policy", "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
			"aws:eks/podIdentityAssociation:PodIdentityAssociation":
			must(t, yaml.Unmarshal([]byte(inputs), &in))
		}
		switch kind {
		case "aws:iam/role:Role":
			found["role "+in["name"]] = in["assumeRolePolicy"]
		case "aws:iam/policy:Policy":
			found["policy "+in["name"]] = in["policy"]
		case "aws:iam/rolePolicyAttachment:RolePolicyAttachment":
			found["role "+in["role"]+" has "+in["policyArn"]] = ""
		case "aws:eks/podIdentityAssociation:PodIdentityAssociation":
			found[fmt.Sprintf("association of %s/%s in %s", in["namespace"], in["serviceAccount"], in["clusterName"])] = in["roleArn"]
		}
	}
	if len(found) == 0 {
		t.Fatalf("the golden file of %s has nothing of AWS", stack)
	}
	return found
}

// hasInAWS fails the test unless AWS has exactly these resources.
func hasInAWS(t *testing.T, want map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, inAWS(t)); diff != "" {
		t.Errorf("AWS has something else than expected (-want +got):\n%s", diff)
	}
}

// leavesNothing fails the test if the cluster and AWS differ at its end from what they are now.
func leavesNothing(t *testing.T) {
	t.Helper()
	objects, account := everything(t), inAWS(t)
	t.Cleanup(func() {
		hasInAWS(t, account)
		eventually(t, func() error { return changed(objects, everything(t)) }) // the garbage collector is asynchronous
	})
}
