// Manifests prints the stores and ExternalSecrets of stack files, for tests that cannot
// import the program: a line of JSON for each file and each version of the chart, as
// {file, chart, manifests} or, where that chart is refused, {file, chart, refused}.
//
// With no version it is the file's own: manifests [-charts 0.20.4,1.3.2] <file>...
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"strings"

	"eso-aws/internal/config"
	"eso-aws/internal/configtest"
	"eso-aws/internal/plan"
	"eso-aws/internal/problem"
	"eso-aws/internal/stackfile"
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
	input := configtest.Input(values, encrypted...)
	if chart != "" {
		const project = configtest.Project + ":"
		delete(input.Values, project+stackfile.KeyChart) // a directory has a version of its own
		input.Encrypted = slices.DeleteFunc(input.Encrypted, func(key string) bool {
			return key == project+stackfile.KeyChart
		})
		input.Values[project+stackfile.KeyChartVersion] = chart
	}
	return manifests(line{File: file, Chart: chart}, input), nil
}

// manifests has the objects also where the program itself would refuse what it makes of
// them: that is for the API server to judge.
func manifests(l line, input stackfile.Input) line {
	loaded, err := config.Load(input)
	if refusals, ok := errors.AsType[problem.Error](err); ok && !slices.ContainsFunc(refusals,
		func(p problem.Problem) bool { return p.Kind != problem.Internal }) {
		var ignored problem.List
		loaded, err = plan.New(stackfile.Decode(input, &ignored), &ignored), nil
	}
	if err != nil {
		l.Refused = err.Error()
		return l
	}
	l.Chart, l.Manifests = loaded.Chart.Version.String(), stacks.Manifests(loaded)
	return l
}
