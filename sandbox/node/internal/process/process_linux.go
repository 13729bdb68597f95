package process

import "syscall"

// attributes asks the kernel to kill the program when its parent dies. The kernel means the parent
// thread; the Go runtime ends threads only under locked goroutines, and none is locked here.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
