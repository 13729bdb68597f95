// Package aws is a small in-memory AWS for trying and testing programs without an
// account: Secrets Manager, Parameter Store, and the services that give pods their
// permissions: IAM, STS, EKS and EKS Auth. All services of all accounts have one
// URL, which clients find in AWS_ENDPOINT_URL.
//
// [New] returns a [Server], an [net/http.Handler] to be served on a loopback
// address. It verifies the signature of every request, which also names the region
// and the service, and answers with AWS's limits, error codes and messages. The
// README in this folder lists what it does not do. It keeps secrets in plain text
// and uses plain HTTP: use it only with made-up secrets.
package aws
