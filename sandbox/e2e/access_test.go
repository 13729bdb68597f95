package e2e

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

const (
	remote = "zio-lucene/datadog-api-key"
	kmsKey = "arn:aws:kms:" + region + ":" + account + ":key/1234abcd-12ab-34cd-56ef-1234567890ab"

	noIdentity = "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"
	revert     = "run pulumi refresh to see what others changed, then pulumi up to revert it"
	trustOf    = noIdentity + "; the trust policy of the role must allow this cluster's OIDC provider, the audience " +
		"sts.amazonaws.com and the operator's service account; " + revert
)

// TestAccess deploys the stack dev and has AWS deny everything that it can deny: each step removes a
// permission or requests too much, and ends with a healthy stack. The operator backs off after a failure but
// reads a new ExternalSecret immediately, so each step declares one with a new name.
func TestAccess(t *testing.T) {
	take(t)
	store(t, remote, "dummy")
	createNamespace(t, "zio-lucene")
	leavesNothing(t)
	s := newEKSStack(t, "dev", nil)
	s.up(t)
	step(t, "OthersMayNotReadBySameRole", impostors)
	step(t, "NothingElseMayBeRead", undeclared)
	step(t, "TamperedRole", s.tampered)
	step(t, "KMSKeyAndExplicitDeny", s.denied)
	step(t, "SwitchToPodIdentity", func(t *testing.T) { s.switched(t, "podIdentity", "external-secrets-pod-identity") })
	step(t, "AssociationGone", s.associationGone)
	step(t, "SwitchBack", func(t *testing.T) { s.switched(t, "irsa", irsaRole) })
}

// impostors creates service accounts with the role's annotation that are not the operator's.
func impostors(t *testing.T) {
	for name, who := range map[string]struct{ Namespace, Name string }{
		"other-name":      {"external-secrets", "impostor"},
		"other-namespace": {"zio-lucene", "external-secrets"},
	} {
		create(t, "/api/v1/namespaces/"+who.Namespace+"/serviceaccounts", object{"metadata": object{
			"name": who.Name, "annotations": object{"eks.amazonaws.com/role-arn": "arn:aws:iam::" + account + ":role/" + irsaRole},
		}})
		create(t, clusterStores, object{
			"apiVersion": "external-secrets.io/v1", "kind": "ClusterSecretStore", "metadata": object{"name": name},
			"spec": object{"provider": object{"aws": object{
				"service": "SecretsManager", "region": region,
				"auth": object{"jwt": object{"serviceAccountRef": object{"namespace": who.Namespace, "name": who.Name}}},
			}}},
		})
		warned(t, "default", "ClusterSecretStore", name, noIdentity)
	}
}

// undeclared requests a secret from the stack's store that the stack does not declare.
func undeclared(t *testing.T) {
	store(t, "zio-lucene/undeclared", "nobody's")
	create(t, externalSecrets, object{
		"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": object{"name": "undeclared"},
		"spec": object{
			"secretStoreRef": object{"kind": "ClusterSecretStore", "name": "aws-secretsmanager"},
			"data":           []object{{"secretKey": "a", "remoteRef": object{"key": "zio-lucene/undeclared"}}},
		},
	})
	warned(t, "zio-lucene", "ExternalSecret", "undeclared", ":secret:zio-lucene/undeclared-",
		"because no identity-based policy allows the secretsmanager:GetSecretValue action")
}

// asks makes the stack declare its first secret and these, and no others.
func (s *stack) asks(t *testing.T, timeout string, remotes map[string]string) {
	t.Helper()
	s.edit(t, func(c config) {
		c["eso-aws:timeout"] = timeout
		for name := range secretsOf(c) {
			if name != "datadog-api-key" {
				delete(secretsOf(c), name)
			}
		}
		for name, remote := range remotes {
			secretsOf(c)[name] = secret("password", remote)
		}
	})
}

// fails requires that an up fails that declares a secret with that name.
func (s *stack) fails(t *testing.T, name string, want ...string) {
	t.Helper()
	s.asks(t, "8s", map[string]string{name: remote})
	s.mustFail(t, append(want, "ExternalSecret zio-lucene/"+name+": UpdateFailed"), up()...)
}

// mended requires that a refresh shows the changes of others, and that one up reverts them.
func (s *stack) mended(t *testing.T, name string, seen ...string) {
	t.Helper()
	contains(t, s.refreshed(t), seen...)
	s.asks(t, "60s", map[string]string{name: remote})
	s.up(t)
	must(t, holds(t, name, map[string]string{"password": "dummy"}))
}

// tampered changes the role outside of Pulumi.
func (s *stack) tampered(t *testing.T) {
	others := newAdmin(t)
	others.detach(t, irsaRole, irsaPolicy)
	s.fails(t, "detached", "because no identity-based policy allows the secretsmanager:GetSecretValue action; the role "+
		"grants this permission, so find what restricts it, such as a permissions boundary or an edited policy; "+revert)
	trust := others.trust(t, irsaRole)
	others.setTrust(t, irsaRole, strings.ReplaceAll(trust, "external-secrets:external-secrets", "default:default"))
	s.fails(t, "subject", trustOf)
	others.setTrust(t, irsaRole, strings.ReplaceAll(trust, `"sts.amazonaws.com"`, `"sts.example.com"`))
	s.fails(t, "audience", trustOf)
	s.mended(t, "mended", `"sts.amazonaws.com" => "sts.example.com"`, "- aws:iam/rolePolicyAttachment:RolePolicyAttachment: (delete)")
	hasInAWS(t, golden(t, "dev"))
}

