package ssm

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"eso-aws/sandbox/aws/internal/api"
)

const (
	codeFilterKey    = "InvalidFilterKey"
	codeFilterOption = "InvalidFilterOption"
	codeFilterValue  = "InvalidFilterValue"

	equals     = "Equals"
	beginsWith = "BeginsWith"
	contains   = "Contains"
	oneLevel   = "OneLevel"
	recursive  = "Recursive"

	keyPattern = "tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType"
)

var validKey = regexp.MustCompile("^(" + keyPattern + ")$")

// filter selects parameters that match any of its values. A list of filters selects
// those that match all filters.
type filter struct {
	Key, Option *string
	Values      []string
}

// checkShape checks the rules of AWS's API model.
func checkShape(check *api.Checks, filters []filter) {
	for i, f := range filters {
		path := fmt.Sprintf("parameterFilters.%d.member.", i+1)
		check.Required(path+"key", f.Key == nil)
		check.Length(path+"key", f.Key, 1, 132)
		check.Pattern(path+"key", f.Key, validKey, keyPattern)
		check.Length(path+"option", f.Option, 1, 10)
		if f.Values != nil {
			check.Size(path+"values", fmt.Sprintf("'%v'", f.Values), len(f.Values), 1, 50)
		}
		for n, value := range f.Values {
			check.Length(fmt.Sprintf("%svalues.%d.member", path, n+1), &value, 1, 1024)
		}
	}
}

// checkFilters checks the rules that are not in AWS's API model: for a listing by
// path, or else for a description.
func checkFilters(filters []filter, byPath bool) error {
	seen := map[string]bool{}
	for _, f := range filters {
		key := *f.Key
		if err := checkKey(key, byPath); err != nil {
			return err
		}
		if len(f.Values) == 0 && !strings.HasPrefix(key, "tag:") {
			return api.Errorf(codeFilterValue, "The following filter values are missing : null for filter key %s.", key)
		}
		if seen[key] {
			return api.Errorf(codeFilterKey, "The following filter is duplicated in the request: %s. A request can "+
				"contain only one occurrence of a specific filter.", key)
		}
		seen[key] = true
		if err := f.checkOption(); err != nil {
			return err
		}
		if err := f.checkValues(); err != nil {
			return err
		}
	}
	return nil
}

func checkKey(key string, byPath bool) error {
	const wrong = "The following filter key is not valid: %s. Valid filter keys include: [%s]."
	switch {
	case byPath && !slices.Contains([]string{"Type", "KeyId", "Label"}, key):
		return api.Errorf(codeFilterKey, wrong, key, "Type, KeyId")
	case !byPath && key == "Label":
		return api.Errorf(codeFilterKey, wrong, key, "Path, Name, Type, KeyId, Tier")
	}
	return nil
}

// option returns the filter's comparison.
func (f filter) option() string {
	switch {
	case f.Option != nil:
		return *f.Option
	case *f.Key == "Path":
		return oneLevel
	default:
		return equals
	}
}

func (f filter) checkOption() error {
	allowed := []string{beginsWith, equals}
	switch *f.Key {
	case "Path":
		allowed = []string{recursive, oneLevel}
	case "Label":
		allowed = []string{equals}
	case "Name":
		allowed = []string{beginsWith, contains, equals}
	}
	if !slices.Contains(allowed, f.option()) {
		return api.Errorf(codeFilterOption, "The following filter option is not valid: %s. Valid options "+
			"include: [%s].", f.option(), strings.Join(allowed, ", "))
	}
	return nil
}

func (f filter) checkValues() error {
	allowed := map[string][]string{
		"Tier": {standard, advanced, intelligent}, "Type": {plain, list, secure},
	}[*f.Key]
	for _, value := range f.Values {
		if *f.Key == "Path" {
			if hasPrefix(value, "aws") || hasPrefix(value, "ssm") {
				return api.Errorf(api.Validation, `Filters for common parameters can't be prefixed with "aws" or `+
					`"ssm" (case-insensitive). When using global parameters, please specify within a global namespace.`)
			}
			if err := checkPath(value); err != nil {
				return err
			}
		}
		if allowed != nil && !slices.Contains(allowed, value) {
			return api.Errorf(codeFilterOption, "The following filter value is not valid: %s. Valid values "+
				"include: [%s].", value, strings.Join(allowed, ", "))
		}
	}
	return nil
}

func (p *parameter) matches(filters []filter) bool {
	return !slices.ContainsFunc(filters, func(f filter) bool { return !p.matchesFilter(f) })
}

func (p *parameter) matchesFilter(f filter) bool {
	var has []string
	v := p.current()
	switch key := *f.Key; key {
	case "Path":
		return slices.ContainsFunc(f.Values, func(path string) bool { return p.isBelow(path, f.option() == recursive) })
	case "Name":
		has = []string{p.name}
	case "Type":
		has = []string{v.kind}
	case "KeyId":
		has = []string{v.keyID}
	case "Tier":
		has = []string{v.tier}
	case "DataType":
		has = []string{dataType}
	case "Label":
		has = v.labels
	default:
		value, ok := p.tags[strings.TrimPrefix(key, "tag:")]
		if !ok || len(f.Values) == 0 {
			return ok
		}
		has = []string{value}
	}
	compare := map[string]func(value, wanted string) bool{
		equals:     func(value, wanted string) bool { return value == wanted },
		beginsWith: strings.HasPrefix,
		contains:   strings.Contains,
	}[f.option()]
	return slices.ContainsFunc(has, func(value string) bool {
		return slices.ContainsFunc(f.Values, func(wanted string) bool { return compare(value, wanted) })
	})
}
