package e2e

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	secretstypes "github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"eso-aws/sandbox/aws"
	"eso-aws/sandbox/internal/kubeapi"
)

// The other accounts in the corpus, with roles that stores assume.
const security, dataTeam = "999988887777", "222233334444"

// otherAccounts returns access keys for the administrators of these accounts.
func otherAccounts() []aws.Credential {
	var keys []aws.Credential
	for _, number := range []string{security, dataTeam} {
		keys = append(keys, aws.Credential{AccessKeyID: number, SecretAccessKey: number, Account: number})
	}
	return keys
}

// keys holds the values of a Secret by key, or other strings by name.
type keys = map[string]string

// synced is the expected Secret; the type "" means Opaque.
type synced struct {
	Data, Labels, Annotations keys
	Type                      string
}

// content is a file of the corpus, its secrets in AWS, and the expected Secrets by their names in the file.
type content struct {
	File string
	AWS  []item
	Want map[string]synced
}

// item is a secret or a parameter in AWS.
type item struct {
	name            string
	values          []string // the value of each version; the last one is current
	account, region string   // default: the stack's
	parameter       bool
	tags            keys
	version         string // the ID of the only version
	stage           string // an additional label of the first version
}

func held(name string, values ...string) item { return item{name: name, values: values} }
func param(name string, values ...string) item {
	return item{name: name, values: values, parameter: true}
}

func (i item) in(region string) item    { i.region = region; return i }
func (i item) of(account string) item   { i.account = account; return i }
func (i item) tagged(tags keys) item    { i.tags = tags; return i }
func (i item) versioned(id string) item { i.version = id; return i }
func (i item) staged(stage string) item { i.stage = stage; return i }

// administers returns the configuration of an account's administrator; "" means the sandbox's account.
func administers(t testing.TB, account, in string) sdk.Config {
	config := awsConfig(t)
	config.Region = in
	if account != "" {
		config.Credentials = credentials.NewStaticCredentialsProvider(account, account, "")
	}
	return config
}

// put stores the item until the test ends.
func (i item) put(t *testing.T) {
	t.Helper()
	config := administers(t, i.account, i.region)
	if i.parameter {
		i.putParameter(t, ssm.NewFromConfig(config))
		return
	}
	client := secretsmanager.NewFromConfig(config)
	create := &secretsmanager.CreateSecretInput{Name: &i.name, SecretString: &i.values[0]}
	for key, value := range i.tags {
		create.Tags = append(create.Tags, secretstypes.Tag{Key: &key, Value: &value})
	}
	if i.version != "" {
		create.ClientRequestToken = &i.version
	}
	first := done[*secretsmanager.CreateSecretOutput](t)(client.CreateSecret(t.Context(), create))
	t.Cleanup(func() { i.remove(t) })
	if i.stage != "" {
		done[*secretsmanager.UpdateSecretVersionStageOutput](t)(client.UpdateSecretVersionStage(t.Context(),
			&secretsmanager.UpdateSecretVersionStageInput{
				SecretId: &i.name, VersionStage: &i.stage, MoveToVersionId: first.VersionId,
			}))
	}
	for _, value := range i.values[1:] {
		i.set(t, value)
	}
}

func (i item) putParameter(t *testing.T, client *ssm.Client) {
	t.Helper()
	for n, value := range i.values {
		input := &ssm.PutParameterInput{
			Name: &i.name, Value: &value, Type: ssmtypes.ParameterTypeSecureString, Overwrite: sdk.Bool(n > 0),
		}
		for key, value := range i.tags {
			input.Tags = append(input.Tags, ssmtypes.Tag{Key: &key, Value: &value})
		}
		done[*ssm.PutParameterOutput](t)(client.PutParameter(t.Context(), input))
	}
	if i.stage != "" {
		done[*ssm.LabelParameterVersionOutput](t)(client.LabelParameterVersion(t.Context(),
			&ssm.LabelParameterVersionInput{Name: &i.name, Labels: []string{i.stage}}))
	}
	t.Cleanup(func() {
		done[*ssm.DeleteParameterOutput](t)(client.DeleteParameter(context.WithoutCancel(t.Context()),
			&ssm.DeleteParameterInput{Name: &i.name}))
	})
}

// set replaces the current value of a secret.
func (i item) set(t *testing.T, value string) {
	t.Helper()
	client := secretsmanager.NewFromConfig(administers(t, i.account, i.region))
	done[*secretsmanager.PutSecretValueOutput](t)(client.PutSecretValue(t.Context(),
		&secretsmanager.PutSecretValueInput{SecretId: &i.name, SecretString: &value}))
}

// remove deletes a secret without a recovery window. It succeeds if the secret does not exist.
func (i item) remove(t *testing.T) {
	t.Helper()
	client := secretsmanager.NewFromConfig(administers(t, i.account, i.region))
	done[*secretsmanager.DeleteSecretOutput](t)(client.DeleteSecret(context.WithoutCancel(t.Context()),
		&secretsmanager.DeleteSecretInput{SecretId: &i.name, ForceDeleteWithoutRecovery: sdk.Bool(true)}))
}

// role creates a role until the test ends. It may read everything in its account. trust is a statement of its
// trust policy, without the effect.
func role(t *testing.T, account, path, name, trust string) {
	t.Helper()
	client, ctx := iam.NewFromConfig(administers(t, account, region)), context.WithoutCancel(t.Context())
	done[*iam.CreateRoleOutput](t)(client.CreateRole(ctx, &iam.CreateRoleInput{
		RoleName: &name, Path: &path,
		AssumeRolePolicyDocument: sdk.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow",` + trust + `}]}`),
	}))
	done[*iam.PutRolePolicyOutput](t)(client.PutRolePolicy(ctx, &iam.PutRolePolicyInput{
		RoleName: &name, PolicyName: &name,
		PolicyDocument: sdk.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*",` +
			`"Action":["secretsmanager:GetSecretValue","ssm:GetParameter","sts:AssumeRole"]}]}`),
	}))
	t.Cleanup(func() {
		done[*iam.DeleteRolePolicyOutput](t)(client.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: &name, PolicyName: &name}))
		done[*iam.DeleteRoleOutput](t)(client.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &name}))
	})
}

