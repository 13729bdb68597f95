package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

const irsaRole, irsaPolicy = "external-secrets-irsa", "external-secrets-irsa-1"

// TestDevStack tests the life of the committed stack dev with IRSA, which finds its cluster as on EKS. Each
// step continues from the previous one.
func TestDevStack(t *testing.T) {
	take(t)
	store(t, "zio-lucene/datadog-api-key", "dummy")
	createNamespace(t, "zio-lucene")
	leavesNothing(t)
	s := newEKSStack(t, "dev", nil)
	s.getsTokens(t)
	step(t, "RefusedBeforeAnythingIsMade", s.refusals)
	step(t, "KilledUpIsMended", s.killed)
	step(t, "RenamedRole", func(t *testing.T) {
		s.edit(t, func(c config) { delete(c, "eso-aws:role") })
		s.up(t)
		must(t, holds(t, "datadog-api-key", map[string]string{"api-key": "dummy"}))
		if err := newAdmin(t).deleteIRSA(t); !strings.Contains(fmt.Sprint(err), "DeleteConflict") {
			t.Errorf("deleting a role that is in use: %v", err) // or its remedy would harm another stack
		}
		hasInAWS(t, golden(t, "dev"))
	})
	step(t, "SecondUpAndRefreshChangeNothing", s.noChanges)
	step(t, "Outputs", s.outputsOfDev)
	step(t, "Verify", s.verified)
	step(t, "Import", s.imported)
}

// refusals tests errors of AWS and of a kubeconfig, before anything is created.
func (s *stack) refusals(t *testing.T) {
	before, client := everything(t), newAdmin(t).iam
	provider := "arn:aws:iam::" + account + ":oidc-provider/" + strings.TrimPrefix(own(t).Issuer(), "https://")
	done[*iam.DeleteOpenIDConnectProviderOutput](t)(client.DeleteOpenIDConnectProvider(t.Context(),
		&iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: &provider}))
	restore := func() { must(t, own(t).AWS().PutOIDCProvider(own(t).Issuer(), "sts.amazonaws.com")) }
	t.Cleanup(restore) // for the other tests
	s.mustFail(t, []string{
		"looking up the OIDC provider of cluster \"dev\", which has the issuer " + own(t).Issuer(),
		"run eksctl utils associate-iam-oidc-provider --cluster dev --region us-east-1 --approve, or set oidcProviderArn",
	}, up()...)
	restore()

	s.edit(t, func(c config) { c["eso-aws:kubeconfig"] = foreignKubeconfig })
	s.mustFail(t, []string{
		`eso-aws:kubeconfig: context "elsewhere" must point to ` + own(t).URL() +
			`, the endpoint of cluster "dev", not to https://127.0.0.1:1; remove kubeconfig and kubeContext`,
	}, up()...)
	s.edit(t, func(c config) { delete(c, "eso-aws:kubeconfig") })

	for _, r := range s.resources(t) {
		if !strings.HasPrefix(r.Type, "pulumi:") { // the stack itself, and what looks things up in AWS
			t.Errorf("what was refused has registered %s", r.URN)
		}
	}
	hasInAWS(t, map[string]string{})
	sameObjects(t, before)
}

// killed kills an up that has created a role and a policy, but has not received the answers.
func (s *stack) killed(t *testing.T) {
	endpoint, made, answer := withholding(t, "CreateRole", "CreatePolicy")
	cmd := s.command(t.Context(), up()...)
	cmd.Env = append(cmd.Env, "AWS_ENDPOINT_URL="+endpoint)
	must(t, cmd.Start()) // to no pipe: its plugins outlive it for a moment
	for range 2 {
		select {
		case <-made:
		case <-time.After(patience):
			t.Fatal("the up has not made the role and the policy")
		}
	}
	must(t, syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL))
	if err := cmd.Wait(); err == nil {
		t.Error("the up succeeds though it was killed")
	}
	answer()
	left := golden(t, "dev")
	delete(left, "role "+irsaRole+" has "+policyARN(irsaPolicy))
	hasInAWS(t, left)
	s.must(t, "cancel", "--yes") // a killed CLI leaves its lock

	const leftover = "if a killed pulumi up of this stack left it behind, run "
	s.mustFail(t, []string{
		"EntityAlreadyExists: Role with name external-secrets-irsa already exists.",
		"Role external-secrets-irsa: " + leftover + "aws iam delete-role --role-name external-secrets-irsa, which AWS " +
			"refuses while it is in use; otherwise set another role.name, because each stack in an account needs its own",
		"Policy external-secrets-irsa-1: " + leftover + "aws iam delete-policy --policy-arn " + policyARN(irsaPolicy),
	}, up("--continue-on-error")...) // else the first of the two may be the last that is tried

	out, err := s.verify(t)
	if err == nil {
		t.Errorf("verify succeeds after a first up that has failed:\n%s", out)
	}
	contains(t, out, "aws-secretsmanager   ClusterSecretStore   missing\n", "\nsome objects do not exist; run pulumi up\n")

	// The first remedy: another name. What the failed up has created does not matter.
	s.edit(t, func(c config) { c["eso-aws:role"] = config{"name": "eso-dev"} })
	s.up(t)
	must(t, holds(t, "datadog-api-key", map[string]string{"api-key": "dummy"}))

	// The second: delete the leftovers, and make Pulumi forget them, as its warning says.
	must(t, newAdmin(t).deleteIRSA(t))
	s.must(t, "refresh", "--yes", "--skip-preview", "--clear-pending-creates")
}

