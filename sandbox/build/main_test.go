package build_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestMain hides what the machine has of Pulumi: PATH holds what the tests need and no more.
func TestMain(m *testing.M) {
	status, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

func run(m *testing.M) (status int, err error) {
	shared, err = os.MkdirTemp("", "build-test-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(shared)
	bin := filepath.Join(shared, "bin")
	if err := os.Mkdir(bin, 0o700); err != nil {
		return 0, err
	}
	for _, name := range []string{"go", "sh", "cat", "chmod", "mkdir", "mv", "sleep"} {
		path, err := exec.LookPath(name)
		if err != nil {
			return 0, err
		}
		if err := os.Symlink(path, filepath.Join(bin, name)); err != nil {
			return 0, err
		}
	}
	for key, value := range map[string]string{"PATH": bin, "PULUMI_HOME": filepath.Join(shared, "pulumi")} {
		if err := os.Setenv(key, value); err != nil {
			return 0, err
		}
	}
	return m.Run(), nil
}
