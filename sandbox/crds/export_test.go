package crds

import "context"

// OwnFunctions are ESO's own functions, as its code has them and as its guide names them.
func (r Release) OwnFunctions(ctx context.Context) (code, guide map[string]bool, err error) {
	dir, err := download(ctx, r.module)
	if err != nil {
		return nil, nil, err
	}
	if code, _, err = ownFunctions(dir); err != nil {
		return nil, nil, err
	}
	guide, _, err = documentedFunctions(dir)
	return code, guide, err
}
