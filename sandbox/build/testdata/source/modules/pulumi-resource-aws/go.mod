module example.com/pulumi-resource-aws

go 1.26
