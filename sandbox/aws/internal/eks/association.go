package eks

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"eso-aws/sandbox/aws/internal/api"
	"eso-aws/sandbox/aws/internal/policy"
)

// PodService is the service principal that roles for pods must trust.
const PodService = "pods.eks.amazonaws.com"

// Association is the role of a service account's pods.
type Association struct {
	ARN, ID, ClusterARN, RoleARN string
	DisableSessionTags           bool
}

type association struct {
	Association
	cluster, namespace, serviceAccount string
	created, modified                  time.Time
	tags                               map[string]string
}

type associationDescription struct {
	ClusterName        string            `json:"clusterName"`
	Namespace          string            `json:"namespace"`
	ServiceAccount     string            `json:"serviceAccount"`
	RoleARN            string            `json:"roleArn"`
	AssociationARN     string            `json:"associationArn"`
	AssociationID      string            `json:"associationId"`
	Tags               map[string]string `json:"tags"`
	CreatedAt          api.Time          `json:"createdAt"`
	ModifiedAt         api.Time          `json:"modifiedAt"`
	DisableSessionTags bool              `json:"disableSessionTags"`
}

type associationOutput struct {
	Association associationDescription `json:"association"`
}

func (a *association) describe() associationOutput {
	return associationOutput{associationDescription{
		ClusterName: a.cluster, Namespace: a.namespace, ServiceAccount: a.serviceAccount, RoleARN: a.RoleARN,
		AssociationARN: a.ARN, AssociationID: a.ID, Tags: maps.Clone(a.tags), CreatedAt: api.Time(a.created),
		ModifiedAt: api.Time(a.modified), DisableSessionTags: a.DisableSessionTags,
	}}
}

type associationInput struct {
	Namespace          *string           `json:"namespace"`
	ServiceAccount     *string           `json:"serviceAccount"`
	RoleARN            *string           `json:"roleArn"`
	TargetRoleARN      *string           `json:"targetRoleArn"`
	DisableSessionTags *bool             `json:"disableSessionTags"`
	Tags               map[string]string `json:"tags"`
}

