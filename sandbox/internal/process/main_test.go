package process_test

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"
)

// parts are what the test binary does when it is started as a part, by its first argument.
var parts = map[string]func(args []string){
	"environment": func([]string) { fmt.Println(strings.Join(os.Environ(), "\n")) },
	"fail": func([]string) {
		for line := range 20 {
			fmt.Println("line", line)
		}
		fmt.Fprintln(os.Stderr, "no such door")
		os.Exit(3)
	},
	"quiet": func([]string) {},
	"run":   func([]string) { fmt.Println("running"); time.Sleep(time.Minute) },
	"polite": func([]string) {
		asked := make(chan os.Signal, 1)
		signal.Notify(asked, syscall.SIGTERM)
		fmt.Println("running")
		fmt.Println("asked to end by", <-asked)
	},
	"deaf": func([]string) {
		signal.Ignore(syscall.SIGTERM)
		fmt.Println("running")
		time.Sleep(time.Minute)
	},
	// A part with a child that does not hear a TERM either; the child's id is in the log.
	"parent": func([]string) {
		child := exec.Command(os.Args[0], "deaf")
		if err := child.Start(); err != nil {
			panic(err)
		}
		fmt.Println("child", child.Process.Pid)
		time.Sleep(time.Minute)
	},
}

func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		if part, ok := parts[os.Args[1]]; ok {
			part(os.Args[2:])
			return
		}
	}
	os.Exit(m.Run())
}
