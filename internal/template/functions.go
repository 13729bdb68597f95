package template

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/blang/semver"
)

// change is what a release has added and removed.
type change struct {
	// since is the first release that is known to have changed, and after the
	// last one that is known not to. Between them either may be: what was added
	// is there already, and what was removed still is.
	after, since   minor
	added, removed []string
}

// minor is a minor version. A patch is taken to change nothing.
type minor struct{ major, minor uint64 }

func (m minor) compare(other minor) int {
	return cmp.Or(cmp.Compare(m.major, other.major), cmp.Compare(m.minor, other.minor))
}

func (m minor) String() string { return fmt.Sprintf("%d.%d", m.major, m.minor) }

// newest is the newest release of which the functions are known.
func newest() minor { return minor{2, 9} }

// later is what the notes and the documentation tell of releases whose modules
// cannot be had.
func later() []change {
	return []change{
		{after: minor{1, 1}, since: minor{1, 2}, removed: []string{"getSecretKey"}},
		{after: minor{2, 2}, since: minor{2, 3}, added: []string{"hexdec"}, removed: []string{"getHostByName"}},
		{after: minor{2, 1}, since: minor{2, 9}, added: []string{"certSANs"}},
	}
}

// Functions returns the names, sorted, that templates may use with a chart,
// beside those of Go's text/template. Complete tells that there are surely no
// others: the chart is not younger than what is known.
func Functions(chart semver.Version) (names []string, complete bool) {
	version := minor{chart.Major, chart.Minor}
	found := map[string]bool{}
	for _, c := range slices.Concat(released(), later()) {
		if version.compare(c.after) > 0 {
			for _, name := range c.added {
				found[name] = true
			}
		}
		if version.compare(c.since) >= 0 {
			for _, name := range c.removed {
				delete(found, name)
			}
		}
	}
	return slices.Sorted(maps.Keys(found)), version.compare(newest()) <= 0
}

// Known returns the names, sorted, that any chart is known to have.
func Known() []string {
	found := map[string]bool{}
	for _, c := range slices.Concat(released(), later()) {
		for _, name := range c.added {
			found[name] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// Charts tells which charts surely have a function, such as "from 0.20 to 1.1", for
// people; "" if none is known to.
func Charts(name string) string {
	var first, last minor
	known, gone := false, false
	for _, c := range slices.Concat(released(), later()) {
		if slices.Contains(c.added, name) {
			known, first = true, c.since
		}
		if slices.Contains(c.removed, name) && c.after.compare(last) > 0 {
			gone, last = true, c.after
		}
	}
	switch {
	case !known:
		return ""
	case !gone:
		return "from " + first.String() + " on"
	case first == released()[0].since:
		return "up to " + last.String()
	default:
		return "from " + first.String() + " to " + last.String()
	}
}
