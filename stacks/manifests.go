package stacks

import "eso-aws/internal/plan"

// Manifests are the stores and then the ExternalSecrets of a plan as they are registered,
// but for the annotations that only a running program knows: the owner of the objects, and
// the credentials of their stores.
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
