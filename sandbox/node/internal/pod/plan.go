package pod

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"

	"eso-aws/sandbox/node/internal/podenv"
	"eso-aws/sandbox/node/internal/rewrite"
)

// searchPath is the PATH that container runtimes give.
const searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

const (
	// reasonUnknownImage is the sandbox's own reason: no image is pulled, so nothing is retried.
	reasonUnknownImage = "ImageNotInSandbox"
	reasonConfig       = "CreateContainerConfigError"
)

// plan is a fully resolved run of a container.
type plan struct {
	container *corev1.Container // with its addresses moved
	path      string
	argv, env []string
	imageID   string
}

// blocked is the reason why a container cannot start yet.
type blocked struct {
	reason string
	err    error
}

func (b *blocked) Error() string { return b.err.Error() }

// prepare plans the next run and waits until that is possible. It returns false if the pod was
// stopped meanwhile.
func (c *container) prepare(ctx context.Context) (*plan, bool) {
	told := ""
	for ctx.Err() == nil {
		plan, err := c.plan(ctx)
		if err == nil {
			return plan, true
		}
		reason := reasonConfig
		var why *blocked
		if errors.As(err, &why) {
			reason = why.reason
		}
		c.waiting(reason, err.Error())
		if told != err.Error() && ctx.Err() == nil {
			told = err.Error()
			c.event(corev1.EventTypeWarning, reason, "%v", err)
		}
		select {
		case <-ctx.Done():
		case <-c.renewed:
		case <-time.After(c.pod.cfg.Retry):
		}
	}
	return nil, false
}

func (c *container) plan(ctx context.Context) (*plan, error) {
	spec := c.spec()
	name, program, known := c.pod.cfg.program(spec.Image)
	if !known {
		return nil, &blocked{reasonUnknownImage, fmt.Errorf("the sandbox cannot run the image %q; available: %s",
			spec.Image, c.pod.cfg.imageNames())}
	}
	vars, err := c.pod.cfg.Env.Resolve(ctx, c.pod.Spec(), spec)
	if err != nil {
		return nil, err
	}
	for i, arg := range spec.Command {
		spec.Command[i] = podenv.Expand(arg, vars)
	}
	for i, arg := range spec.Args {
		spec.Args[i] = podenv.Expand(arg, vars)
	}
	spec.Args = rewrite.Explicit(spec.Args, c.pod.cfg.Defaults[name])
	var ports rewrite.Ports
	defer ports.Release()
	if err := rewrite.Container(spec, ports.Take); err != nil {
		return nil, err
	}
	p := &plan{container: spec, path: program, imageID: "process://" + name}
	env := c.pod.environment(vars)
	for name, value := range env {
		p.env = append(p.env, name+"="+value)
	}
	p.argv = append([]string{program}, spec.Args...)
	if len(spec.Command) > 0 {
		p.argv = append(append([]string{}, spec.Command...), spec.Args...)
		p.path = lookup(spec.Command[0], name, program, env["PATH"])
	}
	c.event(corev1.EventTypeNormal, "Pulled", "Container image %q already present in the sandbox", spec.Image)
	return p, nil
}

// environment adds the variables of every container. It does not override the container's own.
func (p *Pod) environment(vars map[string]string) map[string]string {
	env := map[string]string{
		"PATH": searchPath, "HOME": p.home(), "TMPDIR": p.temp(), "HOSTNAME": p.first.Name,
		// On a cloud machine, the SDK would otherwise use the machine's identity.
		"AWS_EC2_METADATA_DISABLED": "true",
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, more := range p.injected {
		if more.wanted(vars) {
			maps.Copy(env, more.Values)
		}
	}
	maps.Copy(env, vars)
	return env
}

// lookup finds the program of a command. The name of the image's program, in any folder, means that program.
// All other programs are the machine's.
func lookup(command, image, program, path string) string {
	if base := filepath.Base(command); base == image || base == filepath.Base(program) {
		return program
	}
	if strings.Contains(command, "/") {
		return command
	}
	for _, dir := range filepath.SplitList(path) {
		candidate := filepath.Join(dir, command)
		if info, err := os.Stat(candidate); err == nil && !info.IsDir() && info.Mode()&0o111 != 0 {
			return candidate
		}
	}
	return command
}

func onceClose(c chan struct{}) func() {
	return sync.OnceFunc(func() { close(c) })
}