// trusts returns a trust statement for a role of the stack's account, which need not exist yet.
func trusts(role string) string {
	return `"Action":["sts:AssumeRole","sts:TagSession"],"Principal":{"AWS":"arn:aws:iam::` + account + `:root"},` +
		`"Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::` + account + `:role/` + role + `"}}`
}

// serviceAccount creates a service account that signs in with IRSA, and its role of the same name.
func serviceAccount(t *testing.T, namespace, name string) {
	t.Helper()
	issuer := strings.TrimPrefix(own(t).Issuer(), "https://")
	role(t, "", "/", name, `"Action":"sts:AssumeRoleWithWebIdentity",`+
		`"Principal":{"Federated":"arn:aws:iam::`+account+`:oidc-provider/`+issuer+`"},`+
		`"Condition":{"StringEquals":{"`+issuer+`:sub":"system:serviceaccount:`+namespace+`:`+name+`"}}`)
	create(t, "/api/v1/namespaces/"+namespace+"/serviceaccounts", object{"metadata": object{
		"name": name, "annotations": object{"eks.amazonaws.com/role-arn": "arn:aws:iam::" + account + ":role/" + name},
	}})
}

// merged is one stack with several files of the corpus, because deploying each would take too long.
type merged struct {
	stack   *stack
	files   []content
	secrets map[string]map[string]config // as in the files, by file and name
}

// home is the default namespace of secrets. It exists before and after the stack.
const home = "shop"

// merge creates a stack with the target of a committed stack file, and stores the files' secrets in AWS.
func merge(t *testing.T, stack string, files []content) *merged {
	t.Helper()
	m := &merged{files: files, secrets: map[string]map[string]config{}}
	seen := map[string]item{}
	for _, file := range files {
		for _, i := range file.AWS {
			if i.region == "" {
				i.region = region
			}
			at := fmt.Sprint(i.account, i.region, i.parameter, i.name)
			if known, ok := seen[at]; !ok {
				i.put(t)
			} else if !reflect.DeepEqual(known, i) {
				t.Fatalf("AWS holds %q of %s with something else", i.name, file.File)
			}
			seen[at] = i
		}
	}
	edit := func(c config) {
		c["eso-aws:namespace"], c["eso-aws:secrets"], c["eso-aws:namespaces"] = home, config{}, config{}
		delete(c, "eso-aws:refreshInterval")
		for _, file := range files {
			m.add(t, c, file.File)
		}
		c["eso-aws:namespaces"].(config)[home] = config{"create": false}
	}
	if stack == "local" {
		m.stack = newStack(t, edit)
	} else {
		m.stack = newEKSStack(t, stack, edit)
	}
	return m
}

// add merges a file of the corpus into the stack's settings. Its secrets and stores get the file's name as a
// prefix, and its default store becomes one of the stack's stores.
func (m *merged) add(t *testing.T, c config, file string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(env.checkout, "internal", "config", "testdata", "valid", file+".yaml"))
	must(t, err)
	var read struct{ Config config }
	must(t, yaml.Unmarshal(data, &read))
	from, namespaces := read.Config, c["eso-aws:namespaces"].(config)
	used := func(names ...any) {
		for _, name := range names {
			namespaces[name.(string)] = config{"create": true}
		}
	}
	stores, _ := from["eso-aws:stores"].(config)
	own := config{}
	for name, store := range stores {
		own[file+"."+name] = store
	}
	first, hasFirst := from["eso-aws:store"].(config)
	if hasFirst {
		delete(first, "name")
		own[file] = first
	}
	for _, store := range own {
		namespaces, _ := store.(config)["namespaces"].([]any)
		used(namespaces...)
	}
	m.secrets[file] = map[string]config{}
	for name, one := range from["eso-aws:secrets"].(config) {
		secret := one.(config)
		if store, ok := secret["store"]; ok {
			secret["store"] = file + "." + store.(string)
		} else if hasFirst {
			secret["store"] = file
		}
		if namespace, ok := secret["namespace"]; ok {
			used(namespace)
		}
		several, _ := secret["namespaces"].([]any)
		used(several...)
		m.secrets[file][name] = secret
		c["eso-aws:secrets"].(config)[file+"."+name] = secret
	}
	from["eso-aws:stores"] = own
	for _, key := range []string{"eso-aws:target", "eso-aws:auth", "aws:region"} {
		if value, ok := from[key]; ok && value != c[key] {
			t.Fatalf("%s of %s is not the stack's", key, file)
		}
	}
	for _, key := range []string{
		"aws:region", "eso-aws:target", "eso-aws:auth", "eso-aws:cluster", "eso-aws:namespace", "eso-aws:kubeContext",
		"eso-aws:chartVersion", "eso-aws:secrets", "eso-aws:store",
	} {
		delete(from, key)
	}
	for key, value := range from {
		lay(t, c, key, value)
	}
}

// lay sets a value that must not differ from an existing one. It merges maps.
func lay(t *testing.T, c config, key string, value any) {
	t.Helper()
	under, isMap := c[key].(config)
	over, ok := value.(config)
	switch {
	case c[key] == nil:
		c[key] = value
	case isMap && ok:
		for key, value := range over {
			lay(t, under, key, value)
		}
	case !reflect.DeepEqual(c[key], value):
		t.Fatalf("%s is %v already, and %v in another file", key, c[key], value)
	}
}

