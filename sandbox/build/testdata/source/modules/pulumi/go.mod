module example.com/pulumi

go 1.26

require (
	github.com/pulumi/pulumi/pkg/v3 v3.0.0
	github.com/pulumi/pulumi/sdk/v3 v3.0.0
)

replace (
	github.com/pulumi/pulumi/pkg/v3 => ./pkg
	github.com/pulumi/pulumi/sdk/v3 => ./sdk
)
