package eks

import (
	"crypto/rand"
	"encoding/base64"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"eso-aws/sandbox/aws/internal/api"
	"eso-aws/sandbox/aws/internal/iam"
)

// Cluster is a cluster that exists.
type Cluster struct {
	Name, Region, Version string
	// Endpoint is the API server's URL, and CA the authority that signed its
	// certificate, as PEM.
	Endpoint string
	CA       []byte
	// Issuer is the URL in the tokens of service accounts.
	Issuer string
}

// Service holds the clusters of one account. It is safe for concurrent use.
type Service struct {
	handler http.Handler
	iam     *iam.Service

	mu sync.Mutex
	// clusters are by region, then by name.
	clusters map[string]map[string]*cluster
}

type cluster struct {
	Cluster
	arn     string
	created time.Time
	tags    map[string]string
	// associations are by ID, add-ons by name.
	associations map[string]*association
	addons       map[string]*addon
}

// New returns a service without clusters, for the roles of iam.
func New(iam *iam.Service) *Service {
	s := &Service{iam: iam, clusters: map[string]map[string]*cluster{}}
	const (
		one          = "/clusters/{cluster}"
		associations = one + "/pod-identity-associations"
		association  = associations + "/{id}"
		addons       = one + "/addons"
		tags         = "/tags/{arn}"
	)
	s.handler = api.NewRESTService("eks", &s.mu, []api.Route{
		{Operation: "ListClusters", Pattern: "GET /clusters", Do: s.listClusters},
		{Operation: "DescribeCluster", Pattern: "GET " + one, Do: s.describeCluster},
		{Operation: "CreatePodIdentityAssociation", Pattern: "POST " + associations, Do: s.createAssociation},
		{Operation: "ListPodIdentityAssociations", Pattern: "GET " + associations, Do: s.listAssociations},
		{Operation: "DescribePodIdentityAssociation", Pattern: "GET " + association, Do: s.describeAssociation},
		{Operation: "UpdatePodIdentityAssociation", Pattern: "POST " + association, Do: s.updateAssociation},
		{Operation: "DeletePodIdentityAssociation", Pattern: "DELETE " + association, Do: s.deleteAssociation},
		{Operation: "CreateAddon", Pattern: "POST " + addons, Do: s.createAddon},
		{Operation: "ListAddons", Pattern: "GET " + addons, Do: s.listAddons},
		{Operation: "DescribeAddon", Pattern: "GET " + addons + "/{name}", Do: s.describeAddon},
		{Operation: "UpdateAddon", Pattern: "POST " + addons + "/{name}/update", Do: s.updateAddon},
		{Operation: "DeleteAddon", Pattern: "DELETE " + addons + "/{name}", Do: s.deleteAddon},
		{Operation: "TagResource", Pattern: "POST " + tags, Do: s.tagResource},
		{Operation: "UntagResource", Pattern: "DELETE " + tags, Do: s.untagResource},
	})
	return s
}

// ServeHTTP answers a verified request.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.handler.ServeHTTP(w, r)
}

// Put adds or replaces a cluster, and keeps its associations and add-ons.
func (s *Service) Put(c *api.Call, added Cluster) {
	s.mu.Lock()
	defer s.mu.Unlock()
	region := s.clusters[added.Region]
	if region == nil {
		region = map[string]*cluster{}
		s.clusters[added.Region] = region
	}
	if known := region[added.Name]; known != nil {
		known.Cluster = added
		return
	}
	region[added.Name] = &cluster{
		Cluster: added, arn: c.ARN("eks", "cluster/"+added.Name), created: c.Now, tags: map[string]string{},
		associations: map[string]*association{}, addons: map[string]*addon{},
	}
}

// find returns the cluster in the path if the caller may perform the action on it.
func (s *Service) find(c *api.Call, r *http.Request) (*cluster, error) {
	name := r.PathValue("cluster")
	if err := c.Authorize(c.Action, c.ARN("eks", "cluster/"+name)); err != nil {
		return nil, err
	}
	found := s.clusters[c.Region][name]
	if found == nil {
		return nil, errNone("No cluster found for name: %s.", name)
	}
	return found, nil
}

func (s *Service) listClusters(c *api.Call, _ *http.Request) (any, error) {
	if err := c.Authorize(c.Action, "*"); err != nil {
		return nil, err
	}
	names := slices.AppendSeq([]string{}, maps.Keys(s.clusters[c.Region]))
	slices.Sort(names)
	return struct {
		Clusters []string `json:"clusters"`
	}{names}, nil
}

type clusterDescription struct {
	Name      string            `json:"name"`
	ARN       string            `json:"arn"`
	CreatedAt api.Time          `json:"createdAt"`
	Version   string            `json:"version,omitempty"`
	Endpoint  string            `json:"endpoint"`
	Status    string            `json:"status"`
	Tags      map[string]string `json:"tags"`
	CA        struct {
		Data string `json:"data"`
	} `json:"certificateAuthority"`
	Identity struct {
		OIDC struct {
			Issuer string `json:"issuer"`
		} `json:"oidc"`
	} `json:"identity"`
}

func (s *Service) describeCluster(c *api.Call, r *http.Request) (any, error) {
	found, err := s.find(c, r)
	if err != nil {
		return nil, err
	}
	d := clusterDescription{
		Name: found.Name, ARN: found.arn, CreatedAt: api.Time(found.created), Version: found.Version,
		Endpoint: found.Endpoint, Status: "ACTIVE", Tags: maps.Clone(found.tags),
	}
	d.CA.Data = base64.StdEncoding.EncodeToString(found.CA)
	d.Identity.OIDC.Issuer = found.Issuer
	return struct {
		Cluster clusterDescription `json:"cluster"`
	}{d}, nil
}

// newID returns random lower case letters and digits after a prefix.
func newID(prefix string) string { return prefix + strings.ToLower(rand.Text())[:17] }

func errNone(format string, args ...any) error {
	return api.Failf(http.StatusNotFound, "ResourceNotFoundException", format, args...)
}

func errParameter(format string, args ...any) error {
	return api.Failf(http.StatusBadRequest, "InvalidParameterException", format, args...)
}

func errInUse(format string, args ...any) error {
	return api.Failf(http.StatusConflict, "ResourceInUseException", format, args...)
}
