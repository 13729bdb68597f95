package main

import (
	"encoding/pem"
	"net/http/httptest"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func authority(server *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}

// verifier is a cmd/verify that prints its arguments and the project, and fails.
const verifier = `package main

import (
	"fmt"
	"os"
)

func main() {
	fmt.Println(os.Args[1:], os.Getenv("PULUMI_OPTION_CWD"))
	fmt.Fprintln(os.Stderr, "not in sync")
	os.Exit(1)
}
`

// TestStatus proves that status runs cmd/verify on the deployed stack, or else on the given one, and succeeds even
// if it fails.
func TestStatus(t *testing.T) {
	t.Parallel()
	const deployed = `{"checkpoint":{"latest":{"resources":[{"type":"kubernetes:core/v1:Namespace","custom":true}]}}}`
	for name, test := range map[string]struct{ state, want string }{
		"Deployed":        {deployed, "dev"},
		"NothingDeployed": {`{}`, "local"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, err := filepath.EvalSymlinks(checkout(t))
			if err != nil {
				t.Fatal(err)
			}
			write(t, "module eso-aws\n", dir, "go.mod")
			write(t, verifier, dir, "cmd", "verify", "main.go")
			write(t, test.state, dir, ".sandbox/pulumi/state/.pulumi/stacks/eso-aws/dev.json")
			pretend(t, dir, &session{})
			want := result{
				Out: "\n[--stack " + test.want + "] " + filepath.Join(dir, ".sandbox", "project") + "\n", Err: "not in sync\n",
			}
			if diff := cmp.Diff(want, call(t, dir, "", "status")); diff != "" {
				t.Errorf("status (-want +got):\n%s", diff)
			}
		})
	}
}
