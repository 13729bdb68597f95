package secretsync

import (
	"maps"
	"slices"
)

// The policies of the operator that the program needs to know.
const (
	Owner         = "Owner"
	Orphan        = "Orphan"
	Merge         = "Merge"
	CreateOrMerge = "CreateOrMerge"
	Delete        = "Delete"
	Retain        = "Retain"
	Periodic      = "Periodic"
	CreatedOnce   = "CreatedOnce"
)

// Keys returns the keys that the Secret will have, in order. They are not known where AWS
// or the cluster decides.
func (a *ExternalSecretArgs) Keys() (keys []string, known bool) {
	keys, known = a.SourceKeys()
	_, shaped := a.rawTarget()["template"]
	skips := a.DeletionPolicy != "" && a.DeletionPolicy != Retain
	merges := a.CreationPolicy == Merge || a.CreationPolicy == CreateOrMerge
	switch {
	case skips || merges || shaped:
		return keys, false
	case a.Template == nil || len(a.Template.Data) == 0:
		return keys, known
	case a.Template.MergePolicy == Merge:
		keys = slices.AppendSeq(keys, maps.Keys(a.Template.Data))
		return slices.Compact(slices.Sorted(slices.Values(keys))), known
	default:
		return slices.Sorted(maps.Keys(a.Template.Data)), true
	}
}

// SourceKeys returns the keys of the fetched values, before the template.
func (a *ExternalSecretArgs) SourceKeys() (keys []string, known bool) {
	return slices.Sorted(maps.Keys(a.Source.Data)), len(a.Source.Extract)+len(a.Source.Find) == 0 && !a.readsRaw()
}

// Shaped reports whether a template builds the Secret.
func (a *ExternalSecretArgs) Shaped() bool {
	return a.Template != nil || a.rawTarget()["template"] != nil
}

// readsRaw reports whether the raw spec has sources.
func (a *ExternalSecretArgs) readsRaw() bool {
	_, data := a.Spec["data"]
	_, from := a.Spec["dataFrom"]
	return data || from
}

func (a *ExternalSecretArgs) rawTarget() map[string]any {
	target, _ := a.Spec["target"].(map[string]any)
	return target
}

// Once reports whether the operator syncs the secret when it is created and never again,
// whatever changes.
func (a *ExternalSecretArgs) Once() bool {
	return a.RefreshPolicy == CreatedOnce || a.periodic() && a.RefreshInterval == 0
}

// Refreshes reports whether the operator syncs the secret every RefreshInterval.
func (a *ExternalSecretArgs) Refreshes() bool { return a.periodic() && a.RefreshInterval > 0 }

func (a *ExternalSecretArgs) periodic() bool {
	return a.RefreshPolicy == "" || a.RefreshPolicy == Periodic
}

// Overwrites reports whether the operator writes over a Secret that exists already.
func (a *ExternalSecretArgs) Overwrites() bool {
	return a.CreationPolicy == Owner || a.CreationPolicy == Orphan
}
