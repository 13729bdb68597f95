package stack

import (
	"errors"
	"net/netip"
	"regexp"
	"strconv"
)

// The keys of the configuration, as Pulumi.yaml declares them.
const (
	keyName              = "name"
	keyKubernetesVersion = "kubernetesVersion"
	keyNodeType          = "nodeType"
	keyNodeCount         = "nodeCount"
	keyPublicAccessCIDRs = "publicAccessCidrs"
	keyVPC               = "vpcId"
	keySubnets           = "subnetIds"
)

// keyRegion is the AWS provider's own.
const keyRegion = "aws:region"

// defaults are the values of keys that are not set, of all keys there are.
func defaults() map[string]string {
	return map[string]string{
		keyName:              "eso-aws",
		keyKubernetesVersion: "",
		keyNodeType:          "t3.medium",
		keyNodeCount:         "2",
		keyPublicAccessCIDRs: `["0.0.0.0/0"]`,
		keyVPC:               "",
		keySubnets:           "[]",
	}
}

// Config is a stack's configuration, checked, with the defaults in place.
type Config struct {
	// Region is that of the AWS provider.
	Region string
	// Name is the cluster's, in AWS.
	Name string
	// KubernetesVersion is a minor version such as 1.34; empty for what EKS
	// gives to new clusters.
	KubernetesVersion string
	// NodeType is an EC2 instance type, and NodeCount how many there are.
	NodeType  string
	NodeCount int
	// PublicAccessCIDRs are the IPv4 blocks that reach the API server over the
	// internet; with none it has no public endpoint.
	PublicAccessCIDRs []string
	// VPC and Subnets are where the cluster is; empty for the default VPC.
	VPC     string
	Subnets []string
}

var (
	clusterName       = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$`)
	kubernetesVersion = regexp.MustCompile(`^1\.[0-9]{2}$`)
	instanceType      = regexp.MustCompile(`^[a-z][a-z0-9-]*\.[a-z0-9-]+$`)
	vpcID             = regexp.MustCompile(`^vpc-([0-9a-f]{8}|[0-9a-f]{17})$`)
	subnetID          = regexp.MustCompile(`^subnet-([0-9a-f]{8}|[0-9a-f]{17})$`)
)

// Load reads the configuration that Pulumi hands to a program. Its error has
// every problem, in the order of the keys.
func Load(project string, values map[string]string, encrypted []string) (Config, error) {
	l := &loader{project: project, values: values, encrypted: encrypted}
	l.unknownKeys()
	config := Config{
		Region:            l.region(),
		Name:              l.name(),
		KubernetesVersion: l.kubernetesVersion(),
		NodeType:          l.nodeType(),
		NodeCount:         l.nodeCount(),
		PublicAccessCIDRs: l.publicAccessCIDRs(),
	}
	config.VPC, config.Subnets = l.network()
	if err := l.err(); err != nil {
		return Config{}, err
	}
	return config, nil
}

func (l *loader) region() string {
	const write = "an AWS region, such as us-east-1"
	value := l.values[keyRegion]
	if value == "" {
		l.say(keyRegion, "is missing; write "+write)
	} else if _, err := partitionOf(value); errors.Is(err, errNoRegion) {
		l.reject(keyRegion, value, "is no AWS region", write)
	} else if err != nil {
		l.reject(keyRegion, value, err.Error(), "a region of aws, aws-cn or aws-us-gov")
	}
	return value
}

func (l *loader) name() string {
	value := l.text(keyName)
	if !clusterName.MatchString(value) {
		l.reject(l.full(keyName), value, "is no name of an EKS cluster",
			"letters, digits, - and _, 100 at most, a letter or a digit first")
	}
	return value
}

func (l *loader) kubernetesVersion() string {
	value := l.text(keyKubernetesVersion)
	if value != "" && !kubernetesVersion.MatchString(value) {
		l.reject(l.full(keyKubernetesVersion), value, "is no minor version of Kubernetes",
			`one in quotes, such as "1.34"`)
	}
	return value
}

func (l *loader) nodeType() string {
	value := l.text(keyNodeType)
	if !instanceType.MatchString(value) {
		l.reject(l.full(keyNodeType), value, "is no EC2 instance type", "one such as t3.medium")
	}
	return value
}

func (l *loader) nodeCount() int {
	value := l.text(keyNodeCount)
	count, err := strconv.Atoi(value)
	if err != nil || count < 1 || count > 100 {
		l.reject(l.full(keyNodeCount), value, "is no number of nodes", "a whole number from 1 to 100")
	}
	return count
}

func (l *loader) publicAccessCIDRs() []string {
	const write = "IPv4 blocks, such as 203.0.113.0/24"
	blocks := l.list(keyPublicAccessCIDRs, write)
	for _, block := range blocks {
		prefix, err := netip.ParsePrefix(block)
		switch {
		case err != nil || !prefix.Addr().Is4():
			l.reject(l.full(keyPublicAccessCIDRs), block, "is no IPv4 block", write)
		case prefix != prefix.Masked():
			l.reject(l.full(keyPublicAccessCIDRs), block, "is an address within a block", prefix.Masked().String())
		}
	}
	return blocks
}

func (l *loader) network() (vpc string, subnets []string) {
	const writeSubnets = "the IDs of two or more subnets in different zones, such as subnet-0123456789abcdef0"
	vpc, subnets = l.text(keyVPC), l.list(keySubnets, writeSubnets)
	if vpc != "" && !vpcID.MatchString(vpc) {
		l.reject(l.full(keyVPC), vpc, "is no ID of a VPC", "one such as vpc-0123456789abcdef0")
	}
	for _, subnet := range subnets {
		if !subnetID.MatchString(subnet) {
			l.reject(l.full(keySubnets), subnet, "is no ID of a subnet", writeSubnets)
		}
	}
	switch {
	case l.failed(keySubnets): // why there are too few is said already
	case len(subnets) == 1:
		l.reject(l.full(keySubnets), subnets[0], "is a single subnet", writeSubnets)
	case vpc != "" && len(subnets) == 0:
		l.say(l.full(keySubnets), "is missing, as vpcId is set; write "+writeSubnets)
	case vpc == "" && len(subnets) > 0:
		l.say(l.full(keyVPC), "is missing, as subnetIds is set; write the ID of their VPC")
	}
	return vpc, subnets
}
