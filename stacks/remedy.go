package stacks

import (
	"context"
	"fmt"
	"strings"

	"eso-aws/internal/cluster"
	"eso-aws/internal/config"
)

// warnings are what the cluster last warned of, with what to do; empty where it did not.
func warnings(
	ctx context.Context, client *cluster.Client, config *config.Config, namespace, kind, name string,
) (string, error) {
	found, err := client.Warnings(ctx, namespace, kind, name)
	if err != nil {
		return "", err
	}
	var lines []string
	for _, w := range found[:min(len(found), maxNamed)] {
		line := fmt.Sprintf("%s %s/%s: %s: %s", w.Kind, namespace, w.Name, w.Reason, w.Message)
		if hint := remedy(config, w.Message, sourceOf(config, namespace, w)...); hint != "" {
			line += "; " + hint
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n"), nil
}

// sourceOf is the store of the secret that a warning is about; none where it is about anything else.
func sourceOf(c *config.Config, namespace string, w cluster.Warning) []*config.Store {
	for i := range c.Secrets {
		secret := &c.Secrets[i]
		if w.Kind == "ExternalSecret" && secret.Name == w.Name && secret.Namespace == namespace {
			return []*config.Store{c.StoreOf(secret)}
		}
	}
	return nil
}

// remedy is what to do about a message of the operator, of AWS or of a node; empty for one it does not know.
// The store is where what it is about is read from.
func remedy(c *config.Config, message string, from ...*config.Store) string {
	service, region := "Secrets Manager", c.Region
	for _, store := range from {
		region = store.Region
		if store.Service == config.ParameterStore {
			service = "Parameter Store"
		}
	}
	missing := "store it in " + service + ", in region " + region + ", or correct its name"
	image := "correct the image in chartValues, or let the node reach its registry"
	known := []struct{ part, remedy string }{
		{"Secret does not exist", missing},
		{"can't find the specified secret", missing},
		{"Access to KMS is not allowed", "write the ARN of the secret's KMS key in permissions.kmsKeys"},
		{"ImagePullBackOff", image},
		{"ErrImagePull", image},
		{"Back-off restarting failed container", "look at its log: kubectl logs -n " + operatorNamespace +
			" deployment/" + operatorName + " --previous"},
	}
	known = append(known, remediesOf(c)...)
	for _, known := range known {
		if strings.Contains(message, known.part) {
			return known.remedy
		}
	}
	return ""
}

// remediesOf are those that a target has.
func remediesOf(c *config.Config) []struct{ part, remedy string } {
	if c.Target == config.Local {
		unreachable := "correct endpoint, which the operator's pods must reach: " + c.Endpoint
		return []struct{ part, remedy string }{
			{"security token included in the request is invalid", "correct accessKeyId, which AWS does not know"},
			{"signature we calculated does not match", "correct secretAccessKey: it is not that of accessKeyId"},
			{"AccessDenied", "let the access key read this secret"},
			{"connection refused", unreachable},
			{"no such host", unreachable},
		}
	}
	mend := "pulumi refresh shows what others have changed, and the next pulumi up mends it"
	agent := "see that the EKS Pod Identity agent runs on the nodes (podIdentityAgent: true installs it) and that " +
		"the association is there, then: kubectl rollout restart deployment/" + operatorName +
		" -n " + operatorNamespace
	return []struct{ part, remedy string }{
		{"EntityAlreadyExists", "write another role.name: stacks that share an account need one each; " +
			"or delete it if nothing uses it"},
		{"No OpenIDConnect provider found", "create the cluster's OIDC provider in IAM: eksctl utils " +
			"associate-iam-oidc-provider --cluster " + c.Cluster.Name + " --region " + c.Cluster.Region + " --approve"},
		{"sts:AssumeRoleWithWebIdentity", "the role's trust must name this cluster's OIDC provider, the audience " +
			"sts.amazonaws.com and the operator's service account; " + mend},
		{"Incorrect token audience", "the OIDC provider in IAM must have the client ID sts.amazonaws.com"},
		{"sts:AssumeRole ", "the trust of that role must name the operator's role, and where it comes by Pod " +
			"Identity allow sts:TagSession too"},
		{"explicit deny", "look for the statement that denies it, in the policies on the role, of the secret, or of " +
			"the organization"},
		{"AccessDenied", "the role grants what is declared here: look for what takes it away, such as a permissions " +
			"boundary or an edited policy; " + mend},
		{"no EC2 IMDS role found", agent},
		{"failed to refresh cached credentials", agent},
		{"connection refused", "let the operator's pods reach AWS: by NAT, or VPC endpoints of secretsmanager and sts"},
		{"no such host", "let the operator's pods resolve AWS's names"},
	}
}