func (s *Service) createAssociation(c *api.Call, r *http.Request) (any, error) {
	in, err := api.Body[associationInput](r)
	if err != nil {
		return nil, err
	}
	found, err := s.find(c, r)
	if err != nil {
		return nil, err
	}
	for name, value := range map[string]*string{
		"namespace": in.Namespace, "serviceAccount": in.ServiceAccount, "roleArn": in.RoleARN,
	} {
		if value == nil || *value == "" {
			return nil, errParameter("The parameter %s is required.", name)
		}
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	if err := s.checkRole(c, in); err != nil {
		return nil, err
	}
	if taken := found.association(*in.Namespace, *in.ServiceAccount); taken != nil {
		return nil, errInUse("Association already exists: %s", taken.ID)
	}
	made := &association{
		cluster: found.Name, namespace: *in.Namespace, serviceAccount: *in.ServiceAccount,
		created: c.Now, modified: c.Now, tags: withTags(nil, in.Tags),
	}
	made.ID = newID("a-")
	made.ARN = c.ARN("eks", "podidentityassociation/"+found.Name+"/"+made.ID)
	made.ClusterARN = found.arn
	made.set(in)
	found.associations[made.ID] = made
	return made.describe(), nil
}

// checkRole requires that the role exists and trusts the service, and that the
// caller may pass the role.
func (s *Service) checkRole(c *api.Call, in *associationInput) error {
	if in.TargetRoleARN != nil && *in.TargetRoleARN != "" {
		return errParameter("the in-memory AWS does not support target roles; remove targetRoleArn")
	}
	if in.RoleARN == nil {
		return nil
	}
	err := c.AuthorizeWith("iam:PassRole", *in.RoleARN, api.Keys{"iam:PassedToService": {PodService}})
	if err != nil {
		return err
	}
	role, ok := s.iam.Role(*in.RoleARN)
	if !ok {
		return errParameter("Role provided in the request does not exist.")
	}
	if !role.Trust.Trusts(policy.Principal{Service: PodService}, "sts:AssumeRole") {
		return errParameter("Trust policy of the role provided is invalid")
	}
	return nil
}

func (a *association) set(in *associationInput) {
	if in.RoleARN != nil {
		a.RoleARN = *in.RoleARN
	}
	if in.DisableSessionTags != nil {
		a.DisableSessionTags = *in.DisableSessionTags
	}
}

func (k *cluster) association(namespace, serviceAccount string) *association {
	for _, a := range k.associations {
		if a.namespace == namespace && a.serviceAccount == serviceAccount {
			return a
		}
	}
	return nil
}

func (s *Service) findAssociation(c *api.Call, r *http.Request) (*cluster, *association, error) {
	name, id := r.PathValue("cluster"), r.PathValue("id")
	if err := c.Authorize(c.Action, c.ARN("eks", "podidentityassociation/"+name+"/"+id)); err != nil {
		return nil, nil, err
	}
	found := s.clusters[c.Region][name]
	if found == nil {
		return nil, nil, errNone("No cluster found for name: %s.", name)
	}
	a := found.associations[id]
	if a == nil {
		return nil, nil, errNone("Association not found: %s", id)
	}
	return found, a, nil
}

func (s *Service) describeAssociation(c *api.Call, r *http.Request) (any, error) {
	_, a, err := s.findAssociation(c, r)
	if err != nil {
		return nil, err
	}
	return a.describe(), nil
}

func (s *Service) updateAssociation(c *api.Call, r *http.Request) (any, error) {
	in, err := api.Body[associationInput](r)
	if err != nil {
		return nil, err
	}
	_, a, err := s.findAssociation(c, r)
	if err != nil {
		return nil, err
	}
	if err := s.checkRole(c, in); err != nil {
		return nil, err
	}
	a.set(in)
	a.modified = c.Now
	return a.describe(), nil
}

func (s *Service) deleteAssociation(c *api.Call, r *http.Request) (any, error) {
	found, a, err := s.findAssociation(c, r)
	if err != nil {
		return nil, err
	}
	delete(found.associations, a.ID)
	return a.describe(), nil
}

type associationSummary struct {
	ClusterName    string `json:"clusterName"`
	Namespace      string `json:"namespace"`
	ServiceAccount string `json:"serviceAccount"`
	AssociationARN string `json:"associationArn"`
	AssociationID  string `json:"associationId"`
}

func (s *Service) listAssociations(c *api.Call, r *http.Request) (any, error) {
	found, err := s.find(c, r)
	if err != nil {
		return nil, err
	}
	wanted := func(name, value string) bool {
		asked := r.URL.Query().Get(name)
		return asked == "" || asked == value
	}
	list := []associationSummary{}
	for _, a := range found.associations {
		if wanted("namespace", a.namespace) && wanted("serviceAccount", a.serviceAccount) {
			list = append(list, associationSummary{a.cluster, a.namespace, a.serviceAccount, a.ARN, a.ID})
		}
	}
	slices.SortFunc(list, func(a, b associationSummary) int {
		return strings.Compare(a.Namespace+"/"+a.ServiceAccount, b.Namespace+"/"+b.ServiceAccount)
	})
	return struct {
		Associations []associationSummary `json:"associations"`
	}{list}, nil
}

// Association returns the role of a service account's pods.
func (s *Service) Association(c *api.Call, name, namespace, serviceAccount string) (Association, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.clusters[c.Region][name]
	if found == nil {
		return Association{}, errNone("No cluster found for name: %s.", name)
	}
	a := found.association(namespace, serviceAccount)
	if a == nil {
		return Association{}, errNone("No association found for service account %s in namespace %s of cluster %s",
			serviceAccount, namespace, name)
	}
	return a.Association, nil
}

// Issuer returns the URL in the tokens of the cluster's service accounts, empty when
// there is no cluster.
func (s *Service) Issuer(region, name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.clusters[region][name]; found != nil {
		return found.Issuer
	}
	return ""
}
