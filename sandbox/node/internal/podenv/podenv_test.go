package podenv_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"

	"eso-aws/sandbox/node/internal/podenv"
)

func TestExpand(t *testing.T) {
	t.Parallel()
	vars := map[string]string{"A": "1", "B": "$(A)", "EMPTY": ""}
	for name, test := range map[string]struct{ in, want string }{
		"Plain":      {"text", "text"},
		"Known":      {"x-$(A)-y", "x-1-y"},
		"Twice":      {"$(A)$(A)", "11"},
		"Once":       {"$(B)", "$(A)"},
		"Unknown":    {"$(C)", "$(C)"},
		"Empty":      {"[$(EMPTY)]", "[]"},
		"Escaped":    {"$$(A)", "$(A)"},
		"Dollars":    {"$$$(A)", "$1"},
		"LastDollar": {"x$", "x$"},
		"NoParen":    {"$A", "$A"},
		"Unclosed":   {"$(A", "$(A"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, podenv.Expand(test.in, vars)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

const secretValue = "s3cr3t-value"

func resolver() podenv.Resolver {
	meta := func(name string) metav1.ObjectMeta { return metav1.ObjectMeta{Namespace: "ns", Name: name} }
	return podenv.Resolver{
		Client: fake.NewClientset(
			&corev1.ConfigMap{ObjectMeta: meta("cm"), Data: map[string]string{"k": "from-cm", "j": "more"}},
			&corev1.Secret{ObjectMeta: meta("sec"), Data: map[string][]byte{"k": []byte(secretValue)}},
		),
		Allocatable: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("8")},
	}
}

func pod() *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: "ns", Name: "p", UID: "u", Labels: map[string]string{"b": "2", "a": "1"},
			Annotations: map[string]string{"x.io/y": "z"},
		},
		Spec: corev1.PodSpec{NodeName: "n", ServiceAccountName: "sa"},
	}
}

func fieldRef(path string) *corev1.EnvVarSource {
	return &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: path}}
}

func resourceRef(name, divisor string) *corev1.EnvVarSource {
	ref := &corev1.ResourceFieldSelector{Resource: name}
	if divisor != "" {
		ref.Divisor = resource.MustParse(divisor)
	}
	return &corev1.EnvVarSource{ResourceFieldRef: ref}
}

func secretRef(name, key string, optional *bool) *corev1.EnvVarSource {
	return &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: name}, Key: key, Optional: optional,
	}}
}

