package access

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"eso-aws/sandbox/node/internal/pod"
)

// Server is the address and the CA of an API server, without credentials.
type Server struct {
	URL string
	CA  []byte
	// Insecure is true if the kubeconfig turns off verification.
	Insecure bool
}

// ServerOf returns the server of a client configuration.
func ServerOf(config *rest.Config) (Server, error) {
	config = rest.CopyConfig(config)
	if err := rest.LoadTLSFiles(config); err != nil {
		return Server{}, fmt.Errorf("reading the API server's certificate authority: %w", err)
	}
	return Server{URL: config.Host, CA: config.CAData, Insecure: config.Insecure}, nil
}

// Injector returns an injector of kubeconfigs, for pods unless they or their ServiceAccounts turn off
// automountServiceAccountToken.
func Injector(client kubernetes.Interface, server Server, log *slog.Logger) pod.Injector {
	return func(ctx context.Context, spec *corev1.Pod, dir string) ([]pod.Variables, error) {
		if wanted, err := automount(ctx, client, spec); err != nil || !wanted {
			return nil, err
		}
		token := TokenFile{Client: client, Log: log, Pod: spec, Path: filepath.Join(dir, "token")}
		if err := token.Keep(ctx); err != nil {
			return nil, err
		}
		content, err := clientcmd.Write(kubeconfig(server, spec.Namespace, token.Path))
		if err != nil {
			return nil, fmt.Errorf("writing the pod's kubeconfig: %w", err)
		}
		path := filepath.Join(dir, "kubeconfig")
		if err := writeFile(path, content); err != nil {
			return nil, fmt.Errorf("writing the pod's kubeconfig: %w", err)
		}
		return []pod.Variables{{Values: map[string]string{"KUBECONFIG": path}}}, nil
	}
}

// automount returns the setting of the pod, or else of its ServiceAccount, or else the default.
func automount(ctx context.Context, client kubernetes.Interface, pod *corev1.Pod) (bool, error) {
	if wish := pod.Spec.AutomountServiceAccountToken; wish != nil {
		return *wish, nil
	}
	name := pod.Spec.ServiceAccountName
	if name == "" {
		name = "default"
	}
	account, err := client.CoreV1().ServiceAccounts(pod.Namespace).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return false, fmt.Errorf("reading the pod's service account: %w", err)
	}
	wish := account.AutomountServiceAccountToken
	return wish == nil || *wish, nil
}

func kubeconfig(server Server, namespace, tokenFile string) clientcmdapi.Config {
	const name = "sandbox"
	return clientcmdapi.Config{
		Clusters: map[string]*clientcmdapi.Cluster{name: {
			Server: server.URL, CertificateAuthorityData: server.CA, InsecureSkipTLSVerify: server.Insecure,
		}},
		AuthInfos:      map[string]*clientcmdapi.AuthInfo{name: {TokenFile: tokenFile}},
		Contexts:       map[string]*clientcmdapi.Context{name: {Cluster: name, AuthInfo: name, Namespace: namespace}},
		CurrentContext: name,
	}
}
