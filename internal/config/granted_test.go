package config_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/configtest"
	"eso-aws/internal/iam"
	"eso-aws/internal/iamtest"
	"eso-aws/internal/plan"
	"eso-aws/internal/stackfile"
)

// TestValidIsGranted: of each stack file of EKS the operator's role may do what the
// operator does for it, and may neither write nor read what is not named.
func TestValidIsGranted(t *testing.T) {
	t.Parallel()
	asked := 0
	for name, path := range validCases(t) {
		values, encrypted := configtest.Stack(t, path)
		got, err := load(values, encrypted...)
		require.NoError(t, err)
		var policies []string
		if !got.OnEKS() {
			continue
		}
		documents, wrong := iam.Permissions(account, got.Grants()...)
		require.Empty(t, wrong)
		for _, document := range documents {
			policies = append(policies, document.JSON())
		}
		decide := func(want bool, request iamtest.Request) {
			allowed, err := iamtest.Allowed(request, policies...)
			require.NoError(t, err, name)
			assert.Equal(t, want, allowed, "%s: %+v", name, request)
			asked++
		}
		for _, secret := range got.Secrets {
			for _, request := range requests(got, secret) {
				decide(true, request)
			}
		}
		other := reader{&got.Cluster, &plan.Source{Store: stackfile.Store{Region: got.Region}}}
		for _, secret := range []string{"nobody/else", "nobody"} {
			decide(false, other.get(secret, nil))
			decide(false, iamtest.Request{Action: "secretsmanager:PutSecretValue", Resource: other.secret(secret)})
		}
	}
	assert.Greater(t, asked, 500)
}

// requests are what the operator asks AWS for a secret: of the secret itself, or of the
// role that it goes on to.
func requests(p *plan.Plan, secret *plan.Secret) []iamtest.Request {
	store := secret.From.Source
	r := reader{&p.Cluster, store}
	switch {
	case store.ServiceAccount != "": // who has a role of its own
		return nil
	case store.Role != "":
		return []iamtest.Request{{Action: "sts:AssumeRole", Resource: store.Role}}
	}
	var all []iamtest.Request
	for _, remote := range secret.Source.Data {
		all = append(all, r.get(remote.Key, nil))
	}
	for _, extract := range secret.Source.Extract {
		all = append(all, r.get(extract.Key, nil))
	}
	for _, find := range secret.Source.Find {
		all = append(all, r.find(find)...)
	}
	return all
}

// reader is who reads from a store.
type reader struct {
	cluster *plan.Cluster
	store   *plan.Source
}

func (r reader) arn(service, resource string) string {
	return iam.ARN{
		Partition: r.cluster.Partition, Service: service, Region: r.store.Region, Account: account,
		Resource: resource,
	}.String()
}

var wholeARN = regexp.MustCompile(`-[A-Za-z0-9]{6}$`)

// secret is the ARN of a secret, with the characters that AWS adds.
func (r reader) secret(key string) string {
	switch {
	case !strings.HasPrefix(key, "arn:"):
		return r.arn("secretsmanager", "secret:"+key+"-a1B2c3")
	case wholeARN.MatchString(key):
		return key
	default:
		return key + "-a1B2c3"
	}
}

func (r reader) parameter(key string) string {
	if strings.HasPrefix(key, "arn:") {
		return key
	}
	return r.arn("ssm", "parameter/"+strings.TrimPrefix(key, "/"))
}

// get reads one, which has the tags.
func (r reader) get(key string, tags map[string]string) iamtest.Request {
	context := map[string]string{}
	for name, value := range tags {
		context["aws:ResourceTag/"+name] = value
	}
	if r.store.Service == plan.ParameterStore {
		return iamtest.Request{Action: "ssm:GetParameter", Resource: r.parameter(key), Context: context}
	}
	return iamtest.Request{Action: "secretsmanager:GetSecretValue", Resource: r.secret(key), Context: context}
}

// find looks for several, and reads one of them where it is known how its name begins.
func (r reader) find(find stackfile.Find) []iamtest.Request {
	on := func(actions ...string) []iamtest.Request {
		var all []iamtest.Request
		for _, action := range actions {
			all = append(all, iamtest.Request{Action: action, Resource: "*"})
		}
		return all
	}
	parameters := r.store.Service == plan.ParameterStore
	switch {
	case parameters && len(find.Tags) > 0:
		return append(on("ssm:DescribeParameters"), r.get(strings.TrimSuffix(find.Path, "/")+"/x", find.Tags))
	case parameters:
		return []iamtest.Request{{Action: "ssm:GetParametersByPath", Resource: strings.TrimSuffix(r.parameter(find.Path), "/")}}
	case find.Path != "" || len(find.Tags) > 0:
		return append(on("secretsmanager:ListSecrets", "secretsmanager:BatchGetSecretValue"), r.get(find.Path+"x", find.Tags))
	default:
		return on("secretsmanager:ListSecrets")
	}
}
