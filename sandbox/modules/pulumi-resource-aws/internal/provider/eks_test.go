package provider_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

var association = object{
	"clusterName": "prod", "namespace": "external-secrets", "serviceAccount": "external-secrets", "roleArn": roleARN,
}

func TestAssociationLifecycle(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	f.create(t, roleToken, role)
	other := f.create(t, roleToken, with(role, object{"name": "other"}))
	inputs := properties(association)
	inputs["roleArn"] = unknown()
	want := f.check(t, associationToken, inputs)
	want["associationArn"], want["associationId"] = unknown(), unknown()
	equal(t, f.preview(t, associationToken, inputs), want)

	made := f.create(t, associationToken, with(association, object{"tags": object{"a": "1", "b": "2"}}))
	equal(t, steady(made.outputs, "associationArn", "associationId"), with(association, object{
		"associationArn": "some", "associationId": "some", "tags": object{"a": "1", "b": "2"},
		"tagsAll": object{"a": "1", "b": "2"},
	}))
	equal(t, made.outputs["associationId"], resource.NewProperty(string(made.id)))
	equal(t, f.read(t, associationToken, made), made)
	equal(t, f.imported(t, associationToken, "prod,"+string(made.id)), made)

	changed := with(association, object{"roleArn": other.outputs["arn"].StringValue(), "tags": object{"b": "3"}})
	equal(t, kinds(f.diff(t, associationToken, made, properties(changed))), map[string]plugin.DiffKind{
		"roleArn": plugin.DiffUpdate, "tags": plugin.DiffUpdate,
	})
	updated := f.update(t, associationToken, made, changed)
	equal(t, updated.outputs.Mappable(), with(made.outputs.Mappable(), with(changed, object{"tagsAll": object{"b": "3"}})))
	moved := object{"clusterName": "dev", "namespace": "eso", "serviceAccount": "reader"}
	equal(t, kinds(f.diff(t, associationToken, updated, properties(with(changed, moved)))), map[string]plugin.DiffKind{
		"clusterName": plugin.DiffUpdateReplace, "namespace": plugin.DiffUpdateReplace,
		"serviceAccount": plugin.DiffUpdateReplace,
	})
	f.gone(t, associationToken, updated)
}

func TestAssociationRefusals(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	f.create(t, roleToken, role)
	f.create(t, associationToken, association)
	what := `creating EKS Pod Identity association of service account "external-secrets" in namespace ` +
		`"external-secrets" of cluster `
	for name, test := range map[string]struct{ key, value, want string }{
		"NoCluster": {"clusterName", "absent", what + `"absent": ResourceNotFoundException: No cluster found for name: absent.`},
		"NoRole": {
			"roleArn", "arn:aws:iam::000000000000:role/absent",
			what + `"prod": InvalidParameterException: Role provided in the request does not exist.`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := f.tryCreate(t, associationToken, properties(with(association, object{test.key: test.value})))
			refused(t, err, test.want)
		})
	}
}

func TestAddonLifecycle(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	addon := object{"clusterName": "prod", "addonName": "eks-pod-identity-agent"}
	made := f.create(t, addonToken, addon)
	equal(t, made.id, resource.ID("prod:eks-pod-identity-agent"))
	equal(t, steady(made.outputs, "arn", "addonVersion", "createdAt", "modifiedAt"), with(addon, object{
		"arn": "some", "addonVersion": "some", "createdAt": "some", "modifiedAt": "some",
	}))
	equal(t, kinds(f.diff(t, addonToken, made, properties(addon))), map[string]plugin.DiffKind{})
	imported := f.imported(t, addonToken, string(made.id))
	equal(t, imported, made)

	changed := with(addon, object{
		"addonVersion": "v1.3.9-eksbuild.1", "configurationValues": `{"a":1}`, "tags": object{"a": "1"},
		"preserve": true, "resolveConflictsOnUpdate": "OVERWRITE",
	})
	equal(t, kinds(f.diff(t, addonToken, made, properties(changed))), map[string]plugin.DiffKind{
		"addonVersion": plugin.DiffUpdate, "configurationValues": plugin.DiffAdd, "tags": plugin.DiffAdd,
		"preserve": plugin.DiffAdd, "resolveConflictsOnUpdate": plugin.DiffAdd,
	})
	updated := f.update(t, addonToken, made, changed)
	equal(t, steady(updated.outputs, "modifiedAt"), with(steady(made.outputs, "modifiedAt"),
		with(changed, object{"tagsAll": object{"a": "1"}})))
	f.gone(t, addonToken, updated)
}