// target returns the name and the namespaces of the Secrets of a file's secret.
func (m *merged) target(file, name string) (target string, namespaces []string) {
	secret := m.secrets[file][name]
	target, namespaces = file+"."+name, []string{home}
	if own, ok := secret["target"].(string); ok {
		target = own
	}
	if own, ok := secret["namespace"].(string); ok {
		namespaces = []string{own}
	}
	if several, ok := secret["namespaces"].([]any); ok {
		namespaces = nil
		for _, one := range several {
			namespaces = append(namespaces, one.(string))
		}
	}
	return target, namespaces
}

// read returns a Secret; ok reports whether it exists.
func read(t *testing.T, namespace, name string) (s synced, ok bool) {
	t.Helper()
	var got struct {
		Type     string
		Metadata struct{ Labels, Annotations keys }
		Data     map[string][]byte
	}
	err := own(t).API().Get(t.Context(), "/api/v1/namespaces/"+namespace+"/secrets/"+name, &got)
	if kubeapi.NotFound(err) {
		return synced{}, false
	}
	must(t, err)
	s = synced{Type: got.Type, Data: keys{}, Labels: got.Metadata.Labels, Annotations: got.Metadata.Annotations}
	for key, value := range got.Data {
		s.Data[key] = string(value)
	}
	bookkeeping := func(key, _ string) bool {
		return strings.HasPrefix(key, "reconcile.external-secrets.io/") || strings.HasPrefix(key, "eso-aws/") ||
			strings.HasPrefix(key, "pulumi.com/")
	}
	maps.DeleteFunc(s.Labels, bookkeeping)
	maps.DeleteFunc(s.Annotations, bookkeeping)
	return s, true
}

// same fails the test if the Secrets of a file differ from want, to which it adds the labels and annotations
// of everywhere.
func (m *merged) same(t *testing.T, file string, want map[string]synced, everywhere synced) {
	t.Helper()
	for name := range m.secrets[file] {
		if _, ok := want[name]; !ok {
			t.Errorf("nothing is expected of %s", name)
		}
	}
	for name, want := range want {
		target, namespaces := m.target(file, name)
		want.Labels, want.Annotations = over(everywhere.Labels, want.Labels), over(everywhere.Annotations, want.Annotations)
		if want.Type == "" {
			want.Type = "Opaque"
		}
		for _, namespace := range namespaces {
			got, ok := read(t, namespace, target)
			if diff := cmp.Diff(want, got); !ok || diff != "" {
				t.Errorf("%s/%s, there %t, is something else than expected (-want +got):\n%s", namespace, target, ok, diff)
			}
		}
	}
}

func over(under, upper keys) keys {
	all := keys{}
	maps.Copy(all, under)
	maps.Copy(all, upper)
	return all
}

// deployed runs up once for all files, compares all of their Secrets, and runs up again.
func (m *merged) deployed(t *testing.T, everywhere synced) {
	t.Helper()
	step(t, "UpFromNothing", func(t *testing.T) { m.stack.up(t) })
	step(t, "Content", func(t *testing.T) {
		for _, file := range m.files {
			t.Run(file.File, func(t *testing.T) { m.same(t, file.File, file.Want, everywhere) })
		}
	})
	step(t, "SecondUpChangesNothing", func(t *testing.T) { m.stack.must(t, up("--expect-no-changes")...) })
}

// reread makes the operator sync a file's secret, and waits until its Secret is as expected.
func (m *merged) reread(t *testing.T, file, name string, expected func(s synced, there bool) bool) {
	t.Helper()
	target, namespaces := m.target(file, name)
	for _, namespace := range namespaces {
		kubectl(t, "annotate", "externalsecret", file+"."+name, "--namespace="+namespace, "--overwrite",
			"force-sync="+time.Now().Format(time.RFC3339Nano))
		eventually(t, func() error {
			if got, there := read(t, namespace, target); !expected(got, there) {
				return fmt.Errorf("%s/%s is not what it is to become: there %t, %v", namespace, target, there, got)
			}
			return nil
		})
	}
}

const (
	dbJSON     = `{"username":"shop","password":"p@ss/word","host":"db.internal","port":5432}`
	ordersJSON = `{"username":"orders","password":"a b&c","host":"pg.internal","port":5432,"dbname":"orders"}`
	docker     = `{"auths":{"registry.example.com":{"auth":"Ym90OnNlY3JldA=="}}}`
)

func db() keys {
	return keys{"username": "shop", "password": "p@ss/word", "host": "db.internal", "port": "5432"}
}

// numbered returns more secrets than fit in a page of AWS's answers, and the keys under which they are found.
func numbered(n int, prefix string, tags keys) (all []item, found keys) {
	found = keys{}
	for k := range n {
		name, value := fmt.Sprintf("%s%03d", prefix, k), fmt.Sprintf("value of %d", k)
		all = append(all, held(name, value).tagged(tags))
		found[strings.ReplaceAll(name, "/", "_")] = value
	}
	return all, found
}

// of returns an expected Secret with only these values.
func of(data keys) synced { return synced{Data: data} }

// TestContentLocal deploys the cases of the corpus with target local.
func TestContentLocal(t *testing.T) {
	take(t)
	createNamespace(t, home)
	m := merge(t, "local", localContent())
	m.deployed(t, synced{
		Labels: keys{"team": "shop"}, Annotations: keys{"example.com/contact": "shop@example.com"},
	})
	step(t, "RefreshPolicies", func(t *testing.T) {
		const file = "refresh-policies-of-secrets"
		held("shop/bootstrap-password").in(region).set(t, "another")
		held("shared/datadog").in(region).set(t, "rotated")
		m.reread(t, file, "datadog", func(s synced, _ bool) bool { return s.Data["api-key"] == "rotated" })
		m.reread(t, file, "bootstrap", func(s synced, _ bool) bool { return s.Data["password"] == "first" })
	})
	step(t, "DestroyLeavesTheOrphan", func(t *testing.T) {
		m.stack.destroy(t)
		const file = "creation-orphan-of-a-secret."
		gone(t, "/api/v1/namespaces/"+home+"/secrets/"+file+"shop-db")
		if _, there := read(t, home, file+"signing-key"); !there {
			t.Error("the orphan is gone")
		}
	})
}

