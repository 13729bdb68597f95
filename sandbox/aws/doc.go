// Package aws is a small AWS in memory, for trying programs and for testing them
// without an account: Secrets Manager, Parameter Store, and what gives pods their
// permissions, IAM, STS, EKS and EKS Auth. All services of all accounts answer at
// one URL; clients find it in AWS_ENDPOINT_URL.
//
// [New] returns a [Server], an [net/http.Handler] to be served on a loopback
// address. It verifies the signature of every request, reads region and service
// from it as AWS's endpoints do from their host name, and answers with AWS's
// limits, error codes and messages. What it does not do is listed in the README
// beside this file. It keeps secrets in plain text and speaks plain HTTP: it is
// for made-up secrets only.
package aws
