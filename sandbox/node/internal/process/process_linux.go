package process

import "syscall"

// attributes makes the kernel kill the program when its parent dies. The parent is the thread that started
// it. The Go runtime ends only threads of locked goroutines, and this one is not locked.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
