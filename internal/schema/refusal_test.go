package schema_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"eso-aws/internal/problem"
)

// excuses are the kinds of problems that only the program finds, by case: the name of a
// file, or the path of a changed value. Only kinds that are about shapes need an excuse.
type excuses map[string][]problem.Kind

// excusedFiles returns the excuses of invalid stack files.
func excusedFiles() excuses {
	all := excuses{}
	// Only the program knows the services, the tags of IAM, and what becomes of names.
	all.allow(problem.Invalid, `data-arn-of-another-service data-version-id extract-arn extract-version find-tag-key
		find-tag-that-no-policy-names find-tag-value parameter-arn-of-a-secret parameter-path parameter-version
		parameter-without-slash rewrite-found-names-as-keys rewrite-merge-of-names-into-json role-tag-key role-tag-value
		service`)
	all.allow(problem.NotSupported, "aws-region-of-an-isolated-partition")
	// Editors know only the settings of this project.
	all.allow(problem.Unknown, "aws-setting-misspelled setting-of-a-misspelled-namespace")
	// Only the program knows the functions of templates.
	all.allow(problem.Unknown, `rewrite-transform-function template-function template-function-guess
		template-function-in-a-definition template-function-like-none template-function-unknown-yet`)
	// One of several fields is required.
	all.allow(problem.Required, `no-secrets secrets-missing find-nothing rewrite-merge-without-into rewrite-none secret-without-source
		several-template-of-nothing`)
	// Encrypted values are maps in the file.
	all.allow(problem.Type, "chart-values-encrypted-text")
	return all
}

// excusedChanges returns the excuses of changed values.
func excusedChanges() excuses {
	all := excuses{}
	// Only the program knows the services and the tags of IAM.
	all.allow(problem.Invalid, `permissions.prefixes role.tags secretAccessKey secrets.data secrets.data.key secrets.data.version secrets.extract secrets.extract.key
		secrets.extract.version secrets.find secrets.find.path secrets.find.tags`)
	// One of several fields is required.
	all.allow(problem.Required, `secrets secrets.extract.rewrite secrets.find secrets.find.rewrite
		secrets.find.rewrite.merge.into`)
	// The schema cannot tell that a string is JSON.
	all.allow(problem.Type, "accessKeyId chart chartRepository chartVersion kubeContext secretAccessKey")
	return all
}

func (e excuses) allow(kind problem.Kind, cases string) {
	for name := range strings.FieldsSeq(cases) {
		e[name] = append(e[name], kind)
		slices.Sort(e[name])
	}
}

// add adds the problems of a refusal to a case, or to those of their paths. Free-form maps
// need no excuse: the schema has no rules for them.
func (e excuses) add(refusal error, name string) {
	for _, p := range problemsOf(refusal) {
		at := name
		path := userNames.ReplaceAllString(strings.TrimPrefix(p.Path.String(), "eso-aws:"), "$1")
		if at == "" {
			at = path
		}
		freeForm := strings.HasPrefix(path, "chartValues.") || strings.HasPrefix(path, "secrets.spec.")
		if isShape(p.Kind) && !freeForm && !slices.Contains(e[at], p.Kind) {
			e.allow(p.Kind, at)
		}
	}
}

// userNames matches the names that users choose and the indices of lists.
var userNames = regexp.MustCompile(`((?:^|\.)(?:secrets|stores|namespaces|data|labels|annotations|tags))` +
	`(?:\.[A-Za-z0-9_-]+|\["[^"]*"\])|\[[0-9]+\]`)

// isShape reports whether a JSON Schema could find problems of that kind.
func isShape(kind problem.Kind) bool {
	switch kind { //nolint:exhaustive // the others are not
	case problem.Unknown, problem.Required, problem.Type, problem.NotSupported, problem.Invalid:
		return true
	}
	return false
}

// problemsOf returns the problems of a refusal by the program. Pulumi has its own words.
func problemsOf(refusal error) []problem.Problem {
	problems, _ := errors.AsType[problem.Error](refusal)
	return problems
}
