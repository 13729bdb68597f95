package e2e

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"reflect"
	"testing"
)

const secrets = "/api/v1/namespaces/zio-lucene/secrets/"

// kubeSecret is a Secret of Kubernetes.
type kubeSecret struct {
	Metadata struct {
		UID             string
		OwnerReferences []struct{ APIVersion, Kind, Name string }
	}
	Data map[string]string // base64
}

func getSecret(t *testing.T, name string) (kubeSecret, error) {
	t.Helper()
	var s kubeSecret
	err := own(t).API().Get(t.Context(), secrets+name, &s)
	return s, err
}

// holds returns nil if a Secret has exactly these values.
func holds(t *testing.T, name string, want map[string]string) error {
	t.Helper()
	return holdsAt(t, secrets+name, want)
}

func holdsAt(t *testing.T, path string, want map[string]string) error {
	t.Helper()
	var secret kubeSecret
	if err := own(t).API().Get(t.Context(), path, &secret); err != nil {
		return err
	}
	encoded := map[string]string{}
	for key, value := range want {
		encoded[key] = base64.StdEncoding.EncodeToString([]byte(value))
	}
	if !reflect.DeepEqual(secret.Data, encoded) {
		return fmt.Errorf("the Secret %q does not hold what Secrets Manager does", path)
	}
	return nil
}

func store(t *testing.T, name, value string) {
	t.Helper()
	must(t, own(t).AWS().PutSecret(region, name, value))
}

// TestLocalStack tests the life of a stack. Each step continues from the previous one.
func TestLocalStack(t *testing.T) {
	take(t)
	store(t, "zio-lucene/datadog-api-key", "dummy")
	s := newStack(t, nil)
	before := everything(t)
	step(t, "PreviewBeforeTheCRDsExist", func(t *testing.T) {
		s.must(t, "preview")
		sameObjects(t, before)
	})
	step(t, "UpFromNothing", func(t *testing.T) {
		s.up(t)
		must(t, holds(t, "datadog-api-key", map[string]string{"api-key": "dummy"}))
		secret, err := getSecret(t, "datadog-api-key")
		must(t, err)
		if secret.Data["api-key"] != "ZHVtbXk=" {
			t.Error("the Secret does not hold api-key: ZHVtbXk=")
		}
		owners := fmt.Sprint(secret.Metadata.OwnerReferences)
		if want := "[{external-secrets.io/v1 ExternalSecret datadog-api-key}]"; owners != want {
			t.Errorf("the Secret is owned by %s, want %s", owners, want)
		}
	})
	step(t, "Outputs", func(t *testing.T) {
		want := map[string]any{
			"namespace": "zio-lucene", "storeKind": "SecretStore", "storeName": "localstack-secretsmanager",
			"secrets": map[string]any{"datadog-api-key": []any{"api-key"}},
		}
		if got := s.outputs(t); !reflect.DeepEqual(got, want) {
			t.Errorf("the outputs are %v, want %v", got, want)
		}
	})
	step(t, "SecondUpAndRefreshChangeNothing", s.noChanges)
	step(t, "AddASecretByConfigAlone", func(t *testing.T) {
		store(t, "zio-lucene/other", "first")
		s.edit(t, func(c config) { secretsOf(c)["other"] = secret("password", "zio-lucene/other") })
		s.up(t)
		must(t, holds(t, "other", map[string]string{"password": "first"}))
	})
	step(t, "ChangeTheRefreshInterval", func(t *testing.T) {
		s.edit(t, func(c config) { c["eso-aws:refreshInterval"] = "2s" })
		s.up(t)
		for _, name := range []string{"datadog-api-key", "other"} {
			var es struct {
				Spec struct{ RefreshInterval string }
			}
			must(t, own(t).API().Get(t.Context(), externalSecrets+name, &es))
			if es.Spec.RefreshInterval != "2s" {
				t.Errorf("the refresh interval of %s is %q, want 2s", name, es.Spec.RefreshInterval)
			}
		}
		s.noChanges(t)
	})
	step(t, "ARotatedValueArrives", func(t *testing.T) {
		rotated := rand.Text()
		store(t, "zio-lucene/other", rotated)
		eventually(t, func() error {
			return holds(t, "other", map[string]string{"password": rotated})
		})
	})
	step(t, "RemoveOneSecret", func(t *testing.T) {
		kept, err := getSecret(t, "datadog-api-key")
		must(t, err)
		s.edit(t, func(c config) { delete(secretsOf(c), "other") })
		s.up(t)
		gone(t, secrets+"other")
		still, err := getSecret(t, "datadog-api-key")
		must(t, err)
		if still.Metadata.UID != kept.Metadata.UID {
			t.Error("the other Secret is not the one that it was")
		}
	})
	step(t, "DestroyLeavesNothing", func(t *testing.T) {
		s.destroy(t)
		eventually(t, func() error { return changed(before, everything(t)) }) // the garbage collector is asynchronous
	})
	step(t, "UpAgainAfterDestroy", func(t *testing.T) {
		s.up(t)
		must(t, holds(t, "datadog-api-key", map[string]string{"api-key": "dummy"}))
	})
}

const externalSecrets = "/apis/external-secrets.io/v1/namespaces/zio-lucene/externalsecrets/"
