package schema_test

import (
	"encoding/json"
	"fmt"

	pulumi "github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
)

// applyProject adds the project's defaults to a stack's configuration and checks the types, as
// the Pulumi CLI does. The CLI's own function is in pkg/v3, which would add hundreds of modules.
func applyProject(project *workspace.Project, values pulumi.Map) error {
	for name, declared := range project.Config {
		key, err := pulumi.ParseKey(name)
		if err != nil { // a name without a namespace
			key = pulumi.MustMakeKey(string(project.Name), name)
		}
		value, found, err := values.Get(key, true)
		if err != nil {
			return err
		}
		if !found {
			if declared.Default == nil {
				return fmt.Errorf("%s is missing", key)
			}
			if value, err = defaultValue(declared.Default); err != nil {
				return err
			}
			if err := values.Set(key, value, true); err != nil {
				return err
			}
		}
		if err := checkType(key, declared, value); err != nil {
			return err
		}
	}
	return nil
}

func defaultValue(value any) (pulumi.Value, error) {
	switch value.(type) {
	case string, bool, int, float64:
		return pulumi.NewValue(fmt.Sprint(value)), nil
	}
	text, err := json.Marshal(value)
	return pulumi.NewObjectValue(string(text)), err
}

func checkType(key pulumi.Key, declared workspace.ProjectConfigType, value pulumi.Value) error {
	if !declared.IsExplicitlyTyped() {
		return nil
	}
	if declared.Secret && !value.Secure() {
		return fmt.Errorf("%s must be encrypted", key)
	}
	text, err := value.Value(plain{})
	if err != nil {
		return err
	}
	var content any = text
	if value.Object() {
		if err := json.Unmarshal([]byte(text), &content); err != nil {
			return err
		}
	}
	if !workspace.ValidateConfigValue(*declared.Type, declared.Items, content) {
		return fmt.Errorf("%s must be of type %s", key, declared.TypeName())
	}
	return nil
}