func configRef(name, key string) *corev1.EnvVarSource {
	return &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{
		LocalObjectReference: corev1.LocalObjectReference{Name: name}, Key: key,
	}}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	yes := true
	local := corev1.LocalObjectReference{Name: "cm"}
	for name, test := range map[string]struct {
		c    corev1.Container
		want map[string]string
	}{
		"Values": {
			corev1.Container{Env: []corev1.EnvVar{{Name: "A", Value: "1"}, {Name: "B", Value: "$(A)$(C)"}, {Name: "C", Value: "3"}}},
			map[string]string{"A": "1", "B": "1$(C)", "C": "3"},
		},
		"EnvOverridesEnvFrom": {
			corev1.Container{
				EnvFrom: []corev1.EnvFromSource{
					{Prefix: "P_", ConfigMapRef: &corev1.ConfigMapEnvSource{LocalObjectReference: local}},
					{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: corev1.LocalObjectReference{Name: "sec"}}},
				},
				Env: []corev1.EnvVar{{Name: "P_j", Value: "own"}, {Name: "E", Value: "$(P_k)"}},
			},
			map[string]string{"P_k": "from-cm", "P_j": "own", "k": secretValue, "E": "from-cm"},
		},
		"Keys": {
			corev1.Container{Env: []corev1.EnvVar{
				{Name: "C", ValueFrom: configRef("cm", "k")}, {Name: "S", ValueFrom: secretRef("sec", "k", nil)},
			}},
			map[string]string{"C": "from-cm", "S": secretValue},
		},
		"OptionalOnesMissing": {
			corev1.Container{
				EnvFrom: []corev1.EnvFromSource{{ConfigMapRef: &corev1.ConfigMapEnvSource{
					LocalObjectReference: corev1.LocalObjectReference{Name: "none"}, Optional: &yes,
				}}},
				Env: []corev1.EnvVar{
					{Name: "A", ValueFrom: secretRef("none", "k", &yes)}, {Name: "B", ValueFrom: secretRef("sec", "none", &yes)},
				},
			},
			map[string]string{},
		},
		"Fields": {
			corev1.Container{Env: []corev1.EnvVar{
				{Name: "NAME", ValueFrom: fieldRef("metadata.name")},
				{Name: "NAMESPACE", ValueFrom: fieldRef("metadata.namespace")},
				{Name: "UID", ValueFrom: fieldRef("metadata.uid")},
				{Name: "LABEL", ValueFrom: fieldRef("metadata.labels['a']")},
				{Name: "LABELS", ValueFrom: fieldRef("metadata.labels")},
				{Name: "ANNOTATION", ValueFrom: fieldRef("metadata.annotations['x.io/y']")},
				{Name: "NODE", ValueFrom: fieldRef("spec.nodeName")},
				{Name: "ACCOUNT", ValueFrom: fieldRef("spec.serviceAccountName")},
				{Name: "POD_IP", ValueFrom: fieldRef("status.podIP")},
				{Name: "HOST_IP", ValueFrom: fieldRef("status.hostIP")},
			}},
			map[string]string{
				"NAME": "p", "NAMESPACE": "ns", "UID": "u", "LABEL": "1", "LABELS": "a=\"1\"\nb=\"2\"", "ANNOTATION": "z",
				"NODE": "n", "ACCOUNT": "sa", "POD_IP": "127.0.0.1", "HOST_IP": "127.0.0.1",
			},
		},
		"Resources": {
			corev1.Container{
				Resources: corev1.ResourceRequirements{
					Limits:   corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("1500Ki")},
					Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1500m")},
				},
				Env: []corev1.EnvVar{
					{Name: "MEMORY", ValueFrom: resourceRef("limits.memory", "")},
					{Name: "MEMORY_MI", ValueFrom: resourceRef("limits.memory", "1Mi")},
					{Name: "CPU", ValueFrom: resourceRef("requests.cpu", "")},
					{Name: "CPU_M", ValueFrom: resourceRef("requests.cpu", "1m")},
					{Name: "CPU_LIMIT", ValueFrom: resourceRef("limits.cpu", "")},
				},
			},
			map[string]string{"MEMORY": "1536000", "MEMORY_MI": "2", "CPU": "2", "CPU_M": "1500", "CPU_LIMIT": "8"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := resolver().Resolve(t.Context(), pod(), &test.c)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestResolveNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		from *corev1.EnvVarSource
		want string
	}{
		"Secret":    {secretRef("none", "k", nil), `resolving the variable "V": secrets "none" not found`},
		"SecretKey": {secretRef("sec", "none", nil), `resolving the variable "V": secret "sec" has no key "none"`},
		"ConfigMap": {configRef("none", "k"), `resolving the variable "V": configmaps "none" not found`},
		"Field":     {fieldRef("spec.none"), `resolving the variable "V": the field "spec.none" is not known`},
		"Resource": {
			resourceRef("none.cpu", ""),
			`resolving the variable "V": unknown resource "none.cpu"; available: those such as limits.cpu and requests.memory`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &corev1.Container{Env: []corev1.EnvVar{
				{Name: "S", ValueFrom: secretRef("sec", "k", nil)}, {Name: "V", ValueFrom: test.from},
			}}
			_, err := resolver().Resolve(t.Context(), pod(), c)
			if err == nil || err.Error() != test.want {
				t.Errorf("the error is %v, want %s", err, test.want)
			}
		})
	}
}
