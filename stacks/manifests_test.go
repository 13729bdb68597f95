package stacks_test

import (
	"cmp"
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/config"
	"eso-aws/internal/configtest"
	"eso-aws/internal/graph"
	"eso-aws/internal/plan"
	"eso-aws/stacks"
)

// waitFor also contains the version of the credentials.
const waitFor = "pulumi.com/waitFor"

// TestManifestsAreWhatIsRegistered proves that the program deploys each valid stack file, and registers the objects
// that Manifests returns.
func TestManifestsAreWhatIsRegistered(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../internal/config/testdata/valid/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			t.Parallel()
			values, encrypted := configtest.Stack(t, file)
			if strings.HasPrefix(values["eso-aws:chart"], "./") {
				values["eso-aws:chart"] = filepath.Join("../internal/config", values["eso-aws:chart"])
			}
			api := &apiServer{objects: map[string]any{}}
			kubeconfig := api.start(t)
			values = configtest.With(values, map[string]string{"kubeconfig": kubeconfig, "kubeContext": "k3d-eso-aws"})
			loaded, err := config.Load(configtest.Input(values, encrypted...))
			require.NoError(t, err)
			for namespace, create := range loaded.Namespaces {
				if !create {
					api.set(namespacePath+namespace, object("", namespace, ""))
				}
			}
			got, err := preview(t, loaded, values, append(encrypted, "eso-aws:kubeconfig"), kubeconfig)
			require.NoError(t, err)
			manifests := plain(t, stacks.Manifests(loaded))
			for _, manifest := range manifests {
				delete(manifest["metadata"].(map[string]any)["annotations"].(map[string]any), waitFor)
			}
			assert.ElementsMatch(t, manifests, registered(t, got))
		})
	}
}

// preview runs the program on an empty cluster.
func preview(
	t *testing.T, c *plan.Plan, values map[string]string, encrypted []string, kubeconfig string,
) (*graph.Graph, error) {
	t.Helper()
	_, server, _ := strings.Cut(kubeconfig, `server: "`)
	server, _, _ = strings.Cut(server, `"`)
	_, ca, _ := strings.Cut(kubeconfig, "certificate-authority-data: ")
	ca, _, _ = strings.Cut(ca, "}")
	e := &eksStack{url: server, ca: ca}
	in := "arn:" + string(c.Cluster.Partition) + ":"
	signer := cmp.Or(c.File.OIDCProviderARN, in+"iam::"+account+":oidc-provider/"+issuer)
	_, url, _ := strings.Cut(signer, "/")
	options := options(values)
	options.Encrypted, options.Preview = encrypted, true
	options.Functions = map[string]graph.Function{
		getCluster: e.cluster(map[string]any{
			"arn":        in + "eks:" + c.Cluster.Region + ":" + account + ":cluster/" + c.Cluster.Name,
			"identities": []any{map[string]any{"oidcs": []any{map[string]any{"issuer": "https://" + url}}}},
		}),
		getProvider: func(resource.PropertyMap) (resource.PropertyMap, error) {
			return resource.NewPropertyMapFromMap(map[string]any{
				"arn": signer, "clientIdLists": []any{"sts.amazonaws.com"},
			}), nil
		},
	}
	return run(options)
}

// registered returns the registered objects of the operator's kinds, without the annotations that only a running
// program adds.
func registered(t *testing.T, got *graph.Graph) []map[string]any {
	t.Helper()
	var objects []map[string]any
	for _, found := range got.Resources {
		if !strings.HasPrefix(string(found.URN.Type()), "kubernetes:external-secrets.io/") {
			continue
		}
		object := found.Inputs.Mappable()
		annotations := object["metadata"].(map[string]any)["annotations"].(map[string]any)
		assert.Equal(t, mine, annotations["eso-aws/stack"])
		maps.DeleteFunc(annotations, func(key string, _ any) bool {
			return slices.Contains([]string{"eso-aws/stack", "eso-aws/credentials", waitFor}, key)
		})
		objects = append(objects, object)
	}
	return plain(t, objects)
}

// plain converts objects to their JSON types.
func plain(t *testing.T, objects []map[string]any) []map[string]any {
	t.Helper()
	data, err := json.Marshal(objects)
	require.NoError(t, err)
	var decoded []map[string]any
	require.NoError(t, json.Unmarshal(data, &decoded))
	return decoded
}
