package main

import (
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"eso-aws/sandbox/build"
)

// In a log, which is no terminal, a build has a line where a step starts and ends and every minute.
func TestConsoleInALog(t *testing.T) {
	t.Parallel()
	file, err := os.CreateTemp(t.TempDir(), "log")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	c := newConsole(file)
	step := func(kind build.Kind, n int, what string, elapsed time.Duration) {
		c.build(build.Event{Kind: kind, Step: n, Steps: 2, What: what, Expect: 280 * time.Second, Elapsed: elapsed})
	}
	c.build(build.Event{Kind: build.Using, What: "the official Pulumi CLI, /bin/pulumi"})
	c.build(build.Event{Kind: build.Plan, Steps: 2, Expect: 21*time.Minute + 40*time.Second})
	step(build.Started, 1, "the operator", 0)
	for seconds := 1; seconds <= 125; seconds++ {
		step(build.Running, 1, "the operator", time.Duration(seconds)*time.Second)
	}
	step(build.Done, 1, "the operator", 126*time.Second)
	step(build.Started, 2, "the node", 0)
	step(build.Done, 2, "the node", 9*time.Second)
	text, err := os.ReadFile(file.Name())
	if err != nil {
		t.Fatal(err)
	}
	want := `Using the official Pulumi CLI, /bin/pulumi.
Building the missing binaries from Go modules, once: 2 steps, about 22 min on 2 cores.
This needs up to 20 GB of disk (Go's build and module caches) and 6 GB of memory.
You can press Ctrl-C at any time: the next run continues. FETCH=1 downloads the official
Pulumi instead of building it, which takes half the time.

[1/2] the operator                                     about 5 min
      1:00 so far
      2:00 so far
[1/2] the operator                                     done in 2:06
[2/2] the node                                         about 5 min
[2/2] the node                                         done in 0:09
Built in 0:00; later starts reuse it.

`
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("the log (-want +got):\n%s", diff)
	}
	if regexp.MustCompile(`[\r\x1b]`).Match(text) {
		t.Error("the log holds a terminal's control characters")
	}
}

func TestDurations(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration][2]string{
		0:                        {"0:00", "0 s"},
		59900 * time.Millisecond: {"0:59", "59 s"},
		89 * time.Second:         {"1:29", "89 s"},
		90 * time.Second:         {"1:30", "2 min"},
		149 * time.Second:        {"2:29", "2 min"},
		150 * time.Second:        {"2:30", "3 min"},
		61 * time.Minute:         {"61:00", "61 min"},
	} {
		if got := [2]string{clock(d), about(d)}; got != want {
			t.Errorf("%s is shown as %q, want %q", d, got, want)
		}
	}
}
