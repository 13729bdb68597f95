package eks

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"time"

	"eso-aws/sandbox/aws/internal/api"
)

// agentAddon is the only add-on. It installs nothing: the sandbox serves the agent
// to its pods itself.
const (
	agentAddon        = "eks-pod-identity-agent"
	agentAddonVersion = "v1.3.8-eksbuild.2"
)

type addon struct {
	cluster, arn, version, configuration string
	created, modified                    time.Time
	tags                                 map[string]string
}

type addonDescription struct {
	AddonName           string            `json:"addonName"`
	ClusterName         string            `json:"clusterName"`
	Status              string            `json:"status"`
	AddonVersion        string            `json:"addonVersion"`
	AddonARN            string            `json:"addonArn"`
	CreatedAt           api.Time          `json:"createdAt"`
	ModifiedAt          api.Time          `json:"modifiedAt"`
	Tags                map[string]string `json:"tags"`
	ConfigurationValues string            `json:"configurationValues,omitempty"`
}

type addonOutput struct {
	Addon addonDescription `json:"addon"`
}

func (a *addon) describe(status string) addonOutput {
	return addonOutput{addonDescription{
		AddonName: agentAddon, ClusterName: a.cluster, Status: status, AddonVersion: a.version, AddonARN: a.arn,
		CreatedAt: api.Time(a.created), ModifiedAt: api.Time(a.modified), Tags: maps.Clone(a.tags),
		ConfigurationValues: a.configuration,
	}}
}

type addonInput struct {
	AddonName           string            `json:"addonName"`
	AddonVersion        string            `json:"addonVersion"`
	ConfigurationValues *string           `json:"configurationValues"`
	Tags                map[string]string `json:"tags"`
}

func (s *Service) createAddon(c *api.Call, r *http.Request) (any, error) {
	in, err := api.Body[addonInput](r)
	if err != nil {
		return nil, err
	}
	found, err := s.find(c, r)
	if err != nil {
		return nil, err
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	if in.AddonName != agentAddon {
		return nil, errParameter("Addon %s specified is not supported: the in-memory AWS supports only %s",
			in.AddonName, agentAddon)
	}
	if found.addons[agentAddon] != nil {
		return nil, errInUse("Addon already exists.")
	}
	made := &addon{
		cluster: found.Name, arn: c.ARN("eks", "addon/"+found.Name+"/"+agentAddon+"/"+newID("")),
		version: cmp.Or(in.AddonVersion, agentAddonVersion), created: c.Now, modified: c.Now,
		tags: withTags(nil, in.Tags),
	}
	if in.ConfigurationValues != nil {
		made.configuration = *in.ConfigurationValues
	}
	found.addons[agentAddon] = made
	return made.describe("CREATING"), nil
}

func (s *Service) listAddons(c *api.Call, r *http.Request) (any, error) {
	found, err := s.find(c, r)
	if err != nil {
		return nil, err
	}
	return struct {
		Addons []string `json:"addons"`
	}{slices.AppendSeq([]string{}, maps.Keys(found.addons))}, nil
}

func (s *Service) findAddon(c *api.Call, r *http.Request) (*cluster, *addon, error) {
	found, err := s.find(c, r)
	if err != nil {
		return nil, nil, err
	}
	a := found.addons[r.PathValue("name")]
	if a == nil {
		return nil, nil, errNone("No addon: %s found in cluster: %s", r.PathValue("name"), found.Name)
	}
	return found, a, nil
}

func (s *Service) describeAddon(c *api.Call, r *http.Request) (any, error) {
	_, a, err := s.findAddon(c, r)
	if err != nil {
		return nil, err
	}
	return a.describe("ACTIVE"), nil
}

type updateDescription struct {
	ID     string `json:"id"`
	Status string `json:"status"`
	Type   string `json:"type"`
}

func (s *Service) updateAddon(c *api.Call, r *http.Request) (any, error) {
	in, err := api.Body[addonInput](r)
	if err != nil {
		return nil, err
	}
	_, a, err := s.findAddon(c, r)
	if err != nil {
		return nil, err
	}
	a.version = cmp.Or(in.AddonVersion, a.version)
	if in.ConfigurationValues != nil {
		a.configuration = *in.ConfigurationValues
	}
	a.modified = c.Now
	return struct {
		Update updateDescription `json:"update"`
	}{updateDescription{newID(""), "InProgress", "AddonUpdate"}}, nil
}

func (s *Service) deleteAddon(c *api.Call, r *http.Request) (any, error) {
	found, a, err := s.findAddon(c, r)
	if err != nil {
		return nil, err
	}
	delete(found.addons, agentAddon)
	return a.describe("DELETING"), nil
}
