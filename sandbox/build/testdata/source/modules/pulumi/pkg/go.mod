module github.com/pulumi/pulumi/pkg/v3

go 1.26

require github.com/pulumi/pulumi/sdk/v3 v3.0.0
