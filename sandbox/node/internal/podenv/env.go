// Package podenv computes a container's environment from env and envFrom. As a kubelet does, it reads the
// objects that these refer to when the container starts.
//
// There are no variables for Services, because there is no cluster network.
package podenv

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// Resolver reads the objects that environments refer to.
type Resolver struct {
	Client kubernetes.Interface
	// Allocatable is used for limits that a container does not set.
	Allocatable corev1.ResourceList
}

// Resolve returns the variables of container c of pod. Errors name a missing object or key, and never a value.
func (r Resolver) Resolve(ctx context.Context, pod *corev1.Pod, c *corev1.Container) (map[string]string, error) {
	vars := map[string]string{}
	for _, from := range c.EnvFrom {
		values, err := r.all(ctx, pod.Namespace, from)
		if err != nil {
			return nil, err
		}
		for key, value := range values {
			vars[from.Prefix+key] = value
		}
	}
	for _, env := range c.Env {
		if env.ValueFrom == nil {
			vars[env.Name] = Expand(env.Value, vars)
			continue
		}
		value, found, err := r.one(ctx, pod, c, env.ValueFrom)
		if err != nil {
			return nil, fmt.Errorf("resolving the variable %q: %w", env.Name, err)
		}
		if found {
			vars[env.Name] = value
		}
	}
	return vars, nil
}

// all reads every key of an envFrom source.
func (r Resolver) all(ctx context.Context, namespace string, from corev1.EnvFromSource) (map[string]string, error) {
	switch {
	case from.ConfigMapRef != nil:
		data, err := r.configMap(ctx, namespace, from.ConfigMapRef.Name)
		return data, unless(from.ConfigMapRef.Optional, err)
	case from.SecretRef != nil:
		data, err := r.secret(ctx, namespace, from.SecretRef.Name)
		return data, unless(from.SecretRef.Optional, err)
	default:
		return nil, nil
	}
}

// one reads a single value; found is false if the value is optional and missing.
func (r Resolver) one(ctx context.Context, pod *corev1.Pod, c *corev1.Container,
	from *corev1.EnvVarSource,
) (value string, found bool, err error) {
	switch {
	case from.ConfigMapKeyRef != nil:
		ref := from.ConfigMapKeyRef
		data, err := r.configMap(ctx, pod.Namespace, ref.Name)
		return pick(data, "configmap", ref.Name, ref.Key, ref.Optional, err)
	case from.SecretKeyRef != nil:
		ref := from.SecretKeyRef
		data, err := r.secret(ctx, pod.Namespace, ref.Name)
		return pick(data, "secret", ref.Name, ref.Key, ref.Optional, err)
	case from.FieldRef != nil:
		value, err := field(pod, from.FieldRef.FieldPath)
		return value, err == nil, err
	case from.ResourceFieldRef != nil:
		value, err := r.resource(pod, c, from.ResourceFieldRef)
		return value, err == nil, err
	default:
		return "", false, errors.New("the sandbox node does not support this source: " +
			"write a value, or a reference to a ConfigMap, a Secret, a field or a resource")
	}
}

func (r Resolver) configMap(ctx context.Context, namespace, name string) (map[string]string, error) {
	object, err := r.Client.CoreV1().ConfigMaps(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	return object.Data, nil
}

func (r Resolver) secret(ctx context.Context, namespace, name string) (map[string]string, error) {
	object, err := r.Client.CoreV1().Secrets(namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	data := make(map[string]string, len(object.Data))
	for key, value := range object.Data {
		data[key] = string(value)
	}
	return data, nil
}

func pick(data map[string]string, kind, name, key string, optional *bool, err error) (string, bool, error) {
	if err != nil {
		return "", false, unless(optional, err)
	}
	value, found := data[key]
	if !found && (optional == nil || !*optional) {
		return "", false, fmt.Errorf("%s %q has no key %q", kind, name, key)
	}
	return value, found, nil
}

// unless drops the error of a missing optional object.
func unless(optional *bool, err error) error {
	if optional != nil && *optional && apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// resource is a request or limit in units of the divisor, rounded up.
func (r Resolver) resource(pod *corev1.Pod, c *corev1.Container, ref *corev1.ResourceFieldSelector) (string, error) {
	if ref.ContainerName != "" {
		for i := range pod.Spec.Containers {
			if pod.Spec.Containers[i].Name == ref.ContainerName {
				c = &pod.Spec.Containers[i]
			}
		}
	}
	kind, name, _ := strings.Cut(ref.Resource, ".")
	limits := maps.Clone(r.Allocatable)
	maps.Copy(limits, c.Resources.Limits)
	list, known := map[string]corev1.ResourceList{"limits": limits, "requests": c.Resources.Requests}[kind]
	if !known {
		return "", fmt.Errorf("unknown resource %q; available: those such as limits.cpu and requests.memory",
			ref.Resource)
	}
	quantity, divisor := list[corev1.ResourceName(name)], ref.Divisor
	amount, unit := quantity.Value(), max(divisor.Value(), 1)
	if name == string(corev1.ResourceCPU) {
		amount, unit = quantity.MilliValue(), divisor.MilliValue()
		if unit == 0 {
			unit = 1000
		}
	}
	return fmt.Sprint((amount + unit - 1) / unit), nil
}