// TestAddonUnfinished: the add-on is there, but cannot be seen. The engine is to remember it nonetheless.
func TestAddonUnfinished(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/addons/") {
				w.Header().Set("X-Amzn-Errortype", "AccessDeniedException")
				w.WriteHeader(http.StatusForbidden)
				_, _ = w.Write([]byte(`{"message":"not you"}`))
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	resp, err := f.tryCreate(t, addonToken, properties(object{
		"clusterName": "prod", "addonName": "eks-pod-identity-agent",
	}))
	initial, ok := errors.AsType[*plugin.InitError](err)
	if !ok {
		t.Fatalf("got error %v, want that the resource is there", err)
	}
	equal(t, initial.Reasons, []string{
		`creating EKS add-on "eks-pod-identity-agent" of cluster "prod": AccessDeniedException: not you`,
	})
	equal(t, resp.ID, resource.ID("prod:eks-pod-identity-agent"))
}

// TestCancel: the engine need not wait for as long as the add-on does.
func TestCancel(t *testing.T) {
	t.Parallel()
	waiting := make(chan struct{})
	f := newFixture(t, nil, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				close(waiting)
				<-r.Context().Done()
				return
			}
			next.ServeHTTP(w, r)
		})
	})
	go func() {
		<-waiting
		_ = f.SignalCancellation(t.Context())
	}()
	_, err := f.tryCreate(t, addonToken, properties(object{
		"clusterName": "prod", "addonName": "eks-pod-identity-agent",
	}))
	if err == nil || !strings.Contains(err.Error(), "context canceled") {
		t.Errorf("got error %v, want that it was canceled", err)
	}
}

// TestImportIDs: what is not found by AWS's own ID has one of pulumi-aws's making.
func TestImportIDs(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	for token, want := range map[string]string{
		attachmentToken:  `reading ` + attachmentToken + ` "a": the ID must be <role name>/<policy ARN>`,
		associationToken: `reading ` + associationToken + ` "a": the ID must be <cluster name>,<association ID>`,
		addonToken:       `reading ` + addonToken + ` "a": the ID must be <cluster name>:<add-on name>`,
	} {
		t.Run(token, func(t *testing.T) {
			t.Parallel()
			_, err := f.Read(t.Context(), plugin.ReadRequest{
				URN: urn(token, "it"), Name: "it", Type: tokens.Type(token), ID: "a",
			})
			refused(t, err, want)
		})
	}
}

func TestInvoke(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	_, err := f.iam.CreateOpenIDConnectProvider(t.Context(), &iam.CreateOpenIDConnectProviderInput{
		Url: sdk.String(issuer), ClientIDList: []string{"sts.amazonaws.com"},
	})
	noError(t, err)
	cluster, err := f.eks.DescribeCluster(t.Context(), &eks.DescribeClusterInput{Name: sdk.String("prod")})
	noError(t, err)
	host := strings.TrimPrefix(issuer, "https://")
	arn := "arn:aws:iam::000000000000:oidc-provider/" + host
	provider := object{
		"arn": arn, "id": arn, "url": host, "clientIdLists": []any{"sts.amazonaws.com"}, "thumbprintLists": []any{}, "tags": object{},
	}
	for name, test := range map[string]struct {
		token string
		args  object
		want  object
	}{
		"Cluster": {"aws:eks/getCluster:getCluster", object{"name": "prod"}, object{
			"arn": clusterARN, "certificateAuthorities": []any{object{"data": "cGVt"}}, "endpoint": "https://127.0.0.1:6443",
			"createdAt": cluster.Cluster.CreatedAt.UTC().Format("2006-01-02T15:04:05Z"), "id": "prod", "name": "prod",
			"identities":      []any{object{"oidcs": []any{object{"issuer": issuer}}}},
			"platformVersion": "", "roleArn": "", "status": "ACTIVE", "tags": object{}, "version": "1.34",
		}},
		"ProviderByARN":  {"aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider", object{"arn": arn}, provider},
		"ProviderByURL":  {"aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider", object{"url": issuer}, provider},
		"ProviderByHost": {"aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider", object{"url": host}, provider},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp, err := f.Invoke(t.Context(), plugin.InvokeRequest{
				Tok: tokens.ModuleMember(test.token), Args: properties(test.args),
			})
			noError(t, err)
			equal(t, resp.Properties.Mappable(), test.want)
		})
	}
}

func TestInvokeRefusals(t *testing.T) {
	t.Parallel()
	f := newFixture(t, nil)
	for name, test := range map[string]struct {
		token string
		args  object
		want  string
	}{
		"Cluster": {
			"aws:eks/getCluster:getCluster",
			object{"name": "absent"},
			`reading EKS cluster "absent": ResourceNotFoundException: No cluster found for name: absent.`,
		},
		"ProviderByURL": {
			"aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider",
			object{"url": issuer},
			`looking for IAM OIDC provider "` + issuer + `": no provider has the URL`,
		},
		"Unknown": {
			"aws:ec2/getVpc:getVpc", nil, `the sandbox's stand-in of the AWS provider does not support the function ` +
				`"aws:ec2/getVpc:getVpc"; available: aws:eks/getCluster:getCluster, ` +
				`aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := f.Invoke(t.Context(), plugin.InvokeRequest{
				Tok: tokens.ModuleMember(test.token), Args: properties(test.args),
			})
			refused(t, err, test.want)
		})
	}
}
