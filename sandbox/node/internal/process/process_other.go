//go:build !linux

package process

import "syscall"

// attributes cannot bind the program's life to its parent's: only Linux has a death signal.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
