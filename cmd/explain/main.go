// Explain prints the documentation of a setting or field: make explain KEY=secrets.data.
package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"eso-aws/internal/schema"
)

func main() {
	if err := explain(os.Stdout, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "explain:", err)
		os.Exit(1) //nolint:forbidigo // this is main
	}
}

func explain(out io.Writer, args []string) error {
	text, err := schema.Explain(strings.Join(args, "."))
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, text)
	return err
}
