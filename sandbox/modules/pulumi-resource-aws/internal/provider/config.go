package provider

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"eso-aws/sandbox/modules/pulumi-resource-aws/internal/catalog"
)

const endpointVariable = "AWS_ENDPOINT_URL"

// refused returns the settings that the stand-in neither supports nor can ignore, because they change what
// the provider does. It ignores all other settings that it does not read, such as endpoints and profile.
func refused() []resource.PropertyKey {
	return []resource.PropertyKey{
		"allowedAccountIds", "assumeRole", "assumeRoleWithWebIdentity", "assumeRoles", "forbiddenAccountIds",
		"ignoreTags",
	}
}

// CheckConfig fills in the region from the environment.
func (p *Provider) CheckConfig(_ context.Context, req plugin.CheckConfigRequest) (plugin.CheckConfigResponse, error) {
	config := req.News.Copy()
	if !config.HasValue("region") {
		if region := p.region(); region != "" {
			config["region"] = resource.NewProperty(region)
		}
	}
	var failures []plugin.CheckFailure
	for _, key := range refused() {
		if config.HasValue(key) {
			failures = append(failures, plugin.CheckFailure{Property: key, Reason: fmt.Sprintf(
				"the sandbox's stand-in of the AWS provider does not support %s; remove it", key)})
		}
	}
	return plugin.CheckConfigResponse{Properties: config, Failures: failures}, nil
}

func (p *Provider) region() string {
	return cmp.Or(p.options.Getenv("AWS_REGION"), p.options.Getenv("AWS_DEFAULT_REGION"))
}

// DiffConfig returns the changes of the configuration. Another region replaces all resources.
func (p *Provider) DiffConfig(_ context.Context, req plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	diff := plugin.DiffResult{Changes: plugin.DiffNone}
	changed := req.OldInputs.Diff(req.NewInputs)
	if changed == nil {
		return diff, nil
	}
	diff.Changes = plugin.DiffSome
	diff.ChangedKeys = slices.DeleteFunc(changed.Keys(), func(key resource.PropertyKey) bool {
		return !changed.Changed(key)
	})
	if changed.Changed("region") {
		diff.ReplaceKeys = []resource.PropertyKey{"region"}
	}
	return diff, nil
}

// Configure creates the clients. It refuses endpoints that could be AWS.
func (p *Provider) Configure(_ context.Context, req plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	endpoint := p.options.Getenv(endpointVariable)
	if err := checkEndpoint(endpoint); err != nil {
		return plugin.ConfigureResponse{}, fmt.Errorf("this is the sandbox's stand-in of the AWS provider, "+
			"which never talks to AWS itself: %w", err)
	}
	region := cmp.Or(text(req.Inputs, "region"), p.region())
	if region == "" {
		return plugin.ConfigureResponse{}, errors.New("missing region information: set aws:region or AWS_REGION")
	}
	credentials, err := p.credentials(req.Inputs)
	if err != nil {
		return plugin.ConfigureResponse{}, err
	}
	tags, err := defaultTags(req.Inputs)
	if err != nil {
		return plugin.ConfigureResponse{}, err
	}
	p.defaultTags = tags
	p.clients = catalog.NewClients(endpoint, region, credentials)
	return plugin.ConfigureResponse{}, nil
}

// checkEndpoint requires a loopback address, as the sandbox has.
func checkEndpoint(endpoint string) error {
	if endpoint == "" {
		return fmt.Errorf("%s is required; set it to the sandbox's AWS, or remove this plugin to use AWS",
			endpointVariable)
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme == "" {
		return fmt.Errorf("%s: %q: must be a URL; set it to the sandbox's AWS, such as http://127.0.0.1:4566",
			endpointVariable, endpoint)
	}
	host := u.Hostname()
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("%s: %q: must be on this machine; set it to the sandbox's AWS, such as http://127.0.0.1:4566",
			endpointVariable, endpoint)
	}
	return nil
}

func (p *Provider) credentials(config resource.PropertyMap) (aws.Credentials, error) {
	credentials := aws.Credentials{
		AccessKeyID:     text(config, "accessKey"),
		SecretAccessKey: text(config, "secretKey"),
		SessionToken:    text(config, "token"),
	}
	if credentials.AccessKeyID == "" {
		credentials = aws.Credentials{
			AccessKeyID:     p.options.Getenv("AWS_ACCESS_KEY_ID"),
			SecretAccessKey: p.options.Getenv("AWS_SECRET_ACCESS_KEY"),
			SessionToken:    p.options.Getenv("AWS_SESSION_TOKEN"),
		}
	}
	if !credentials.HasKeys() {
		return credentials, errors.New("missing credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY " +
			"to a key of the sandbox's AWS; the sandbox's stand-in reads no profiles")
	}
	return credentials, nil
}

// defaultTags parses the setting, which is an object or JSON.
func defaultTags(config resource.PropertyMap) (resource.PropertyMap, error) {
	setting := config["defaultTags"]
	if setting.IsString() {
		var parsed map[string]any
		if err := json.Unmarshal([]byte(setting.StringValue()), &parsed); err != nil {
			return nil, fmt.Errorf("reading defaultTags (write {\"tags\": {\"key\": \"value\"}}): %w", err)
		}
		setting = resource.NewPropertyValue(parsed)
	}
	if !setting.IsObject() || !setting.ObjectValue()["tags"].IsObject() {
		return nil, nil
	}
	return setting.ObjectValue()["tags"].ObjectValue(), nil
}

func text(config resource.PropertyMap, key resource.PropertyKey) string {
	if v := config[key]; v.IsString() {
		return v.StringValue()
	}
	return ""
}
