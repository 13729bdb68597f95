// Package eks is what the in-memory AWS has of the Elastic Kubernetes Service:
// clusters that exist already, their Pod Identity associations, and the Pod
// Identity agent as an add-on.
package eks
