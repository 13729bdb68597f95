package process

import "syscall"

// childAttributes puts a child into its own process group, so that a Ctrl-C for the parent is the
// parent's to handle, and has the kernel end it should the parent die.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