func localContent() []content {
	env, envItems := keys{}, []item{}
	for _, name := range []string{
		"ADYEN_API_KEY", "ADYEN_HMAC_KEY", "AMPLITUDE_API_KEY", "DATABASE_PASSWORD", "KAFKA_SASL_PASSWORD", "LAUNCHDARKLY_SDK_KEY",
		"MAPBOX_TOKEN", "REDIS_AUTH_TOKEN", "SEGMENT_WRITE_KEY", "SENDGRID_API_KEY", "SENTRY_DSN", "SESSION_SECRET",
	} {
		env[name] = "the " + name
		envItems = append(envItems, held("checkout/"+strings.ReplaceAll(strings.ToLower(name), "_", "-"), env[name]))
	}
	between, _ := numbered(105, "between/", nil) // the two of monitoring/ are on two pages
	found, foundKeys := numbered(45, "shared/search/", nil)
	shopDB, mail := held("shop/db", dbJSON), held("shop/mail", `{"user":"m","password":"a/b","host":"mx","smtp":{"relay":{"password":"r"}}}`)
	settings := held("shop/settings", `{"maxConns":"5","log-level":"info"}`)
	datadog := held("shared/datadog", "dd")
	return []content{
		{"labels-annotations-and-a-template", []item{shopDB}, map[string]synced{"shop-db": {
			Data: keys{"DSN": "shop:p@ss/word"}, Labels: keys{"tier": "gold", "app": "shop"},
			Annotations: keys{"example.com/generated": "yes"},
		}}},
		{"annotations-of-a-secret", []item{shopDB}, map[string]synced{
			"shop-db": {Data: db(), Annotations: keys{"reloader.stakater.com/match": "true"}},
		}},
		{"basic-auth", []item{held("monitoring/remote-write", `{"user":"u","password":"p"}`)}, map[string]synced{
			"prometheus-remote-write": {Data: keys{"username": "u", "password": "p"}, Type: "kubernetes.io/basic-auth"},
		}},
		{"creation-orphan-of-a-secret", []item{shopDB, held("shop/signing-key", "older", "newer")}, map[string]synced{
			"shop-db": of(db()), "signing-key": of(keys{"key": "newer"}),
		}},
		{"data-over-extract", []item{shopDB, held("shared/rds-ca-bundle", "ca")}, map[string]synced{
			"shop-db": of(over(db(), keys{"ca.pem": "ca"})),
		}},
		{"decode-base64", []item{held("shop/keystore", "/u3+7QA=")}, map[string]synced{
			"keystore": of(keys{"keystore.jks": "\xfe\xed\xfe\xed\x00"}),
		}},
		{"decode-base64-url", []item{held("shop/web-push", `{"privateKey":"-__-"}`)}, map[string]synced{
			"web-push": of(keys{"private.key": "\xfb\xff\xfe"}),
		}},
		{"decode-none-written-out", []item{held("shop/plain", "cGxhaW4="), held("shop/packed", "cGFja2Vk")}, map[string]synced{
			"mixed": of(keys{"plain": "cGxhaW4=", "packed": "packed"}),
		}},
		{"docker-config-made", []item{held("ci/ghcr", `{"username":"bot","token":"secret"}`)}, map[string]synced{"ghcr": {
			Data: keys{".dockerconfigjson": `{"auths": {"ghcr.io": {"auth": "Ym90OnNlY3JldA=="}}}` + "\n"},
			Type: "kubernetes.io/dockerconfigjson",
		}}},
		{"docker-config-old-form", []item{held("ci/registry/dockercfg", `{"r.example.com":{}}`)}, map[string]synced{
			"registry": {Data: keys{".dockercfg": `{"r.example.com":{}}`}, Type: "kubernetes.io/dockercfg"},
		}},
		{"environment-of-an-application", envItems, map[string]synced{"checkout-env": of(env)}},
		{"everything-local", []item{
			shopDB, held("shop/db-extra", `{"POOL":"9"}`), param("/shop/local/log-level", "debug").in("eu-west-1"),
			param("/shared/log-level", "info").in("eu-west-1"), param("/shared/other", "not this").in("eu-west-1"),
			param("/shop/mode", "one", "two", "three").in("eu-west-1"),
		}, map[string]synced{
			"shop-db":  of(over(db(), keys{"EXTRA_POOL": "9", "URL": "postgresql://shop@db.internal"})),
			"shop-env": of(keys{"_shop_local_log-level": "debug", "_shared_log-level": "info", "MODE": "two"}),
		}},
		{"extract-json-member", []item{held("shop/platform", `{"kafka":{"brokers":"b:9092","tls":true}}`)}, map[string]synced{
			"kafka": of(keys{"brokers": "b:9092", "tls": "true"}),
		}},
		{"extract-several", []item{
			held("shared/defaults", `{"LOG_LEVEL":"info","QUEUE":"q"}`), held("shop/defaults", `{"LOG_LEVEL":"warn","POOL":"5"}`),
			held("shop/production", `{"LOG_LEVEL":"error"}`),
		}, map[string]synced{"shop-env": of(keys{"LOG_LEVEL": "error", "QUEUE": "q", "POOL": "5"})}},
		{"find-by-name", append(append([]item{held("monitoring/datadog-api-key", "api")}, between...),
			held("monitoring/datadog-app-key", "app")), map[string]synced{
			"datadog": of(keys{"monitoring_datadog-api-key": "api", "monitoring_datadog-app-key": "app"}),
		}},
		{"find-several", append(found, held("search/production/url", "u"), held("search/production/v2", "not this")), map[string]synced{
			"search": of(over(foundKeys, keys{"search_production_url": "u"})),
		}},
		{"json-nested-member", []item{mail}, map[string]synced{"mail": of(keys{"password": "r"})}},
		{"labels-of-a-secret", []item{held("argocd/clusters/west", `{"server":"s"}`)}, map[string]synced{
			"cluster-west": {Data: keys{"server": "s"}, Labels: keys{"argocd.argoproj.io/secret-type": "cluster", "region": ""}},
		}},
		{"local-several-namespaces", []item{shopDB, held("search/key", "k"), datadog}, map[string]synced{
			"shop-db": of(db()), "search-key": of(keys{"key": "k"}), "datadog": of(keys{"api-key": "dd"}),
		}},
		{"names-with-dots", []item{held("shop/example.com/ca", "ca"), held("shop/example.com/pem", "pem")}, map[string]synced{
			"shop.example.com": of(keys{"ca.crt": "ca", "shop.example.com.pem": "pem"}),
		}},
		{"namespace-of-a-secret", []item{held("shop/db-password", "pw"), held("ci/registry", docker)}, map[string]synced{
			"shop-db":  of(keys{"password": "pw"}),
			"registry": {Data: keys{".dockerconfigjson": docker}, Type: "kubernetes.io/dockerconfigjson"},
		}},
		{"parameter-store-on-this-machine", []item{param("/shop/local/log-level", "trace")}, map[string]synced{
			"shop-env": of(keys{"LOG_LEVEL": "trace"}),
		}},
		{"previous-version", nil, map[string]synced{"signing-keys": of(keys{"current": "newer", "previous": "older"})}},
		{"rds-keys-renamed", []item{held("orders/db", ordersJSON)}, map[string]synced{
			"orders-db": of(keys{"PGHOST": "pg.internal", "PGUSER": "orders", "PGPASSWORD": "a b&c"}),
		}},
		{"refresh-policies-of-secrets", []item{held("shop/bootstrap-password", "first"), shopDB, datadog}, map[string]synced{
			"bootstrap": of(keys{"password": "first"}), "shop-db": of(db()), "datadog": of(keys{"api-key": "dd"}),
		}},
		{"rewrite-found-names-in-steps", []item{held("certs/ca/root", "r"), held("certs/ca/old", "o")}, map[string]synced{
			"ca-bundles": of(keys{"root.pem": "r", "old.pem": "o"}),
		}},
		{"rewrite-merge-as-it-is", []item{held("platform/env/a", `{"A":"1"}`), held("platform/env/b", `{"B":"2"}`)}, map[string]synced{
			"platform-env": of(keys{"A": "1", "B": "2"}),
		}},
		{"rewrite-merge-into-json", []item{held("platform/settings/a", `{"A":1}`), held("platform/settings/b", `{"B":"2"}`)}, map[string]synced{
			"platform-settings": of(keys{
				"settings.json": `{"A":1,"B":"2"}`, "platform_settings_a": `{"A":1}`, "platform_settings_b": `{"B":"2"}`,
			}),
		}},
		{"rewrite-merge-of-an-extract", []item{
			held("platform/settings", `{"live":{"URL":"l"},"zone":{"URL":"z","POOL":"5"}}`),
		}, map[string]synced{"platform-settings": of(keys{"URL": "l", "POOL": "5"})}},
		{"rewrite-prefix-of-keys", []item{held("shop/orders-db", `{"url":"o"}`), held("shop/stock-db", `{"url":"s"}`)}, map[string]synced{
			"databases": of(keys{"orders_url": "o", "stock_url": "s"}),
		}},
		{"rewrite-transform-alone", []item{settings}, map[string]synced{
			"shop-env": of(keys{"APP_MAX_CONNS": "5", "APP_LOG_LEVEL": "info"}),
		}},
		{"spec-template-from-literal", []item{settings}, map[string]synced{
			"shop-env": of(keys{"MAXCONNS": "5", "LOG-LEVEL": "info"}),
		}},
		{"spec-template-merged", []item{shopDB}, map[string]synced{
			"shop-db": {Data: keys{"DSN": "shop"}, Labels: keys{"example.com/raw": "yes"}},
		}},
		{"ssh-auth", []item{held("tekton/git-key", "key")}, map[string]synced{"git-key": {
			Data: keys{"ssh-privatekey": "key"}, Type: "kubernetes.io/ssh-auth", Annotations: keys{"tekton.dev/git-0": "github.com"},
		}}},
		{"stores-cluster-and-namespace", []item{datadog, shopDB}, map[string]synced{
			"datadog": of(keys{"api-key": "dd"}), "shop-db": of(db()),
		}},
		{"template-checksum", []item{shopDB}, map[string]synced{
			"shop-db": of(keys{"password": "p@ss/word", "password.sha256": fmt.Sprintf("%x", sha256.Sum256([]byte("p@ss/word")))}),
		}},
		{"template-labels-and-annotations", []item{held("monitoring/grafana", `{"folder":"main","url":"http://p"}`)}, map[string]synced{
			"grafana-datasource": {
				Data:   keys{"datasource.yaml": "apiVersion: 1\ndatasources: [{name: main, type: prometheus, url: \"http://p\"}]\n"},
				Labels: keys{"grafana_datasource": "1"}, Annotations: keys{"grafana.com/folder": "main"},
			},
		}},
		{"template-replaces", []item{shopDB}, map[string]synced{
			"shop-db": of(keys{".pgpass": "db.internal:5432:*:shop:p@ss/word"}),
		}},
		{"template-variables", []item{mail}, map[string]synced{"mail": of(keys{"SMTP_URL": "smtps://m:a%2Fb@mx:465"})}},
		{"tls-of-a-json-secret", []item{held("ingress/shop", `{"certificate":"c\nd","key":"k"}`)}, map[string]synced{
			"shop-tls": {Data: keys{"tls.crt": "c\nd", "tls.key": "k"}, Type: "kubernetes.io/tls"},
		}},
		{"type-of-our-own", []item{held("vault/unseal", `{"1":"a"}`)}, map[string]synced{
			"unseal": {Data: keys{"1": "a"}, Type: "example.com/unseal-keys"},
		}},
	}
}

