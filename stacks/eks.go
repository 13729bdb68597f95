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
	"eso-aws/internal/role"
	"eso-aws/internal/stackfile"
	"eso-aws/irsa"
	"eso-aws/operator"
	"eso-aws/podidentity"
)

// eks is a cluster of EKS: the operator signs in with a role that may read the
// declared secrets and nothing else.
func eks(ctx *pulumi.Context, loaded *plan.Plan) error {
	stack := newStack(ctx, loaded)
	found, err := stack.findCluster()
	if err != nil {
		return err
	}
	if err := stack.findProvider(found); err != nil {
		return err
	}
	client, err := stack.preflight()
	if err != nil {
		return err
	}
	provider, namespaces, err := stack.cluster(client)
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

// eksCluster is what AWS knows of the cluster.
type eksCluster struct {
	arn      iam.ARN
	issuer   string
	provider string // the ARN of its OIDC provider in IAM; "" where nobody asked
}

// findCluster looks the cluster up, and makes its kubeconfig the stack's where
// none is configured: the current context is never asked.
func (s *stack) findCluster() (*eksCluster, error) {
	c := s.plan.Cluster
	at := fmt.Sprintf("%s:%s: %q", s.ctx.Project(), stackfile.KeyCluster, c.Name)
	found, err := awseks.LookupCluster(s.ctx, &awseks.LookupClusterArgs{Name: c.Name})
	if err != nil {
		return nil, fmt.Errorf("%s: looking the cluster up in region %s: %w; correct its name, aws:region, or the AWS "+
			"credentials of this shell", at, c.Region, err)
	}
	arn, ok := iam.ParseARN(found.Arn)
	switch {
	case found.Status != "ACTIVE" && found.Status != "UPDATING": // which it is while it works
		return nil, fmt.Errorf("%s: the cluster is %s; try again when it is ACTIVE: "+
			"aws eks wait cluster-active --name %s --region %s", at, found.Status, c.Name, c.Region)
	case !ok || len(found.CertificateAuthorities) == 0 || found.Endpoint == "":
		return nil, fmt.Errorf("%s: AWS says neither its endpoint nor its certificate authority; look at it with: "+
			"aws eks describe-cluster --name %s --region %s", at, c.Name, c.Region)
	case arn.Region != c.Region:
		return nil, fmt.Errorf("%s: the cluster is in region %s, not in %s; write aws:region: %[2]s",
			at, arn.Region, c.Region)
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
	return e, s.checkRoles(s.roleARN(e))
}

// checkRoles refuses a store that would have the operator assume its own role.
func (s *stack) checkRoles(own string) error {
	for _, store := range s.plan.Stores {
		if store.Role == own {
			return fmt.Errorf("%s:%s: %q: is the operator's own role, which cannot assume itself; "+
				"set the ARN of another role or remove it", s.ctx.Project(), store.Source.At.Member("role"), own)
		}
	}
	return nil
}

// identity is who the operator is.
type identity struct {
	role      pulumi.StringOutput
	operator  *operator.Identity
	access    pulumi.StringInput // changes with what the operator may do
	resources []pulumi.Resource  // those that its pods need
}

// identity registers the operator's role.
func (s *stack) identity(found *eksCluster) (*identity, error) {
	if s.plan.Auth() == plan.PodIdentity {
		return s.podIdentity(found)
	}
	return s.irsa(found)
}

// roleArgs are the arguments of both kinds of role.
func (s *stack) roleArgs(found *eksCluster) role.Args {
	c := s.plan.Cluster
	return role.Args{
		Settings:       c.Role,
		Partition:      c.Partition,
		Account:        found.arn.Account,
		ServiceAccount: iam.ServiceAccount{Namespace: operatorNamespace, Name: operatorName},
		Grants:         s.plan.Grants(),
	}
}

func (s *stack) irsa(found *eksCluster) (*identity, error) {
	role, err := irsa.NewRole(s.ctx, "irsa", &irsa.RoleArgs{
		Args: s.roleArgs(found), ProviderARN: found.provider, Issuer: found.issuer,
	}, s.explained())
	if err != nil {
		return nil, err
	}
	who := s.who(role.ARN)
	who.operator.RoleARN = role.ARN
	who.resources = role.Attachments
	return who, nil
}

func (s *stack) podIdentity(found *eksCluster) (*identity, error) {
	if err := s.registerSettle(); err != nil {
		return nil, err
	}
	role, err := podidentity.NewRole(s.ctx, "pod-identity", &podidentity.RoleArgs{
		Args: s.roleArgs(found), ClusterARN: found.arn.String(), Agent: s.plan.File.PodIdentityAgent,
	}, s.explained())
	if err != nil {
		return nil, err
	}
	who := s.who(role.ARN)
	// Pods that were made without the association never get its credentials.
	who.operator.Version = pulumi.Sprintf("%s-%s", who.operator.Version, role.AssociationID)
	who.resources = role.Resources
	return who, nil
}

// who is what both kinds of identity have. Pods keep the credentials they were
// made with, so that they are replaced with the role; and what has synced under
// other permissions is synced anew, which shows whether these suffice.
func (s *stack) who(role pulumi.StringOutput) *identity {
	changing := func(with ...any) pulumi.StringOutput {
		return role.ApplyT(func(arn string) (string, error) {
			text, err := json.Marshal(append(with, s.plan.Auth(), arn))
			return fmt.Sprintf("%x", sha256.Sum256(text))[:16], err
		}).(pulumi.StringOutput)
	}
	with := []any{
		s.plan.Cluster.Role.PermissionsBoundary,
		slices.Sorted(slices.Values(s.plan.File.Permissions.KMSKeys)), "",
	}
	for _, store := range s.plan.Stores {
		switch {
		case store.Source.Default:
			with[2] = store.Role
		case store.Role != "":
			with = append(with, store.Role)
		}
	}
	return &identity{
		role:     role,
		operator: &operator.Identity{ServiceAccount: operatorName, Version: changing()},
		access:   changing(with...),
	}
}

// findProvider looks up the cluster's OIDC provider, for IRSA.
func (s *stack) findProvider(found *eksCluster) error {
	c := s.plan.Cluster
	if s.plan.Auth() == plan.PodIdentity {
		return nil
	}
	if found.issuer == "" {
		return fmt.Errorf("%s:%s: %q: the cluster has no OIDC issuer, which irsa needs; write auth: podIdentity",
			s.ctx.Project(), stackfile.KeyCluster, c.Name)
	}
	at := s.ctx.Project() + ":" + stackfile.KeyOIDCProviderARN
	if found.provider = s.plan.File.OIDCProviderARN; found.provider != "" {
		own := "oidc-provider/" + strings.TrimPrefix(found.issuer, "https://")
		if arn, _ := iam.ParseARN(found.provider); arn.Resource != own {
			return fmt.Errorf("%s: %q: is not that of cluster %q, whose issuer is %s; write "+
				"arn:%s:iam::%s:%s, or take it away", at, found.provider, c.Name, found.issuer, c.Partition,
				found.arn.Account, own)
		}
		return nil
	}
	provider, err := awsiam.LookupOpenIdConnectProvider(s.ctx, &awsiam.LookupOpenIdConnectProviderArgs{
		Url: &found.issuer,
	})
	if err != nil {
		return fmt.Errorf("%s: looking for the IAM OIDC provider of cluster %q, whose issuer is %s: %w; "+
			"create it with: eksctl utils associate-iam-oidc-provider --cluster %s --region %s --approve; "+
			"or write oidcProviderArn", at, c.Name, found.issuer, err, c.Name, c.Region)
	}
	if !slices.Contains(provider.ClientIdLists, irsa.Audience) {
		return fmt.Errorf("%s: provider %s does not know the audience %s, only %s; add it with: aws iam "+
			"add-client-id-to-open-id-connect-provider --client-id %[3]s --open-id-connect-provider-arn %[2]s",
			at, provider.Arn, irsa.Audience, strings.Join(provider.ClientIdLists, ", "))
	}
	found.provider = provider.Arn
	return nil
}

// roleARN is what the ARN of the operator's role will be.
func (s *stack) roleARN(found *eksCluster) string {
	c := s.plan.Cluster
	return iam.ARN{
		Partition: c.Partition, Service: "iam", Account: found.arn.Account,
		Resource: "role" + cmp.Or(c.Role.Path, "/") + c.Role.Name,
	}.String()
}
