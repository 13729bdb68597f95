package chart

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"github.com/blang/semver"

	"eso-aws/internal/problem"
)

//go:embed versions notes
var files embed.FS

// The files in the folder of a version.
const (
	valuesFile    = "values.txt"
	functionsFile = "functions.txt"
	crdsFile      = "crds.json"
)

// oldest is the first version that the program can install.
func oldest() semver.Version { return semver.Version{Minor: 9} }

// newest is the newest version whose release notes are in notes.
func newest() semver.Version { return semver.Version{Major: 2, Minor: 9} }

// Release is what is known of one version.
type Release struct {
	version semver.Version

	values    func() node
	functions func() node
	crds      func() *crds
	// others are the releases of which something is known, the oldest first.
	others func() []*Release
}

// For returns what is known of a version. The zero version stands for one that could not be
// read, and supports everything.
func For(version semver.Version) *Release {
	r := &Release{version: version}
	r.values = sync.OnceValue(func() node { return r.read(valuesFile) })
	r.functions = sync.OnceValue(func() node { return r.read(functionsFile) })
	r.crds = sync.OnceValue(r.readCRDs)
	r.others = sync.OnceValue(timeline)
	return r
}

// Parse reads the version of a chart that the program can install.
func Parse(text string) (semver.Version, error) {
	version, err := semver.Parse(strings.TrimPrefix(text, "v"))
	switch {
	case err != nil:
		return semver.Version{}, errors.New("must be an exact version")
	case version.LT(oldest()):
		return semver.Version{}, fmt.Errorf("must be %s or newer", oldest())
	}
	return version, nil
}

// Versions are those with a CRD that is known for certain, the oldest first.
func Versions() []semver.Version { return known(crdsFile) }

// unread reports whether the version could not be read.
func (r *Release) unread() bool { return r.version.EQ(semver.Version{}) }

// known are the versions with a file of that name, the oldest first.
func known(file string) []semver.Version {
	names, _ := fs.Glob(files, "versions/*/"+file) // the pattern is valid
	versions := make([]semver.Version, 0, len(names))
	for _, name := range names {
		versions = append(versions, semver.MustParse(strings.Split(name, "/")[1]))
	}
	slices.SortFunc(versions, semver.Version.Compare)
	return versions
}

// timeline are all releases of which something is known, the oldest first.
func timeline() []*Release {
	versions := Versions()
	for _, file := range []string{valuesFile, functionsFile} {
		for _, note := range notes(file) {
			versions = append(versions, note.since)
		}
	}
	for _, note := range crdNotes() {
		versions = append(versions, note.Since)
	}
	slices.SortFunc(versions, semver.Version.Compare)
	var releases []*Release
	for _, version := range slices.CompactFunc(versions, semver.Version.EQ) {
		releases = append(releases, For(version))
	}
	return releases
}

// nearest is the known version that tells most of another one.
type nearest struct {
	version semver.Version
	// next is the known version after it, where the other one lies between the two.
	next *semver.Version
	// beyond is set where the other one is newer than all that are known.
	beyond bool
}

// nearest finds the known version for a file: one with the same minor version, else the
// nearest that is older, else the oldest. A patch rarely changes anything.
func (r *Release) nearest(file string) nearest {
	versions := known(file)
	i := slices.IndexFunc(versions, func(known semver.Version) bool {
		return known.Major == r.version.Major && known.Minor == r.version.Minor
	})
	if i >= 0 {
		return nearest{version: versions[i]}
	}
	older := 0
	for i, known := range versions {
		if known.LT(r.version) {
			older = i
		}
	}
	found := nearest{version: versions[older]}
	switch {
	case older == len(versions)-1:
		found.beyond = true
	case found.version.LT(r.version):
		found.next = &versions[older+1]
	}
	return found
}

// asOf tells, for the rule of a warning, which version is known.
func (r *Release) asOf(file string) string {
	near := r.nearest(file)
	switch {
	case r.unread(), near.version.EQ(r.version):
		return ""
	case !near.beyond:
		return fmt.Sprintf(" as of chart %s, the nearest known", near.version)
	case r.version.LTE(newest()):
		return fmt.Sprintf(" as far as chart %s is known", r.version)
	default:
		return fmt.Sprintf(" as of chart %s, the newest known", newest())
	}
}

// unsupported is the problem that a release does not have what another one has; ok is false
// where none is known to have it.
func (r *Release) unsupported(file string, supports func(*Release) bool) (p problem.Problem, ok bool) {
	had, removed := false, r.version
	for _, other := range r.others() {
		newer, has := other.version.GT(r.version), supports(other)
		switch {
		case newer && has && other.nearest(file).next == nil:
			return r.tooOld(other.version), true
		case !newer && has:
			had, removed = true, r.version
		case !newer && had && removed.EQ(r.version):
			removed = other.version
		}
	}
	return r.tooNew(removed), had
}

func (r *Release) tooOld(since semver.Version) problem.Problem {
	rule := fmt.Sprintf("not supported by chart %s (since %s)", r.version, since)
	return problem.Problem{Kind: problem.Version, Rule: rule, Fix: "set a newer chartVersion or remove it"}
}

func (r *Release) tooNew(removed semver.Version) problem.Problem {
	rule := fmt.Sprintf("not supported by chart %s (removed in %s)", r.version, removed)
	return problem.Problem{Kind: problem.Version, Rule: rule, Fix: "remove it"}
}

// note is a line of the release notes' files: something was added or removed.
type note struct {
	since   semver.Version
	name    string
	removed bool
}

// notes are the lines "<version> <name>" of a file; "-" before the name says that it was
// removed.
func notes(file string) []note {
	var found []note
	for _, line := range lines("notes/" + file) {
		since, name, _ := strings.Cut(line, " ")
		name, removed := strings.CutPrefix(name, "-")
		found = append(found, note{semver.MustParse(since), name, removed})
	}
	return found
}

// lines are those of a file, without comments.
func lines(name string) []string {
	return slices.DeleteFunc(strings.Split(string(embedded(files.ReadFile(name))), "\n"), func(line string) bool {
		return line == "" || strings.HasPrefix(line, "#")
	})
}

// embedded returns what was read of an embedded file, which cannot fail: the tests read them all.
func embedded[T any](value T, _ error) T { return value }
