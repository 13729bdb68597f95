package provider_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

const (
	configToken     = "pulumi:providers:aws"
	clusterFunction = "aws:eks/getCluster:getCluster"
)

// TestConfigureRefusals: without the sandbox's endpoint nothing is asked of anybody.
func TestConfigureRefusals(t *testing.T) {
	t.Parallel()
	const standIn = "this is the sandbox's stand-in of the AWS provider, which never talks to AWS itself: AWS_ENDPOINT_URL"
	const local = "http://127.0.0.1:4566"
	for name, test := range map[string]struct{ variable, value, want string }{
		"NoEndpoint": {"AWS_ENDPOINT_URL", "", standIn + " is required; set it to the sandbox's AWS, or remove this plugin to use AWS"},
		"AWS": {
			"AWS_ENDPOINT_URL", "https://iam.amazonaws.com",
			standIn + `: "https://iam.amazonaws.com": must be on this machine; set it to the sandbox's AWS, such as ` + local,
		},
		"NoURL":         {"AWS_ENDPOINT_URL", "localhost", standIn + `: "localhost": must be a URL; set it to the sandbox's AWS, such as ` + local},
		"NoRegion":      {"AWS_REGION", "", "missing region information: set aws:region or AWS_REGION"},
		"NoCredentials": {"AWS_ACCESS_KEY_ID", "", "missing credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a key of the sandbox's AWS; the sandbox's stand-in reads no profiles"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := environment(local)
			env[test.variable] = test.value
			engine := start(t, env)
			noError(t, configure(t, engine, nil)) // the engine's client goes on, and fails what comes next
			_, err := engine.Invoke(t.Context(), plugin.InvokeRequest{Tok: clusterFunction})
			refused(t, err, test.want)
		})
	}
}

func TestConfigure(t *testing.T) {
	t.Parallel()
	const reading = `reading EKS cluster "prod": `
	for name, test := range map[string]struct {
		config object
		fails  string
	}{
		"Environment":    {nil, ""},
		"Region":         {object{"region": "us-east-1"}, reading + "ResourceNotFoundException: "}, // it is in eu-west-1
		"Ignored":        {object{"profile": "mine", "skipRegionValidation": true, "endpoints": "[]"}, ""},
		"Key":            {object{"accessKey": "test", "secretKey": "test"}, ""},
		"WrongSecretKey": {object{"accessKey": "test", "secretKey": "wrong"}, reading + "InvalidSignatureException: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, properties(test.config))
			_, err := f.Invoke(t.Context(), plugin.InvokeRequest{Tok: clusterFunction, Args: properties(object{"name": "prod"})})
			if test.fails == "" {
				noError(t, err)
			} else if err == nil || len(err.Error()) < len(test.fails) || err.Error()[:len(test.fails)] != test.fails {
				t.Errorf("got error %v, want %s...", err, test.fails)
			}
		})
	}
}

func TestCheckConfig(t *testing.T) {
	t.Parallel()
	engine := start(t, environment("http://127.0.0.1:1"))
	check := func(config object) plugin.CheckConfigResponse {
		resp, err := engine.CheckConfig(t.Context(), plugin.CheckConfigRequest{
			URN: urn(configToken, "default"), News: properties(config), AllowUnknowns: true,
		})
		noError(t, err)
		return resp
	}
	equal(t, check(nil), plugin.CheckConfigResponse{Properties: properties(object{"region": region})})
	given := object{"region": "us-east-1", "profile": "mine"}
	equal(t, check(given), plugin.CheckConfigResponse{Properties: properties(given)})
	equal(t, check(object{"assumeRole": object{"roleArn": roleARN}}).Failures, []plugin.CheckFailure{{
		Property: "assumeRole",
		Reason:   "the sandbox's stand-in of the AWS provider does not support assumeRole; remove it",
	}})
}

func TestDiffConfig(t *testing.T) {
	t.Parallel()
	engine := start(t, environment("http://127.0.0.1:1"))
	diff := func(olds, news object) plugin.DiffResult {
		resp, err := engine.DiffConfig(t.Context(), plugin.DiffConfigRequest{
			URN: urn(configToken, "default"), AllowUnknowns: true,
			OldInputs: properties(olds), OldOutputs: properties(olds), NewInputs: properties(news),
		})
		noError(t, err)
		return resp
	}
	here := object{"region": region, "profile": "a"}
	equal(t, diff(here, here).Changes, plugin.DiffNone)
	changed := diff(here, with(here, object{"profile": "b"}))
	equal(t, changed.ChangedKeys, []resource.PropertyKey{"profile"})
	equal(t, changed.Replace(), false)
	equal(t, diff(here, with(here, object{"region": "us-east-1"})).ReplaceKeys, []resource.PropertyKey{"region"})
}

// TestDefaultTags: they come from the provider's configuration, and the resource's own win.
func TestDefaultTags(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]object{
		"Object": {"defaultTags": object{"tags": object{"a": "1", "b": "2"}}},
		"JSON":   {"defaultTags": `{"tags":{"a":"1","b":"2"}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, properties(config))
			tags := object{"a": "1", "b": "own", "c": "3"}
			made := f.create(t, roleToken, with(role, object{"tags": object{"b": "own", "c": "3"}}))
			equal(t, made.outputs["tags"].Mappable(), any(tags))
			equal(t, made.outputs["tagsAll"].Mappable(), any(tags))
			equal(t, f.check(t, policyToken, properties(policy))["tags"].Mappable(), any(object{"a": "1", "b": "2"}))
			equal(t, f.check(t, attachmentToken, properties(object{"role": "eso", "policyArn": policyARN})).HasValue("tags"), false)
		})
	}
}

func TestPluginInfo(t *testing.T) {
	t.Parallel()
	engine := start(t, nil)
	info, err := engine.GetPluginInfo(t.Context())
	noError(t, err)
	equal(t, info.Version.String(), "6.83.2")
	schema, err := engine.GetSchema(t.Context(), plugin.GetSchemaRequest{})
	noError(t, err)
	equal(t, string(schema.Schema), `{"functions":{"aws:eks/getCluster:getCluster":{},`+
		`"aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider":{}},"name":"aws",`+
		`"resources":{"aws:eks/addon:Addon":{},"aws:eks/podIdentityAssociation:PodIdentityAssociation":{},`+
		`"aws:iam/policy:Policy":{},"aws:iam/role:Role":{},`+
		`"aws:iam/rolePolicyAttachment:RolePolicyAttachment":{}},"version":"6.83.2"}`)
}