// TestContentIRSA deploys the cases of the corpus for EKS with IRSA.
func TestContentIRSA(t *testing.T) {
	take(t)
	createNamespace(t, home)
	serviceAccount(t, home, "payments-secrets")
	role(t, security, "/", "secrets-of-shop", trusts(irsaRole))
	role(t, security, "/", "payments", trusts("payments-secrets"))
	role(t, dataTeam, "/", "secrets-for-reports", trusts(irsaRole))
	role(t, dataTeam, "/", "shared-parameters", trusts(irsaRole))
	core := "/api/v1/namespaces/" + home
	create(t, core+"/configmaps", object{
		"metadata": object{"name": "shop-templates"}, "data": object{"application.yaml": "user: {{ .username }}\n"},
	})
	create(t, core+"/secrets", object{
		"metadata": object{"name": "argocd-secret"}, "stringData": object{"admin.password": "of others"},
	})
	files, preview := irsaContent()
	m := merge(t, "dev", files)
	m.deployed(t, synced{
		Labels:      keys{"team": "shop", "tier": "gold"},
		Annotations: keys{"reflector.v1.k8s.emberstack.com/reflection-allowed": "true"},
	})
	step(t, "GoneInAWS", func(t *testing.T) {
		preview.remove(t)
		m.reread(t, "deletion-delete-for-previews", "preview", func(_ synced, there bool) bool { return !there })
		held("argocd/extra").in(region).set(t, "{}") // by name, what is gone is what may not be read
		m.reread(t, "deletion-merge-with-creation-merge", "extra", func(s synced, _ bool) bool {
			return reflect.DeepEqual(s.Data, keys{
				"admin.password": "of others", "dex.github.clientSecret": "dex", "webhook.github.secret": "hook",
			})
		})
	})
	step(t, "Destroy", func(t *testing.T) { m.stack.destroy(t) })
}

