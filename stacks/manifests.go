package stacks

import "eso-aws/internal/plan"

// Manifests returns the stores and then the ExternalSecrets of a plan, as the program registers them. They lack the
// annotations that only a running program knows: the owner of the objects, and the version of the credentials.
func Manifests(p *plan.Plan) []map[string]any {
	manifests := make([]map[string]any, 0, len(p.Stores)+len(p.Secrets))
	for _, store := range p.Stores {
		manifests = append(manifests, store.Manifest())
	}
	for _, secret := range p.Secrets {
		manifests = append(manifests, secret.Manifest())
	}
	return manifests
}
