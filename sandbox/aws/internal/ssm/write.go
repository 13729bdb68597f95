package ssm

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"eso-aws/sandbox/aws/internal/api"
)

const (
	maxStandard = 4096
	maxAdvanced = 8192
	maxVersions = 100
)

// nested matches references to other parameters, which AWS would resolve.
var nested = regexp.MustCompile(`(?s)\{\{.*\}\}`)

type putParameterInput struct {
	Name, Value, Description *string
	Type, Tier, DataType     *string
	KeyID                    *string `json:"KeyId"`
	Overwrite                *bool
	Tags                     []tag
	AllowedPattern, Policies *string
}

type putParameterOutput struct {
	Tier    string
	Version int
}

func (s *Service) putParameter(c *api.Call, in *putParameterInput) (*putParameterOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	name := strings.TrimSpace(*in.Name)
	arn := arnOf(c, name)
	if err := checkNew(name, arn); err != nil {
		return nil, err
	}
	p := s.parameters[c.Region][name]
	if err := in.authorize(c, arn, p); err != nil {
		return nil, err
	}
	if p == nil {
		p = &parameter{arn: arn, name: name, tags: map[string]string{}}
	} else if !api.Deref(in.Overwrite) {
		return nil, api.Errorf("ParameterAlreadyExists",
			"The parameter already exists. To overwrite this value, set the overwrite option in the request to true.")
	}
	made, err := p.next(c, in)
	if err != nil {
		return nil, err
	}
	if err := p.tag(in.Tags); err != nil {
		return nil, err
	}
	if err := p.add(made); err != nil {
		return nil, err
	}
	if s.parameters[c.Region] == nil {
		s.parameters[c.Region] = map[string]*parameter{}
	}
	s.parameters[c.Region][name] = p
	return &putParameterOutput{made.tier, made.number}, nil
}

func (in *putParameterInput) check() error {
	var check api.Checks
	check.Required("name", in.Name == nil)
	check.Length("name", in.Name, 1, 2048)
	check.Required("value", in.Value == nil)
	if in.Value != nil && *in.Value == "" {
		check.Fail("value", "''", "have length greater than or equal to 1")
	}
	check.Length("description", in.Description, 0, 1024)
	check.Length("keyId", in.KeyID, 1, 256)
	check.OneOf("type", in.Type, secure, list, plain)
	check.OneOf("tier", in.Tier, advanced, intelligent, standard)
	checkTags(&check, in.Tags)
	if err := check.Err(); err != nil {
		return err
	}
	if len(in.Tags) > 0 && api.Deref(in.Overwrite) {
		return api.Errorf(api.Validation, "Invalid request: tags and overwrite can't be used together. To create a "+
			"parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use "+
			"AddTagsToResource or RemoveTagsFromResource.")
	}
	if kind := cmp.Or(api.Deref(in.DataType), dataType); kind != dataType {
		return api.Errorf(api.Validation, "The following data type is not supported: %s (Data type names are all "+
			"lowercase.)", kind)
	}
	if api.Deref(in.AllowedPattern) != "" || api.Deref(in.Policies) != "" {
		return api.Errorf(api.Validation, "the in-memory AWS does not support allowed patterns and parameter "+
			"policies; remove AllowedPattern and Policies")
	}
	if nested.MatchString(*in.Value) {
		return api.Errorf(api.Validation,
			`Parameter value can't nest another parameter. Do not use "{{}}" in the value.`)
	}
	return nil
}

// authorize authorizes the write and, if there are tags, the tagging.
func (in *putParameterInput) authorize(c *api.Call, arn string, p *parameter) error {
	keys := p.keys()
	keys["ssm:Overwrite"] = []string{strconv.FormatBool(api.Deref(in.Overwrite))}
	maps.Copy(keys, requestKeys(in.Tags))
	if err := c.AuthorizeWith(c.Action, arn, keys); err != nil {
		return err
	}
	if len(in.Tags) == 0 {
		return nil
	}
	return c.AuthorizeWith("ssm:AddTagsToResource", arn, keys)
}

// next returns the new version. Members that the request omits keep their values.
func (p *parameter) next(c *api.Call, in *putParameterInput) (*version, error) {
	last := &version{tier: standard}
	if len(p.versions) > 0 {
		last = p.current()
	}
	made := &version{
		number: last.number + 1, kind: cmp.Or(api.Deref(in.Type), last.kind), value: *in.Value,
		description: last.description, modified: c.Now, user: c.Principal.ARN,
	}
	if in.Description != nil {
		made.description = *in.Description
	}
	if made.kind == "" {
		return nil, api.Errorf(api.Validation, "A parameter type is required when you create a parameter.")
	}
	var err error
	if made.tier, err = tierOf(api.Deref(in.Tier), last.tier, len(made.value)); err != nil {
		return nil, err
	}
	if made.kind != secure {
		if in.KeyID != nil {
			return nil, api.Errorf(api.Validation, "KeyId is required for SecureString type parameter only.")
		}
		return made, nil
	}
	made.keyID, made.sealed = cmp.Or(api.Deref(in.KeyID), defaultKey), seal()
	actions := []string{"kms:Encrypt"}
	if made.tier == advanced {
		actions = append(actions, "kms:GenerateDataKey")
	}
	return made, p.mayUseKey(c, made, actions...)
}

// tierOf returns the tier for a value of the size, from the requested and the last
// tier.
func tierOf(asked, last string, size int) (string, error) {
	tier := cmp.Or(asked, last)
	if tier == intelligent {
		tier = last
		if size > maxStandard {
			tier = advanced
		}
	}
	switch {
	case tier == standard && last == advanced:
		return "", api.Errorf(api.Validation, "This parameter uses the advanced-parameter tier. You can't downgrade a "+
			"parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete "+
			"the advanced parameter and recreate it as a standard parameter.")
	case tier == standard && size > maxStandard:
		return "", api.Errorf(api.Validation, "Standard tier parameters support a maximum parameter value of %d "+
			"characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter "+
			"tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/"+
			"parameter-store-advanced-parameters.html", maxStandard)
	case size > maxAdvanced:
		return "", api.Errorf(api.Validation, "Advanced tier parameters support a maximum parameter value of %d "+
			"characters.", maxAdvanced)
	}
	return tier, nil
}

// add makes the version the current one. If there are too many versions, it deletes
// the oldest, unless that has a label.
func (p *parameter) add(v *version) error {
	if len(p.versions) == maxVersions {
		oldest := p.versions[0]
		if len(oldest.labels) > 0 {
			return api.Errorf("ParameterMaxVersionLimitExceeded", "You attempted to create a new version of %s by "+
				"calling the PutParameter API with the overwrite flag. Version %d, the oldest version, can't be "+
				"deleted because it has a label associated with it. Move the label to another version of the "+
				"parameter, and try again.", p.name, oldest.number)
		}
		p.versions = slices.Delete(p.versions, 0, 1)
	}
	p.versions = append(p.versions, v)
	return nil
}

type nothing struct{}

type nameInput struct {
	Name *string
}

func (s *Service) deleteParameter(c *api.Call, in *nameInput) (*nothing, error) {
	found, err := s.findNamed(c, in.Name)
	if err != nil {
		return nil, err
	}
	delete(s.parameters[c.Region], found.name)
	return &nothing{}, nil
}
