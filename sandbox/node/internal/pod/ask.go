package pod

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"eso-aws/sandbox/node/internal/podenv"
	"eso-aws/sandbox/node/internal/process"
)

// ask runs a probe once. It returns nil if the container is healthy.
func (c *container) ask(ctx context.Context, plan *plan, probe *corev1.Probe) error {
	ctx, cancel := context.WithTimeout(ctx, seconds(probe.TimeoutSeconds, 1))
	defer cancel()
	switch {
	case probe.HTTPGet != nil:
		return askHTTP(ctx, plan.container, probe.HTTPGet)
	case probe.TCPSocket != nil:
		return askTCP(ctx, plan.container, probe.TCPSocket)
	case probe.Exec != nil:
		return c.askExec(ctx, plan, probe.Exec.Command)
	default:
		return errors.New("the sandbox node supports only httpGet, tcpSocket and exec probes")
	}
}

func askHTTP(ctx context.Context, c *corev1.Container, get *corev1.HTTPGetAction) error {
	address, err := address(c, get.Host, get.Port)
	if err != nil {
		return err
	}
	target, err := url.Parse("/" + strings.TrimPrefix(get.Path, "/"))
	if err != nil {
		return fmt.Errorf("the path %q: %w", get.Path, err)
	}
	target.Scheme, target.Host = strings.ToLower(string(get.Scheme)), address
	if target.Scheme == "" {
		target.Scheme = "http"
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return err
	}
	request.Header.Set("User-Agent", "kube-probe/sandbox")
	for _, header := range get.HTTPHeaders {
		request.Header.Add(header.Name, header.Value)
		if strings.EqualFold(header.Name, "Host") {
			request.Host = header.Value
		}
	}
	client := &http.Client{
		Transport: &http.Transport{
			DisableKeepAlives: true,
			//nolint:gosec // As kubelets probe: it is about life, not trust.
			TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	_ = response.Body.Close()
	if response.StatusCode < http.StatusOK || response.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("HTTP probe failed with statuscode: %d", response.StatusCode)
	}
	return nil
}

func askTCP(ctx context.Context, c *corev1.Container, socket *corev1.TCPSocketAction) error {
	address, err := address(c, socket.Host, socket.Port)
	if err != nil {
		return err
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return err
	}
	return conn.Close()
}

// askExec runs a command as the container would.
func (c *container) askExec(ctx context.Context, plan *plan, command []string) error {
	if len(command) == 0 {
		return errors.New("the probe has no command")
	}
	name, program, _ := c.pod.cfg.program(plan.container.Image)
	proc, err := process.Start(process.Spec{
		Path: lookup(command[0], name, program, searchPath), Argv: command, Env: plan.env, Dir: c.pod.home(),
		Output: io.Discard,
	})
	if err != nil {
		return err
	}
	select {
	case <-proc.Done():
	case <-ctx.Done():
		proc.Kill()
		<-proc.Done()
		return ctx.Err()
	}
	if code := proc.ExitCode(); code != 0 {
		return fmt.Errorf("command exited with %d", code)
	}
	return nil
}

// address resolves a probe's port, which may be the name of one that the container declares.
func address(c *corev1.Container, host string, port intstr.IntOrString) (string, error) {
	if host == "" {
		host = podenv.Address
	}
	if port.Type == intstr.Int {
		return net.JoinHostPort(host, strconv.Itoa(int(port.IntVal))), nil
	}
	for _, declared := range c.Ports {
		if declared.Name == port.StrVal {
			return net.JoinHostPort(host, strconv.Itoa(int(declared.ContainerPort))), nil
		}
	}
	if _, err := strconv.Atoi(port.StrVal); err == nil {
		return net.JoinHostPort(host, port.StrVal), nil
	}
	return "", fmt.Errorf("the container declares no port named %q", port.StrVal)
}
