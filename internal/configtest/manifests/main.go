// Manifests prints the stores and ExternalSecrets of stack files, for tests that cannot
// import the program: a line of JSON for each file and each version of the chart, as
// {file, chart, manifests} or, where that chart is refused, {file, chart, refused}.
//
// With no version it is the file's own: manifests [-charts 0.20.4,1.3.2] <file>...
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"strings"

	"eso-aws/internal/config"
	"eso-aws/internal/configtest"
	"eso-aws/stacks"
)

type line struct {
	File      string           `json:"file"`
	Chart     string           `json:"chart"`
	Manifests []map[string]any `json:"manifests,omitempty"`
	Refused   string           `json:"refused,omitempty"`
}

func main() {
	log.SetFlags(0)
	charts := flag.String("charts", "", "versions of the chart to take in the place of the file's, with commas between")
	flag.Parse()
	if err := write(os.Stdout, strings.Split(*charts, ","), flag.Args()); err != nil {
		log.Fatal(err)
	}
}

func write(w io.Writer, charts, files []string) error {
	encoder := json.NewEncoder(w)
	for _, file := range files {
		for _, chart := range charts {
			printed, err := render(file, chart)
			if err != nil {
				return err
			}
			if err := encoder.Encode(printed); err != nil {
				return fmt.Errorf("printing the manifests of %q: %w", file, err)
			}
		}
	}
	return nil
}

func render(file, chart string) (line, error) {
	content, err := os.ReadFile(file) //nolint:gosec // the caller's own
	if err != nil {
		return line{}, fmt.Errorf("reading a stack file: %w", err)
	}
	values, encrypted, err := configtest.Parse(content)
	if err != nil {
		return line{}, err
	}
	if chart != "" {
		const project = "eso-aws:"
		delete(values, project+config.KeyChart) // a folder has a version of its own
		encrypted = slices.DeleteFunc(encrypted, func(key string) bool { return key == project+config.KeyChart })
		values[project+config.KeyChartVersion] = chart
	}
	return manifests(line{File: file, Chart: chart}, values, encrypted), nil
}

func manifests(l line, values map[string]string, encrypted []string) line {
	loaded, err := config.Load("eso-aws", values, encrypted, nil)
	raw := func(secret config.Secret) bool { return secret.Spec != nil }
	if err == nil && slices.ContainsFunc(loaded.Secrets, raw) { // what is not raw is for the tests to judge
		loaded, err = config.Load("eso-aws", values, encrypted, stacks.Manifests)
	}
	if err != nil {
		l.Refused = err.Error()
		return l
	}
	l.Chart, l.Manifests = loaded.Chart.Version.String(), stacks.Manifests(&loaded)
	return l
}
