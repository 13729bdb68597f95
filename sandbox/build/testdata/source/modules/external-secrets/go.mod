module example.com/external-secrets

go 1.26

require github.com/external-secrets/external-secrets v0.0.0

replace github.com/external-secrets/external-secrets => ./operator