func irsaContent() (files []content, preview item) {
	preview = held("previews/one", "1").in(region)
	shopDB, orders, defaults := held("shop/db", dbJSON), held("orders/db", ordersJSON), held("shared/defaults", `{"LOG_LEVEL":"info"}`)
	found, foundKeys := numbered(45, "search/production/", nil)
	tagged, taggedKeys := numbered(25, "tagged/", keys{"application": "search", "environment": "production"})
	between, _ := numbered(105, "between/", nil)
	var parameters []item
	parameterKeys := keys{"_shop_production_log-level": "debug", "_shop_production_app_trace-level": "off"}
	for k := range 15 { // AWS answers ten in a page
		name, value := fmt.Sprintf("/shop/production/setting%02d", k), fmt.Sprint(k)
		parameters = append(parameters, param(name, value))
		parameterKeys[strings.ReplaceAll(name, "/", "_")] = value
	}
	tags := keys{"application": "shop"}
	parameters = append(parameters, param("/shop/production/log-level", "debug"), param("/shop/production/app/trace-level", "off").tagged(tags))
	argo := of(keys{"admin.password": "of others", "dex.github.clientSecret": "dex", "webhook.github.secret": "hook", "extra": "e"})
	mail := param("/shop/mail", `{"smtp":{"password":"pw"}}`)
	certificate, private := held("ingress/shop/certificate", "certificate"), held("ingress/shop/private-key", "key")
	payments := held("payments/psp", `{"token":"ours"}`)
	return []content{
		{"annotations-over-annotations", []item{held("shop/ca", "ca"), shopDB}, map[string]synced{
			"ca": of(keys{"ca.crt": "ca"}),
			"shop-db": {Data: db(), Annotations: keys{
				"reflector.v1.k8s.emberstack.com/reflection-allowed-namespaces": "shop-jobs,shop-[0-9]+",
			}},
		}},
		{"creation-merge-of-a-secret", []item{held("argocd/dex", "dex"), held("argocd/webhook", "hook")}, map[string]synced{
			"argocd-dex": argo, "argocd-webhook": argo,
		}},
		{"decode-auto", []item{held("batch/sftp-key", "a2V5"), held("batch/sftp-known-hosts", "no base64!")}, map[string]synced{
			"sftp": of(keys{"id_ed25519": "key", "known_hosts": "no base64!"}),
		}},
		{"deletion-delete-for-previews", []item{preview}, map[string]synced{"preview": of(keys{"previews_one": "1"})}},
		{"deletion-merge-with-creation-merge", []item{held("argocd/extra", `{"extra":"e"}`)}, map[string]synced{"extra": argo}},
		{"docker-config-as-it-is", []item{held("ci/registry/docker-config", docker)}, map[string]synced{
			"registry": {Data: keys{".dockerconfigjson": docker}, Type: "kubernetes.io/dockerconfigjson"},
		}},
		{"extract-decoded", []item{
			held("certificates/partner-a", `{"a":"YQ=="}`), held("certificates/partner-b", `{"b":"-__-"}`),
			held("certificates/partner-c", `{"c":"plain!"}`), held("certificates/partner-d", `{"d":"ZA=="}`),
		}, map[string]synced{"partner-keys": of(keys{"a": "a", "b": "\xfb\xff\xfe", "c": "plain!", "d": "ZA=="})}},
		{"extract-several-with-and-without-members", []item{
			defaults, held("shop/platform", `{"kafka":{"brokers":"b"},"redis":{"url":"r"}}`),
		}, map[string]synced{"shop-env": of(keys{"LOG_LEVEL": "info", "url": "r"})}},
		{"find-and-decode", []item{
			held("tls/pem/a", "YQ=="), held("tls/der/b", "Yg=="), held("tls/jwk/c", "-__-"), held("tls/other/d", "plain!"),
		}, map[string]synced{"partner-certificates": of(keys{
			"tls_pem_a": "YQ==", "tls_der_b": "b", "tls_jwk_c": "\xfb\xff\xfe", "tls_other_d": "plain!",
		})}},
		{"find-by-name-below-a-path", append(found, held("search/production/maps-api-key", "m")), map[string]synced{
			"api-keys": of(keys{"search_production_maps-api-key": "m"}),
		}},
		{"find-by-name-that-begins", append(append([]item{held("monitoring/datadog-api", "api")}, between...),
			held("monitoring/datadog-app", "app")), map[string]synced{
			"datadog": of(keys{"monitoring_datadog-api": "api", "monitoring_datadog-app": "app"}),
		}},
		{"find-by-path", nil, map[string]synced{"search": of(over(foundKeys, keys{"search_production_maps-api-key": "m"}))}},
		{
			"find-by-tags", append(tagged, held("tagged/other", "not this").tagged(keys{"application": "search", "environment": "test"})),
			map[string]synced{"search": of(taggedKeys)},
		},
		{"find-extract-and-data", []item{defaults, held("shop/production/url", "u"), held("shop/release", "7")}, map[string]synced{
			"shop-env": of(keys{"LOG_LEVEL": "info", "shop_production_url": "u", "RELEASE": "7"}),
		}},
		{"labels-over-labels", []item{shopDB, held("search/key", "k")}, map[string]synced{
			"shop-db": of(db()), "search-key": {Data: keys{"key": "k"}, Labels: keys{"team": "search"}},
		}},
		{"namespaces-of-a-secret", []item{held("shared/registry/docker-config", docker)}, map[string]synced{
			"registry": {Data: keys{".dockerconfigjson": docker}, Type: "kubernetes.io/dockerconfigjson"},
		}},
		{"opaque-written-out", []item{shopDB}, map[string]synced{
			"shop-db": of(over(db(), keys{"DSN": "shop:p@ss/word@tcp(db.internal:3306)/shop"})),
		}},
		{"parameter-json", []item{param("/shop/settings", `{"POOL":5,"MODE":"live"}`), mail}, map[string]synced{
			"shop-env": of(keys{"POOL": "5", "MODE": "live", "SMTP_PASSWORD": "pw"}),
		}},
		{"parameter-store-beside-secrets", append(parameters, shopDB), map[string]synced{
			"shop-env": of(parameterKeys), "shop-db": of(db()),
		}},
		{"parameters-by-path-and-name", nil, map[string]synced{"shop-env": of(keys{"log_level": "debug", "trace_level": "off"})}},
		{"parameters-by-tags", nil, map[string]synced{"shop-env": of(keys{"_shop_production_app_trace-level": "off"})}},
		{"parameters-of-another-account", []item{param("/network/vpc-id", "vpc-1").of(dataTeam)}, map[string]synced{
			"network": of(keys{"VPC_ID": "vpc-1"}),
		}},
		{"rds-url", []item{orders}, map[string]synced{"orders-db-url": of(keys{
			"DATABASE_URL": "postgresql://orders:a+b%26c@pg.internal:5432/orders?sslmode=require",
		})}},
		{"rewrite-in-steps", []item{held("shop/settings", `{"settings.log-level":"info","pool":"5"}`)}, map[string]synced{
			"shop-env": of(keys{"LOG_LEVEL": "info", "POOL": "5"}),
		}},
		{"rewrite-merge-of-an-extract-into-json", []item{held("platform/settings", `{"a":{"A":"1"},"b":{"B":2}}`)}, map[string]synced{
			"platform-settings": of(keys{"merged.json": `{"A":"1","B":2}`, "a": `{"A":"1"}`, "b": `{"B":2}`}),
		}},
		{"rewrite-merge-with-priority", []item{
			held("platform/env/default", `{"URL":"d","MODE":"d","POOL":"5"}`), held("platform/env/production", `{"URL":"p"}`),
			held("platform/env/zone", `{"URL":"z","MODE":"z"}`),
		}, map[string]synced{"platform-env": of(keys{"URL": "p", "MODE": "d", "POOL": "5"})}},
		{"rewrite-with-a-group", []item{held("tls/partners/acme", "a"), held("tls/partners/beta", "b")}, map[string]synced{
			"partners": of(keys{"acme.pem": "a", "beta.pem": "b"}),
		}},
		{"spec-immutable", []item{held("shop/licence", "l").versioned("6b4a1a6e-1111-4222-8333-444455556666")}, map[string]synced{
			"licence": of(keys{"licence.key": "l"}),
		}},
		{"spec-template-from", []item{shopDB}, map[string]synced{"shop-config": of(keys{"application.yaml": "user: shop\n"})}},
		{"ssh-key-of-argo-cd", []item{held("argocd/github", `{"deployKey":"private"}`)}, map[string]synced{"repository-shop": {
			Data:   keys{"type": "git", "url": "git@github.com:example/shop.git", "sshPrivateKey": "private"},
			Labels: keys{"argocd.argoproj.io/secret-type": "repository"},
		}}},
		{"store-of-a-namespace-on-eks", []item{payments}, map[string]synced{"psp": of(keys{"token": "ours"})}},
		{"store-of-a-namespace-with-its-own-account", []item{payments}, map[string]synced{"psp": of(keys{"token": "ours"})}},
		{"store-role-of-another-account", []item{held("shop/db", `{"username":"theirs"}`).of(security)}, map[string]synced{
			"shop-db": of(keys{"username": "theirs"}),
		}},
		{
			"stores-another-account",
			[]item{held("reports/db", `{"user":"r"}`), held("warehouse/reports", `{"user":"w"}`).of(dataTeam)},
			map[string]synced{"reports-db": of(keys{"user": "r"}), "warehouse": of(keys{"user": "w"})},
		},
		{"stores-role-and-account", []item{held("payments/psp", `{"token":"theirs"}`).of(security)}, map[string]synced{
			"psp": of(keys{"token": "theirs"}),
		}},
		{"stores-two-regions", []item{shopDB, held("shop/db", `{"username":"west"}`).in("us-west-2")}, map[string]synced{
			"shop-db": of(db()), "shop-db-west": of(keys{"username": "west"}),
		}},
		{"target", []item{held("monitoring/grafana", `{"user":"admin","password":"pw"}`)}, map[string]synced{
			"grafana": of(keys{"admin-user": "admin", "admin-password": "pw"}),
		}},
		{"template-keys-with-a-hyphen", []item{held("shop/oauth", `{"client-id":"id","client-secret":"secret"}`)}, map[string]synced{
			"oauth": of(keys{"oauth.env": "CLIENT_ID=id\nCLIENT_SECRET=secret\n"}),
		}},
		{"template-of-a-file", []item{
			held("proxy/orders-db", ordersJSON), held("proxy/stock-db", "host=stock"), held("proxy/admins", "ada, bob"),
		}, map[string]synced{"pgbouncer": of(keys{
			"userlist.txt":  "\n\"ada\" \"\"\n\"bob\" \"\"\n",
			"pgbouncer.ini": "[databases]\norders = host=pg.internal user=orders password=a b&c\nstock = host=stock\n",
		})}},
		{"template-yaml-of-an-application", []item{orders, held("orders/mail", `{"password":"it"}`)}, map[string]synced{
			"orders-config": of(keys{"application.yaml": "spring:\n  datasource:\n" +
				"    url: jdbc:postgresql://pg.internal:5432/orders\n    username: \"orders\"\n    password: \"a b&c\"\n" +
				"  mail:\n    password: 'it'\n"}),
		}},
		{"tls-of-two-secrets", []item{certificate, private}, map[string]synced{
			"shop-tls": {Data: keys{"tls.crt": "certificate", "tls.key": "key"}, Type: "kubernetes.io/tls"},
		}},
		{"tls-with-its-chain", []item{certificate, private, held("ingress/shop/chain", "chain")}, map[string]synced{
			"shop-tls": {Data: keys{"tls.crt": "certificate\nchain", "tls.key": "key"}, Type: "kubernetes.io/tls"},
		}},
		{"twins-in-namespaces", []item{held("blue/db", `{"url":"blue"}`), held("green/db", `{"url":"green"}`)}, map[string]synced{
			"db-blue": of(keys{"url": "blue"}), "db-green": of(keys{"url": "green"}),
		}},
		{"version-by-id", nil, map[string]synced{"licence": of(keys{"licence.key": "l"})}},
	}, preview
}

