package rewrite

import (
	"fmt"
	"net"
)

// Ports allocates free loopback ports. It keeps them open until Release, so that it returns none twice.
type Ports struct{ held []net.Listener }

// Take returns a free port.
func (p *Ports) Take() (int32, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("finding a free port: %w", err)
	}
	p.held = append(p.held, listener)
	return int32(listener.Addr().(*net.TCPAddr).Port), nil //nolint:gosec // A port has sixteen bits.
}

// Release closes the ports, so that others can listen on them.
func (p *Ports) Release() {
	for _, listener := range p.held {
		_ = listener.Close()
	}
	p.held = nil
}
