package pod

import (
	"fmt"
	"os"

	"eso-aws/sandbox/node/internal/podlog"
)

// Log returns the path of a container's log, or if previous of the run before, and a channel that is closed
// when the log is complete. It returns an error if there is no log.
func (p *Pod) Log(name string, previous bool) (path string, done <-chan struct{}, err error) {
	for _, c := range p.containers() {
		if c.name == name {
			return c.log(previous)
		}
	}
	return "", nil, fmt.Errorf("pod %q has no container %q", p.first.Name, name)
}

func (c *container) log(previous bool) (string, <-chan struct{}, error) {
	c.pod.mu.Lock()
	defer c.pod.mu.Unlock()
	run := c.runs - 1
	if previous {
		run--
		if c.runs > 0 && c.status.State.Waiting != nil {
			run = c.runs - 1 // Waiting to run again: the last run is the previous one.
		}
	}
	log, ok := c.logs[run]
	switch {
	case ok:
		return c.logPath(run), log.Done(), nil
	case previous:
		return "", nil, fmt.Errorf("previous terminated container %q in pod %q not found", c.name, c.pod.first.Name)
	default:
		return "", nil, fmt.Errorf("container %q in pod %q is waiting to start", c.name, c.pod.first.Name)
	}
}

// newLog creates the log of the next run and removes all but the last log. The id identifies the run.
func (c *container) newLog() (*podlog.Writer, string, error) {
	c.pod.mu.Lock()
	defer c.pod.mu.Unlock()
	run := c.runs
	id := fmt.Sprintf("process://%s/%s/%d", c.pod.first.UID, c.name, run)
	log, err := podlog.Create(c.logPath(run))
	if err != nil {
		return nil, id, err
	}
	c.logs[run] = log
	c.runs++
	if _, old := c.logs[run-2]; old {
		delete(c.logs, run-2)
		_ = os.Remove(c.logPath(run - 2)) // What stays is removed with the pod.
	}
	return log, id, nil
}
