// Package eks is the Elastic Kubernetes Service of the in-memory AWS: clusters that
// the sandbox adds, their Pod Identity associations, and the Pod Identity agent as
// an add-on.
package eks
