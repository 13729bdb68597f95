package main

import (
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/term"

	"eso-aws/sandbox/build"
)

// console shows the progress of a build: on a terminal, a line that counts the seconds; elsewhere, a line
// a minute, so that logs stay short.
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
			fmt.Fprintf(c.out, "Built in %s; later starts reuse it.\n\n", clock(time.Since(c.started)))
		}
	}
}

// plan announces the build before anything is downloaded.
func (c *console) plan(e build.Event) {
	fmt.Fprintf(c.out, "Building the missing binaries from Go modules, once: %d steps, about %s on 2 cores.\n"+
		"This needs up to 20 GB of disk (Go's build and module caches) and 6 GB of memory.\n"+
		"You can press Ctrl-C at any time: the next run continues. FETCH=1 downloads the official\n"+
		"Pulumi instead of building it, which takes half the time.\n", e.Steps, about(e.Expect))
	const need = 20 << 30
	var disk syscall.Statfs_t
	cache, err := os.UserCacheDir()
	if err == nil && os.MkdirAll(cache, 0o700) == nil && syscall.Statfs(cache, &disk) == nil {
		free := disk.Bavail * uint64(disk.Bsize) //nolint:gosec // a size, signed on some systems
		if e.Steps > 4 && free < need {
			fmt.Fprintf(c.out, "Only %d GB are free in %s; the build may run out of disk space.\n", free>>30, cache)
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
