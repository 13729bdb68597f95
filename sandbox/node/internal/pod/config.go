// Package pod runs a pod's containers as processes and says how they are, as a kubelet with a
// container runtime does: init containers in order, sidecars, restarts with back-off, probes,
// conditions and events.
//
// A process has the container's environment, a home and a temporary folder of its own, and nothing
// from whoever started the node. It shares the machine's files, ports and user, so volumes cannot
// be mounted and security contexts and resource limits have no effect. Lifecycle hooks do not run.
package pod

import (
	"context"
	"path"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/record"

	"eso-aws/sandbox/node/internal/podenv"
)

// Config is what all pods of a node share.
type Config struct {
	// Dir holds a folder per pod.
	Dir string
	// Images maps the last part of an image's repository to the program that the image runs.
	Images map[string]string
	// Defaults maps the same to addresses that its program listens on when no argument says another,
	// as "--flag=address". They are made explicit, to be moved as the others are.
	Defaults map[string][]string
	Env      podenv.Resolver
	Recorder record.EventRecorder
	// Inject is asked, in order, what each pod gets over its spec.
	Inject []Injector
	// Changed is told that the status of a pod may have changed.
	Changed func(*Pod)
	Backoff Backoff
	// Retry is the pause before a container that could not be prepared is tried again.
	Retry time.Duration
}

// An Injector gives a pod more than its spec says, before its first container starts: files in
// dir, which is the pod's alone, and variables that lead to them. The files may be kept fresh
// until ctx ends, which is when the last container has. An admission webhook would do the same by
// volumes, which a process cannot see. It is asked until it has answered, and never again.
type Injector func(ctx context.Context, pod *corev1.Pod, dir string) ([]Variables, error)

// Variables belong together: a container that sets one of them itself gets none.
type Variables struct {
	Values map[string]string
	// Unless tells of more variables that keep the values from a container; nil tells of none.
	Unless func(name string) bool
}

// wanted reports whether a container that sets variables itself gets the values.
func (v Variables) wanted(own map[string]string) bool {
	for name := range own {
		if _, set := v.Values[name]; set || v.Unless != nil && v.Unless(name) {
			return false
		}
	}
	return true
}

// Backoff is the pause between restarts of one container: none at first, then Initial, doubling
// up to Max, and from the beginning after a run longer than Reset.
type Backoff struct{ Initial, Max, Reset time.Duration }

// KubeletBackoff returns the backoff of a kubelet.
func KubeletBackoff() Backoff {
	return Backoff{Initial: 10 * time.Second, Max: 5 * time.Minute, Reset: 10 * time.Minute}
}

// Next returns the pause after a run of length ran, given the one before it.
func (b Backoff) Next(last, ran time.Duration) (pause, next time.Duration) {
	if ran > b.Reset {
		last = 0
	}
	return last, min(max(2*last, b.Initial), b.Max)
}

// program returns what image runs. A registry, a tag and a digest make no difference.
func (c *Config) program(image string) (name, program string, known bool) {
	image, _, _ = strings.Cut(image, "@")
	name, _, _ = strings.Cut(path.Base(image), ":")
	program, known = c.Images[name]
	return name, program, known
}

// imageNames lists the images that the sandbox runs.
func (c *Config) imageNames() string {
	names := make([]string, 0, len(c.Images))
	for name := range c.Images {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
