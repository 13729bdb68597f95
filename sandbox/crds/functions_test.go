package crds_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"eso-aws/sandbox/crds"
)

// TestGuide proves that the guide names ESO's own functions, of the releases whose code is there, too:
// of the newest one only the guide is.
func TestGuide(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"0.14.4", "0.20.4"} {
		release, err := crds.Find(version)
		if err != nil {
			t.Fatal(err)
		}
		code, guide, err := release.OwnFunctions(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(code, guide); diff != "" || len(code) == 0 {
			t.Errorf("the functions of %s (-code +guide):\n%s", version, diff)
		}
	}
}
