module example.com/kubernetes

go 1.26

require (
	k8s.io/client-go v0.0.0
	k8s.io/component-base v0.0.0
)

replace (
	k8s.io/client-go => ./client-go
	k8s.io/component-base => ./component-base
)
