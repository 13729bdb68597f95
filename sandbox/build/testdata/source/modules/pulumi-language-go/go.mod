module example.com/pulumi-language-go

go 1.26
