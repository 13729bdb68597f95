package main

import "github.com/pulumi/pulumi/sdk/v3/go/common/version"

func main() { println(version.Version) }
