module example.com/pulumi-resource-kubernetes

go 1.26
