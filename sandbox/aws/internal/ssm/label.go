package ssm

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"eso-aws/sandbox/aws/internal/api"
)

// maxLabels is the quota of labels of one version.
const maxLabels = 10

var validLabel = regexp.MustCompile(`^[a-zA-Z_.-][a-zA-Z0-9_.-]*$`)

type labelInput struct {
	Name             *string
	ParameterVersion *int
	Labels           []string
}

type labelOutput struct {
	InvalidLabels    []string
	ParameterVersion int
}

// labelVersion moves labels to a version.
func (s *Service) labelVersion(c *api.Call, in *labelInput) (*labelOutput, error) {
	var check api.Checks
	check.Required("labels", in.Labels == nil)
	if in.Labels != nil {
		check.Size("labels", fmt.Sprintf("'[%s]'", strings.Join(in.Labels, ", ")), len(in.Labels), 1, maxLabels)
	}
	for i, label := range in.Labels {
		check.Length(fmt.Sprintf("labels.%d.member", i+1), &label, 1, 100)
	}
	if err := check.Err(); err != nil {
		return nil, err
	}
	found, err := s.findNamed(c, in.Name)
	if err != nil {
		return nil, err
	}
	number := found.current().number
	if in.ParameterVersion != nil {
		number = *in.ParameterVersion
	}
	v, err := found.choose(strconv.Itoa(number))
	if err != nil {
		return nil, err
	}
	invalid, err := found.label(v, in.Labels)
	return &labelOutput{invalid, v.number}, err
}

// label attaches the valid labels and returns the others.
func (p *parameter) label(v *version, labels []string) ([]string, error) {
	invalid := []string{}
	kept := slices.Clone(v.labels)
	for _, label := range labels {
		switch {
		case !validLabel.MatchString(label) || hasPrefix(label, "aws") || hasPrefix(label, "ssm"):
			invalid = append(invalid, label)
		case !slices.Contains(kept, label):
			kept = append(kept, label)
		}
	}
	if len(kept) > maxLabels {
		return nil, api.Errorf("ParameterVersionLabelLimitExceeded", "A parameter version can have maximum %d labels. "+
			"Move one or more labels to another version and try again.", maxLabels)
	}
	for _, other := range p.versions {
		other.labels = slices.DeleteFunc(other.labels, func(l string) bool { return slices.Contains(kept, l) })
	}
	v.labels = kept
	return invalid, nil
}
