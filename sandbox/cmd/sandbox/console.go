package main

import (
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/term"

	"eso-aws/sandbox/build"
)

// console shows a build's progress: a line that counts the seconds on a terminal, and else a line now
// and then, so that a log of it stays short.
type console struct {
	out      *os.File
	terminal bool
	started  time.Time
	expect   time.Duration
}

func newConsole(out *os.File) *console {
	return &console{out: out, terminal: term.IsTerminal(int(out.Fd()))}
}

func (c *console) build(e build.Event) {
	switch e.Kind {
	case build.Plan:
		c.started, c.expect = time.Now(), e.Expect
		c.plan(e)
	case build.Using:
		fmt.Fprintf(c.out, "Using %s.\n", e.What)
	case build.Started:
		c.line(e, "about "+about(e.Expect))
		if !c.terminal {
			fmt.Fprintln(c.out)
		}
	case build.Running:
		seconds := int(e.Elapsed.Seconds())
		switch {
		case c.terminal:
			c.line(e, clock(e.Elapsed)+" of about "+about(e.Expect))
		case seconds%60 == 0:
			fmt.Fprintf(c.out, "      %s so far\n", clock(e.Elapsed))
		}
	case build.Done:
		c.line(e, "done in "+clock(e.Elapsed))
		fmt.Fprintln(c.out)
		if e.Step == e.Steps {
			fmt.Fprintf(c.out, "Built in %s; the next start needs none of it.\n\n", clock(time.Since(c.started)))
		}
	}
}

// plan says what is coming before anything is downloaded or built.
func (c *console) plan(e build.Event) {
	fmt.Fprintf(c.out, "Building what is missing, once, from Go modules: %d steps, about %s on 2 cores,\n"+
		"up to 20 GB of disk (Go's build and module caches) and 6 GB of memory.\n"+
		"Ctrl-C is safe: what is done stays done. With FETCH=1 the official Pulumi is downloaded\n"+
		"instead of being built, which saves half.\n", e.Steps, about(e.Expect))
	const need = 20 << 30
	var disk syscall.Statfs_t
	cache, err := os.UserCacheDir()
	if err == nil && os.MkdirAll(cache, 0o700) == nil && syscall.Statfs(cache, &disk) == nil {
		free := disk.Bavail * uint64(disk.Bsize) //nolint:gosec // a size, signed on some systems
		if e.Steps > 4 && free < need {
			fmt.Fprintf(c.out, "Only %d GB are free in %s: the build may run out of disk.\n", free>>30, cache)
		}
	}
	fmt.Fprintln(c.out)
}

func (c *console) line(e build.Event, status string) {
	text := fmt.Sprintf("[%d/%d] %-48s %s", e.Step, e.Steps, e.What, status)
	if c.terminal {
		text = "\r\x1b[K" + text
	}
	fmt.Fprint(c.out, text)
}

func clock(d time.Duration) string {
	return fmt.Sprintf("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}

func about(d time.Duration) string {
	if d < 90*time.Second {
		return fmt.Sprintf("%d s", int(d.Seconds()))
	}
	return fmt.Sprintf("%d min", int((d + 30*time.Second).Minutes()))
}
