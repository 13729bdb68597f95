package main

import (
	client "k8s.io/client-go/pkg/version"
	"k8s.io/component-base/version"
)

func main() {
	full, major, minor := version.Get()
	println(full, major, minor, client.Get())
}
