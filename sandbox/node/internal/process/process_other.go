//go:build !linux

package process

import "syscall"

// attributes cannot make the program end with its parent: only Linux has a parent death signal.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
