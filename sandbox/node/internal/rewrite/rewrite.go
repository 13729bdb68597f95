// Package rewrite moves the metrics and health addresses of controllers to free loopback ports. Pods of the
// sandbox share the machine's ports, so two pods of a Deployment would conflict.
//
// It changes the flags --metrics-addr and --live-addr, the container's ports with the same numbers, and the
// probes of these ports, and nothing else.
package rewrite

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// Container moves the addresses of c in place. It gets ports from free.
func Container(c *corev1.Container, free func() (int32, error)) error {
	moved := map[int32]int32{}
	for _, args := range []*[]string{&c.Command, &c.Args} {
		changed, err := arguments(*args, moved, free)
		if err != nil {
			return err
		}
		*args = changed
	}
	if len(moved) == 0 {
		return nil
	}
	c.Ports = slices.Clone(c.Ports)
	for i, port := range c.Ports {
		if to, ok := moved[port.ContainerPort]; ok {
			c.Ports[i].ContainerPort = to
		}
	}
	c.LivenessProbe = probe(c.LivenessProbe, moved)
	c.ReadinessProbe = probe(c.ReadinessProbe, moved)
	c.StartupProbe = probe(c.StartupProbe, moved)
	return nil
}

// Explicit returns args with those defaults ("--flag=value") that they do not set.
func Explicit(args, defaults []string) []string {
	args = slices.Clone(args)
	for _, argument := range defaults {
		flag, _, _ := strings.Cut(argument, "=")
		given := func(arg string) bool { return arg == flag || strings.HasPrefix(arg, flag+"=") }
		if !slices.ContainsFunc(args, given) {
			args = append(args, argument)
		}
	}
	return args
}

func arguments(args []string, moved map[int32]int32, free func() (int32, error)) ([]string, error) {
	args = slices.Clone(args)
	for i, arg := range args {
		if arg == "--" {
			break
		}
		name, value, joined := strings.Cut(arg, "=")
		if name != "--metrics-addr" && name != "--live-addr" {
			continue
		}
		if !joined && i+1 < len(args) {
			value = args[i+1]
		}
		address, err := move(value, moved, free)
		switch {
		case err != nil:
			return nil, fmt.Errorf("moving the address of %s: %w", name, err)
		case address == "":
		case joined:
			args[i] = name + "=" + address
		default:
			args[i+1] = address
		}
	}
	return args, nil
}

// move returns the new address, or "" if the value is not an address, such as 0, which turns a server off.
func move(address string, moved map[int32]int32, free func() (int32, error)) (string, error) {
	_, text, err := net.SplitHostPort(address)
	if err != nil {
		return "", nil //nolint:nilerr // Not an address, so not ours to change.
	}
	from, err := strconv.ParseInt(text, 10, 32)
	if err != nil || from == 0 {
		return "", nil //nolint:nilerr // As above; port 0 is free already.
	}
	to, known := moved[int32(from)]
	if !known {
		if to, err = free(); err != nil {
			return "", err
		}
		moved[int32(from)] = to
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(int(to))), nil
}

// probe returns p with a moved port number. A port name moves with the container's ports.
func probe(p *corev1.Probe, moved map[int32]int32) *corev1.Probe {
	if p == nil {
		return nil
	}
	p = p.DeepCopy()
	var port *intstr.IntOrString
	switch {
	case p.HTTPGet != nil:
		port = &p.HTTPGet.Port
	case p.TCPSocket != nil:
		port = &p.TCPSocket.Port
	default:
		return p
	}
	if to, ok := moved[port.IntVal]; ok && port.Type == intstr.Int {
		*port = intstr.FromInt32(to)
	}
	return p
}
