package stacks

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	awseks "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	awsiam "github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eso-aws/internal/cluster"
	"eso-aws/internal/iam"
	"eso-aws/internal/plan"
	"eso-aws/internal/problem"
	"eso-aws/internal/role"
	"eso-aws/internal/stackfile"
	"eso-aws/irsa"
	"eso-aws/operator"
	"eso-aws/podidentity"
)

// eks deploys to an EKS cluster. The operator signs in with a role that can read the declared secrets and nothing
// else.
func eks(ctx *pulumi.Context, loaded *plan.Plan) error {
	stack := newStack(ctx, loaded)
	found, err := stack.findCluster()
	if err != nil {
		return err
	}
	if err := stack.preflight(); err != nil {
		return err
	}
	provider, namespaces, err := stack.cluster()
	if err != nil {
		return err
	}
	identity, err := stack.identity(found)
	if err != nil {
		return err
	}
	before := append(identity.resources, namespaces[operatorNamespace])
	release, err := stack.operator(provider, identity.operator, before...)
	if err != nil {
		return err
	}
	stores, err := stack.stores(provider, func(store *plan.Store) []pulumi.Resource {
		return []pulumi.Resource{release, namespaces[store.Namespace]}
	})
	if err != nil {
		return err
	}
	ctx.Export("cluster", pulumi.String(found.arn.String()))
	ctx.Export("roleArn", identity.role)
	if stack.generated != "" {
		ctx.Export("kubeconfig", pulumi.String(stack.generated))
	}
	access := func(*plan.Store) pulumi.StringInput { return identity.access }
	return stack.secrets(provider, stores, access, namespaces)
}

// eksCluster is what AWS knows about the cluster.
type eksCluster struct {
	arn          iam.ARN
	issuer       string
	oidcProvider string // the ARN in IAM, for IRSA only
}

// refuse returns an error about a setting.
func (s *stack) refuse(path problem.Path, value any, rule, fix string) error {
	return problem.Error{{Path: path, Value: value, Kind: problem.Invalid, Rule: rule, Fix: fix}}
}

// findCluster looks up the cluster in AWS, and generates its kubeconfig if none is configured: it never uses the
// current context.
func (s *stack) findCluster() (*eksCluster, error) {
	c := s.plan.Cluster
	refuse := func(rule, fix string) (*eksCluster, error) {
		return nil, s.refuse(s.path(stackfile.KeyCluster), c.Name, rule, fix)
	}
	found, err := awseks.LookupCluster(s.ctx, &awseks.LookupClusterArgs{Name: c.Name})
	if err != nil {
		return refuse("looking up the cluster in "+c.Region+": "+err.Error(),
			"correct the name or aws:region, or sign in to AWS")
	}
	arn, ok := iam.ParseARN(found.Arn)
	selected := " --name " + c.Name + " --region " + c.Region
	switch {
	case found.Status != "ACTIVE" && found.Status != "UPDATING": // the cluster works during an update
		return refuse("the cluster must be ACTIVE, not "+found.Status, "run aws eks wait cluster-active"+selected)
	case !ok || len(found.CertificateAuthorities) == 0 || found.Endpoint == "":
		return refuse("the cluster must have an endpoint and a certificate authority",
			"check it with aws eks describe-cluster"+selected)
	case arn.Region != c.Region:
		return refuse("the cluster must be in "+c.Region+", not in "+arn.Region, "set aws:region: "+arn.Region)
	}
	e := &eksCluster{arn: arn}
	for _, identity := range found.Identities {
		for _, oidc := range identity.Oidcs {
			e.issuer = oidc.Issuer
		}
	}
	if s.plan.File.Kubeconfig == "" && s.plan.File.KubeContext == "" {
		s.generated = cluster.EKSKubeconfig(cluster.EKS{
			ARN: found.Arn, Name: c.Name, Region: c.Region, Profile: c.Profile, Endpoint: found.Endpoint,
			CA: found.CertificateAuthorities[0].Data,
		})
		s.kubeconfig, s.kubeContext = s.generated, found.Arn
	}
	s.endpoint, s.account = found.Endpoint, arn.Account
	if err := s.checkRoles(); err != nil {
		return nil, err
	}
	if s.plan.Auth() == plan.IRSA {
		e.oidcProvider, err = s.findOIDCProvider(e.issuer)
	}
	return e, err
}

// checkRoles rejects stores with the operator's own role.
func (s *stack) checkRoles() error {
	c := s.plan.Cluster
	own := iam.ARN{
		Partition: c.Partition, Service: "iam", Account: s.account,
		Resource: "role" + cmp.Or(c.Role.Path, "/") + c.Role.Name,
	}.String()
	for _, store := range s.plan.Stores {
		if store.Role == own {
			at := store.Source.At.Member("role")
			return s.refuse(s.path(at[0], at[1:]...), own, "must not be the operator's own role, which cannot assume "+
				"itself", "set the ARN of another role or remove it")
		}
	}
	return nil
}

