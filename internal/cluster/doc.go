// Package cluster is a small Kubernetes client. Before an update it reads which namespaces and objects the
// cluster has, and who owns them. After it, it reads whether each secret is synced, and the cluster's warnings
// if not. It changes objects only to recover: Helm's records of a killed update, Secrets and pods to create
// again, and an annotation that makes the operator retry.
//
// [Connect] reads a kubeconfig with client-go and so behaves as kubectl does (merged files, contexts, client
// certificates, tokens, credential plugins, proxies, impersonation). Errors never contain credentials.
package cluster