// denied makes AWS deny two secrets: one because of its KMS key, which the stack's settings repair, and one
// because of another policy.
func (s *stack) denied(t *testing.T) {
	client, name := secretsmanager.NewFromConfig(awsConfig(t)), "zio-lucene/encrypted"
	done[*secretsmanager.CreateSecretOutput](t)(client.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{
		Name: &name, SecretString: sdk.String("decrypted"), KmsKeyId: sdk.String(kmsKey),
	}))
	store(t, "zio-lucene/denied", "dummy")
	undo := newAdmin(t).deny(t, irsaRole, "zio-lucene/denied")
	s.asks(t, "8s", map[string]string{"encrypted": name, "denied": "zio-lucene/denied", "missing": "zio-lucene/missing"})
	s.mustFail(t, []string{
		"ExternalSecret zio-lucene/encrypted: UpdateFailed",
		"Access to KMS is not allowed; add the ARN of the secret's KMS key to permissions.kmsKeys",
		"ExternalSecret zio-lucene/denied: UpdateFailed",
		"with an explicit deny in an identity-based policy; find the statement that denies it, in a policy of the " +
			"role, of the secret or of the organization",
		"ExternalSecret zio-lucene/missing: UpdateFailed",
		"secretsmanager:GetSecretValue on resource: zio-lucene/missing because no identity-based policy allows the " +
			"secretsmanager:GetSecretValue action; create it in Secrets Manager in us-east-1, or correct its name; " +
			"AWS denies access to missing secrets, too",
	}, up()...)
	undo(t)
	s.asks(t, "60s", map[string]string{"encrypted": name, "denied": "zio-lucene/denied"})
	s.edit(t, func(c config) { c["eso-aws:permissions"] = config{"kmsKeys": []string{kmsKey}} })
	s.up(t)
	must(t, holds(t, "encrypted", map[string]string{"password": "decrypted"}))
	must(t, holds(t, "denied", map[string]string{"password": "dummy"}))
}

// switched makes the operator sign in another way, as the role with that name.
func (s *stack) switched(t *testing.T, auth, role string) {
	t.Helper()
	old, name := pods(t), "by-"+strings.ToLower(auth)
	s.asks(t, "60s", map[string]string{name: remote})
	s.edit(t, func(c config) { c["eso-aws:auth"] = auth })
	s.up(t)
	eventually(t, func() error { // the old pods may read as the old role until they are gone
		if kept := slices.DeleteFunc(pods(t), func(uid string) bool { return !slices.Contains(old, uid) }); len(kept) > 0 {
			return fmt.Errorf("the operator still has the pods %q", kept)
		}
		return nil
	})
	before := len(reads(t))
	kubectl(t, "annotate", "externalsecret", name, "--namespace=zio-lucene", "force-sync=now")
	eventually(t, func() error {
		if len(reads(t)) == before {
			return errors.New("no secret has been read since the switch")
		}
		return nil
	})
	if readers := reads(t)[before:]; slices.ContainsFunc(readers, func(reader string) bool { return reader != role }) {
		t.Errorf("the roles %q have read secrets, want only %s", readers, role)
	}
	for name := range inAWS(t) {
		if !strings.Contains(name, role) && !strings.HasPrefix(name, "association of ") {
			t.Errorf("AWS has still the %s", name)
		}
	}
	s.must(t, up("--expect-no-changes")...)
}

// associationGone deletes the association outside of Pulumi, which the operator's pods notice immediately.
// Pods that start without it get no credentials when it exists again, so they must be replaced.
func (s *stack) associationGone(t *testing.T) {
	newAdmin(t).deleteAssociations(t, "dev")
	kubectl(t, "annotate", "externalsecret", "datadog-api-key", "--namespace=zio-lucene", "force-sync=now")
	warned(t, "zio-lucene", "ExternalSecret", "datadog-api-key", "No association found for service account external-secrets")
	kubectl(t, "delete", "pods", "--all", "--namespace=external-secrets")
	unready(t, "aws-secretsmanager")
	s.fails(t, "started", `ClusterSecretStore "aws-secretsmanager" is not ready`,
		"ClusterSecretStore aws-secretsmanager: InvalidProviderConfig: ", "no EC2 IMDS role found",
		"; the operator's pods started without a Pod Identity association; "+revert)

	// As when EKS is slow: the association exists, but the pods are older.
	newAdmin(t).associate(t, "dev", "arn:aws:iam::"+account+":role/external-secrets-pod-identity")
	s.asks(t, "60s", map[string]string{"started": remote, "late": remote})
	s.up(t)
	must(t, holds(t, "started", map[string]string{"password": "dummy"}))
	must(t, holds(t, "late", map[string]string{"password": "dummy"}))
	newAdmin(t).deleteAssociations(t, "dev")
	s.mended(t, "associated", "- aws:eks/podIdentityAssociation:PodIdentityAssociation: (delete)")
}

// unready waits until the operator has marked a store as not ready.
func unready(t *testing.T, name string) {
	t.Helper()
	eventually(t, func() error {
		var store struct {
			Status struct{ Conditions []struct{ Status string } }
		}
		err := own(t).API().Get(t.Context(), clusterStores+name, &store)
		if len(store.Status.Conditions) == 1 && store.Status.Conditions[0].Status == "False" {
			return nil
		}
		return errors.Join(fmt.Errorf("the store %q is still ready: %+v", name, store.Status), err)
	})
}
