// Package cluster looks at a Kubernetes cluster: before anything is made in it
// (is it there, which namespaces has it, and whose), and after (is each secret
// synced, and what does the cluster say where it is not).
//
// [Connect] reads a kubeconfig as kubectl does (several files, contexts, CA and
// client certificates, tokens, exec plugins, proxies) and does no request. The
// client only reads, but for Helm's records of an update that was killed. It is a few hundred lines of net/http because
// k8s.io/client-go would triple the program; what it does not know, such as the
// old auth providers, is an error that says so. No token is in an error.
package cluster