// TestContentPodIdentity deploys the cases of the corpus for EKS Pod Identity.
func TestContentPodIdentity(t *testing.T) {
	take(t)
	const own = "external-secrets-pod-identity"
	createNamespace(t, home)
	serviceAccount(t, home, "payments-secrets")
	role(t, security, "/eks/", "secrets-of-shop", trusts(own))
	tagged, taggedKeys := numbered(25, "search/", keys{"team": "discovery"})
	shopDB, signing := held("shop/db", dbJSON).in(region), held("shop/signing-key", "key").in(region)
	m := merge(t, "training", []content{
		{"deletion-retain-over-the-stack", []item{shopDB, signing}, map[string]synced{
			"shop-db": of(db()), "signing-key": of(keys{"key": "key"}),
		}},
		{"eks-pod-identity-one-key", []item{held("shop/datadog-api-key", "dd")}, map[string]synced{
			"datadog-api-key": of(keys{"api-key": "dd"}),
		}},
		{"find-by-name-that-is-whole", []item{held("monitoring/datadog", "d"), held("monitoring/datadog2", "not this")}, map[string]synced{
			"datadog": of(keys{"monitoring_datadog": "d"}),
		}},
		{"find-by-tags-below-a-path", append(tagged, held("elsewhere", "not this").tagged(keys{"team": "discovery"})), map[string]synced{
			"search": of(taggedKeys),
		}},
		{"parameter-versions", []item{param("/shop/licence", "1", "2", "3", "4").staged("production")}, map[string]synced{
			"licence": of(keys{"old": "3", "current": "4"}),
		}},
		{"parameters-by-path", []item{param("/shop/production/mode", "live").in("eu-west-1")}, map[string]synced{
			"shop-env": of(keys{"_shop_production_mode": "live"}),
		}},
		{"rewrite-merge-found-strict", []item{
			held("platform/env/base", `{"A":"base","B":"base"}`), held("platform/env/live", `{"A":"live"}`), held("platform/env/zone", `{"A":"zone","B":"zone"}`),
		}, map[string]synced{"platform-env": of(keys{
			"env.json": `{"A":"live","B":"base"}`, "platform_env_base": `{"A":"base","B":"base"}`,
			"platform_env_live": `{"A":"live"}`, "platform_env_zone": `{"A":"zone","B":"zone"}`,
		})}},
		{"spec-over-data", []item{held("shop/db-password", "pw")}, map[string]synced{"shop-db": of(keys{"password": "pw"})}},
		{
			"staging-label-of-our-own",
			[]item{held("canary/feature-flags", `{"flag":"canary"}`, `{"flag":"current"}`).staged("CANARY")},
			map[string]synced{"feature-flags": of(keys{"flag": "canary"})},
		},
		{"store-account-under-pod-identity", []item{held("payments/psp", `{"token":"t"}`)}, map[string]synced{
			"psp": of(keys{"token": "t"}),
		}},
		{"store-role-by-pod-identity", []item{held("shop/db", `{"username":"theirs"}`).of(security)}, map[string]synced{
			"shop-db": of(keys{"username": "theirs"}),
		}},
	})
	m.deployed(t, synced{})
	step(t, "GoneInAWS", func(t *testing.T) {
		const file = "deletion-retain-over-the-stack"
		shopDB.set(t, "{}")
		m.reread(t, file, "shop-db", func(_ synced, there bool) bool { return !there })
		signing.remove(t)
		m.reread(t, file, "signing-key", func(s synced, _ bool) bool { return s.Data["key"] == "key" })
	})
	step(t, "Destroy", func(t *testing.T) { m.stack.destroy(t) })
}