// deleteIRSA deletes the role and the policy, as the remedy says.
func (a admin) deleteIRSA(t *testing.T) error {
	t.Helper()
	_, role := a.iam.DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: sdk.String(irsaRole)})
	_, policy := a.iam.DeletePolicy(t.Context(), &iam.DeletePolicyInput{PolicyArn: sdk.String(policyARN(irsaPolicy))})
	return errors.Join(role, policy)
}

// outputsOfDev checks the outputs, and that the kubeconfig works.
func (s *stack) outputsOfDev(t *testing.T) {
	outputs := s.outputs(t)
	kubeconfig, _ := outputs["kubeconfig"].(string)
	delete(outputs, "kubeconfig")
	want := fmt.Sprint(map[string]any{
		"cluster": "arn:aws:eks:us-east-1:" + account + ":cluster/dev", "namespace": "zio-lucene",
		"roleArn": "arn:aws:iam::" + account + ":role/" + irsaRole, "storeKind": "ClusterSecretStore",
		"storeName": "aws-secretsmanager", "secrets": map[string]any{"datadog-api-key": []any{"api-key"}},
	})
	if got := fmt.Sprint(outputs); got != want {
		t.Errorf("the outputs are %s, want %s", got, want)
	}
	if strings.Contains(kubeconfig, own(t).Token()) {
		t.Error("the output kubeconfig holds the token")
	}
	path := filepath.Join(t.TempDir(), "kubeconfig")
	must(t, os.WriteFile(path, []byte(kubeconfig), 0o600))
	cmd := exec.CommandContext(t.Context(), env.binaries.Kubernetes, "kubectl", "get", "namespaces", "--output=name")
	cmd.Env = append(s.command(t.Context()).Env, "KUBECONFIG="+path)
	out, err := cmd.CombinedOutput()
	if err != nil || !slices.Contains(strings.Fields(string(out)), "namespace/zio-lucene") {
		t.Errorf("kubectl with the output kubeconfig: %v\n%s", err, out)
	}
}

// verified tests make verify with a healthy stack, and with a secret that is not synced.
func (s *stack) verified(t *testing.T) {
	const stores = "STORE                KIND                 STATE\naws-secretsmanager   ClusterSecretStore   ready\n\n"
	out, err := s.verify(t)
	want := stores + "EXTERNAL SECRET              SECRET            KEYS      FROM                         STATE\n" +
		"zio-lucene/datadog-api-key   datadog-api-key   api-key   zio-lucene/datadog-api-key   synced ... ago\n" +
		"\nAll declared Secrets are in sync.\n"
	if err != nil || out != want {
		t.Errorf("verify: %v\n%s\nwant:\n%s", err, out, want)
	}
	undo := newAdmin(t).deny(t, irsaRole, "zio-lucene/datadog-api-key")
	must(t, own(t).API().Delete(t.Context(), secrets+"datadog-api-key"))
	warned(t, "zio-lucene", "ExternalSecret", "datadog-api-key", "explicit deny")
	out, err = s.verify(t)
	if err == nil {
		t.Errorf("verify succeeds without the secret:\n%s", out)
	}
	contains(t, out,
		stores+"EXTERNAL SECRET              SECRET            KEYS   FROM                         STATE\n"+
			"zio-lucene/datadog-api-key   datadog-api-key   none   zio-lucene/datadog-api-key   not synced\n",
		"\nExternalSecret zio-lucene/datadog-api-key: UpdateFailed: ", " with an explicit deny in an identity-based policy; "+
			"find the statement that denies it, in a policy of the role, of the secret or of the organization\n",
		"\nSecret zio-lucene/datadog-api-key: does not exist or has no keys\n")
	undo(t)
	s.up(t) // changes nothing, and has the operator try again
	must(t, holds(t, "datadog-api-key", map[string]string{"api-key": "dummy"}))
}

// imported imports a role, which the next up deletes, because the program does not declare it.
func (s *stack) imported(t *testing.T) {
	const name = "legacy"
	trust := newAdmin(t).trust(t, irsaRole)
	done[*iam.CreateRoleOutput](t)(newAdmin(t).iam.CreateRole(t.Context(), &iam.CreateRoleInput{
		RoleName: sdk.String(name), AssumeRolePolicyDocument: &trust, MaxSessionDuration: sdk.Int32(7200),
	}))
	s.must(t, "import", "aws:iam/role:Role", name, name, "--yes", "--skip-preview", "--protect=false", "--generate-code=false")
	var got map[string]any
	for _, r := range s.resources(t) {
		if strings.HasSuffix(r.URN, "::"+name) {
			got = r.Inputs
		}
	}
	if fmt.Sprint(got["name"], got["assumeRolePolicy"], got["maxSessionDuration"]) != fmt.Sprint(name, trust, 7200) {
		t.Errorf("what was imported is %v", got)
	}
	s.must(t, "refresh", "--yes", "--skip-preview", "--expect-no-changes")
	s.up(t)
	hasInAWS(t, golden(t, "dev"))
}
