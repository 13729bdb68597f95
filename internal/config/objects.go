package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"eso-aws/internal/chart"
	issue "eso-aws/internal/problem"
)

// Render makes a configuration's objects: those of the stores, and then those of the
// secrets. It changes nothing.
type Render func(*Config) []map[string]any

// objects checks what is made of the stores and the secrets, as an API server with the
// CRDs of the chart does. Where there are problems already only the raw fields are sure
// to be as they are meant.
func (l *loader) objects(c *Config, render Render) {
	rendered, whole := *c, len(l.problems) == 0
	if !whole {
		rendered.Secrets = slices.DeleteFunc(slices.Clone(c.Secrets), func(s Secret) bool {
			return s.Spec == nil || c.StoreOf(&s) == nil
		})
	}
	if render == nil || l.chartUnknown() || l.failed(KeyAPIVersion) || !whole && len(rendered.Secrets) == 0 {
		return
	}
	o := objects{loader: l, whole: whole, own: l.release()}
	for i, object := range render(&rendered) {
		if i < len(c.Stores) {
			o.store(&c.Stores[i], object)
		} else {
			o.secret(&rendered.Secrets[i-len(c.Stores)], object)
		}
	}
}

// objects tells what an API has against objects.
type objects struct {
	*loader
	own   *chart.Release
	whole bool // whether nothing is wrong besides
}

func (o *objects) check(object map[string]any) []issue.Problem {
	kind, _ := object["kind"].(string)
	return o.own.CheckObject(o.api, kind, object)
}

func (o *objects) store(s *Store, object map[string]any) {
	at := path{KeyStore}
	if !s.Default {
		at = path{KeyStores, s.Name}
	}
	for _, problem := range o.check(object) {
		o.made(at, problem)
	}
}

func (o *objects) secret(s *Secret, object map[string]any) {
	at := path{KeySecrets, s.Name}
	for _, problem := range o.check(object) {
		if len(problem.Path) < 2 || problem.Path[0] != "spec" || !written(s.Spec, problem.Path[1:]) {
			o.made(at, problem)
			continue
		}
		at := append(at.member("spec"), problem.Path[1:]...)
		if o.wrong(at) {
			continue // it is told in this language's words
		}
		problem.Path = nil
		if text, ok := problem.Value.(string); ok {
			problem.Value = shortened(text)
		}
		o.tell(at, problem, problem.String())
	}
}

// made tells what is wrong with what the program has written. What the user has is of no
// help there, and may be a secret.
func (o *objects) made(at path, problem issue.Problem) {
	if !o.whole {
		return
	}
	problem.Value = nil
	o.tell(at, problem, fmt.Sprintf("renders an object that chart %s does not accept: %s", o.chart, problem))
}

func (o *objects) tell(at path, problem issue.Problem, text string) {
	if problem.Warning {
		o.warn(at, text)
		return
	}
	o.say(at, text)
}

// written tells whether a place is in an object, or is missing in what is there.
func written(object any, place []string) bool {
	for i, name := range place {
		var below any
		ok := false
		switch within := object.(type) {
		case map[string]any:
			below, ok = within[name]
		case []any:
			n, err := strconv.Atoi(strings.Trim(name, "[]"))
			if ok = err == nil && n < len(within); ok {
				below = within[n]
			}
		}
		if !ok {
			return i > 0 && i == len(place)-1
		}
		object = below
	}
	return true
}