// createOIDCProvider returns the command that creates the OIDC provider of a cluster in IAM.
func createOIDCProvider(c plan.Cluster) string {
	return "eksctl utils associate-iam-oidc-provider --cluster " + c.Name + " --region " + c.Region + " --approve"
}

// findOIDCProvider returns the ARN of the OIDC provider in IAM that trusts an issuer.
func (s *stack) findOIDCProvider(issuer string) (string, error) {
	c := s.plan.Cluster
	if issuer == "" {
		return "", s.refuse(s.path(stackfile.KeyCluster), c.Name, "the cluster must have an OIDC issuer for auth: irsa",
			"set auth: podIdentity")
	}
	at := s.path(stackfile.KeyOIDCProviderARN)
	cluster := fmt.Sprintf("the OIDC provider of cluster %q, which has the issuer %s", c.Name, issuer)
	if configured := s.plan.File.OIDCProviderARN; configured != "" {
		own := "oidc-provider/" + strings.TrimPrefix(issuer, "https://")
		if arn, _ := iam.ParseARN(configured); arn.Resource != own {
			want := iam.ARN{Partition: c.Partition, Service: "iam", Account: s.account, Resource: own}
			return "", s.refuse(at, configured, "must be "+cluster, "set it to "+want.String()+" or remove it")
		}
		return configured, nil
	}
	provider, err := awsiam.LookupOpenIdConnectProvider(s.ctx, &awsiam.LookupOpenIdConnectProviderArgs{Url: &issuer})
	if err != nil {
		return "", s.refuse(at, nil, "looking up "+cluster+": "+err.Error(),
			"run "+createOIDCProvider(c)+", or set oidcProviderArn")
	}
	if !slices.Contains(provider.ClientIdLists, irsa.Audience) {
		return "", s.refuse(at, nil, fmt.Sprintf("provider %s must have the client ID %s, not only %s",
			provider.Arn, irsa.Audience, strings.Join(provider.ClientIdLists, ", ")),
			"run aws iam add-client-id-to-open-id-connect-provider --client-id "+irsa.Audience+
				" --open-id-connect-provider-arn "+provider.Arn)
	}
	return provider.Arn, nil
}

// identity is how the operator signs in to AWS.
type identity struct {
	role      pulumi.StringOutput // its ARN
	operator  *operator.Identity
	access    pulumi.StringInput // changes when the operator's permissions change
	resources []pulumi.Resource  // what the operator's pods need
}

// identity registers the operator's role.
func (s *stack) identity(found *eksCluster) (*identity, error) {
	args := role.Args{
		Settings:       s.plan.Cluster.Role,
		Partition:      s.plan.Cluster.Partition,
		Account:        s.account,
		ServiceAccount: iam.ServiceAccount{Namespace: operatorNamespace, Name: operatorName},
		Grants:         s.plan.Grants(),
	}
	if s.plan.Auth() == plan.IRSA {
		role, err := irsa.NewRole(s.ctx, "irsa", &irsa.RoleArgs{
			Args: args, ProviderARN: found.oidcProvider, Issuer: found.issuer,
		}, s.roleHooks())
		if err != nil {
			return nil, err
		}
		identity := s.identityOf(role.ARN)
		identity.operator.RoleARN, identity.resources = role.ARN, role.Attachments
		return identity, nil
	}
	role, err := podidentity.NewRole(s.ctx, "pod-identity", &podidentity.RoleArgs{
		Args: args, ClusterARN: found.arn.String(), Agent: s.plan.File.PodIdentityAgent,
	}, s.roleHooks())
	if err != nil {
		return nil, err
	}
	identity := s.identityOf(role.ARN)
	// Pods that are older than the association never get its credentials.
	identity.operator.Version = pulumi.Sprintf("%s-%s", identity.operator.Version, role.AssociationID)
	identity.resources = role.Resources
	return identity, nil
}

// identityOf returns the common part of both kinds of identity. Pods keep the credentials that they started with,
// so a new role replaces them. New permissions make the operator sync everything again, which shows whether they
// suffice.
func (s *stack) identityOf(role pulumi.StringOutput) *identity {
	hash := func(inputs ...any) pulumi.StringOutput {
		return role.ApplyT(func(arn string) (string, error) {
			text, err := json.Marshal(append(inputs, s.plan.Auth(), arn))
			return fmt.Sprintf("%x", sha256.Sum256(text))[:16], err
		}).(pulumi.StringOutput)
	}
	inputs := []any{
		s.plan.Cluster.Role.PermissionsBoundary,
		slices.Sorted(slices.Values(s.plan.File.Permissions.KMSKeys)), "",
	}
	for _, store := range s.plan.Stores {
		switch {
		case store.Source.Default:
			inputs[2] = store.Role
		case store.Role != "":
			inputs = append(inputs, store.Role)
		}
	}
	return &identity{
		role:     role,
		operator: &operator.Identity{ServiceAccount: operatorName, Version: hash()},
		access:   hash(inputs...),
	}
}
