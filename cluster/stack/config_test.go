package stack_test

import (
	"encoding/json"
	"maps"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"eso-aws/cluster/stack"
)

const project = "eso-aws-cluster"

// load reads changes to the smallest configuration there is.
func load(changes map[string]string, encrypted ...string) (stack.Config, error) {
	values := map[string]string{"aws:region": "us-east-1"}
	maps.Copy(values, changes)
	return stack.Load(project, values, encrypted)
}

// TestProjectFile: Pulumi.yaml and the program agree on the keys and defaults,
// as all of them together load as none of them do.
func TestProjectFile(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../Pulumi.yaml")
	require.NoError(t, err)
	var file struct {
		Name   string
		Config map[string]struct {
			Description string
			Default     any
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &file))
	assert.Equal(t, project, file.Name)

	declared := map[string]string{}
	for key, setting := range file.Config {
		assert.NotEmpty(t, setting.Description, key)
		value, isText := setting.Default.(string)
		if !isText {
			encoded, err := json.Marshal(setting.Default)
			require.NoError(t, err)
			value = string(encoded)
		}
		declared[project+":"+key] = value
	}
	fromFile, err := load(declared)
	require.NoError(t, err)
	fromProgram, err := load(nil)
	require.NoError(t, err)
	assert.Equal(t, fromProgram, fromFile)
	assert.Equal(t, stack.Config{
		Region: "us-east-1", Name: "eso-aws", NodeType: "t3.medium", NodeCount: 2,
		PublicAccessCIDRs: []string{"0.0.0.0/0"}, Subnets: []string{},
	}, fromProgram)

	_, err = load(map[string]string{project + ":none": "1"})
	for key := range file.Config {
		assert.ErrorContains(t, err, key, "the program does not know it")
	}
}

// TestLoadErrors: one wrong value each, and the whole message.
func TestLoadErrors(t *testing.T) {
	t.Parallel()
	const (
		writeRegion  = "; write an AWS region, such as us-east-1"
		writeName    = "; write letters, digits, - and _, 100 at most, a letter or a digit first"
		writeVersion = `; write one in quotes, such as "1.34"`
		writeCount   = "; write a whole number from 1 to 100"
		writeBlocks  = "; write IPv4 blocks, such as 203.0.113.0/24"
		writeSubnets = "; write the IDs of two or more subnets in different zones, such as subnet-0123456789abcdef0"
	)
	long := strings.Repeat("a", 101)
	for name, test := range map[string]struct{ key, value, want string }{
		"RegionMissing": {"aws:region", "", `is missing` + writeRegion},
		"RegionZone":    {"aws:region", "us-east-1a", `"us-east-1a": is no AWS region` + writeRegion},
		"RegionOfAnotherPartition": {
			"aws:region", "eusc-de-east-1",
			`"eusc-de-east-1": is in a partition that is not known here; write a region of aws, aws-cn or aws-us-gov`,
		},
		"NameWithDot":     {project + ":name", "a.b", `"a.b": is no name of an EKS cluster` + writeName},
		"NameWithHyphen":  {project + ":name", "-a", `"-a": is no name of an EKS cluster` + writeName},
		"NameTooLong":     {project + ":name", long, `"` + long + `": is no name of an EKS cluster` + writeName},
		"VersionPatch":    {project + ":kubernetesVersion", "1.34.1", `"1.34.1": is no minor version of Kubernetes` + writeVersion},
		"VersionUnquoted": {project + ":kubernetesVersion", "1.3", `"1.3": is no minor version of Kubernetes` + writeVersion},
		"NodeType":        {project + ":nodeType", "medium", `"medium": is no EC2 instance type; write one such as t3.medium`},
		"NodeCountNone":   {project + ":nodeCount", "0", `"0": is no number of nodes` + writeCount},
		"NodeCountMany":   {project + ":nodeCount", "101", `"101": is no number of nodes` + writeCount},
		"NodeCountText":   {project + ":nodeCount", "two", `"two": is no number of nodes` + writeCount},
		"BlocksText":      {project + ":publicAccessCidrs", "0.0.0.0/0", `"0.0.0.0/0": is no list of texts` + writeBlocks},
		"BlockAddress":    {project + ":publicAccessCidrs", `["203.0.113.7"]`, `"203.0.113.7": is no IPv4 block` + writeBlocks},
		"BlockIPv6":       {project + ":publicAccessCidrs", `["2001:db8::/32"]`, `"2001:db8::/32": is no IPv4 block` + writeBlocks},
		"BlockWithHost": {
			project + ":publicAccessCidrs", `["203.0.113.7/24"]`,
			`"203.0.113.7/24": is an address within a block; write 203.0.113.0/24`,
		},
		"SubnetsNumber": {project + ":subnetIds", "[1]", `"[1]": is no list of texts` + writeSubnets},
		"Subnet":        {project + ":subnetIds", `["subnet-1","subnet-00000001"]`, `"subnet-1": is no ID of a subnet` + writeSubnets},
		"SubnetAlone":   {project + ":subnetIds", `["subnet-00000001"]`, `"subnet-00000001": is a single subnet` + writeSubnets},
		"Unknown": {
			project + ":nodes", "2", `there is no such setting; there is kubernetesVersion, name, nodeCount, nodeType, ` +
				`publicAccessCidrs, subnetIds, vpcId`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config, err := load(map[string]string{test.key: test.value})
			assert.EqualError(t, err, test.key+": "+test.want)
			assert.Equal(t, stack.Config{}, config)
		})
	}
}

// TestLoadNetwork: a VPC and its subnets come together.
func TestLoadNetwork(t *testing.T) {
	t.Parallel()
	const subnets = `["subnet-00000001","subnet-00000002"]`
	for name, test := range map[string]struct{ vpc, subnets, want string }{
		"SubnetsMissing": {
			"vpc-00000001", "", "eso-aws-cluster:subnetIds: is missing, as vpcId is set; " +
				"write the IDs of two or more subnets in different zones, such as subnet-0123456789abcdef0",
		},
		"VPCMissing": {
			"", subnets, "eso-aws-cluster:vpcId: is missing, as subnetIds is set; write the ID of their VPC",
		},
		"VPCWrong": {
			"main", subnets, `eso-aws-cluster:vpcId: "main": is no ID of a VPC; write one such as vpc-0123456789abcdef0`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := load(map[string]string{project + ":vpcId": test.vpc, project + ":subnetIds": test.subnets})
			assert.EqualError(t, err, test.want)
		})
	}
}

// TestLoadEncrypted: no encrypted value is in an error.
func TestLoadEncrypted(t *testing.T) {
	t.Parallel()
	_, err := load(map[string]string{project + ":subnetIds": "hidden", "aws:region": "hidden"},
		project+":subnetIds", "aws:region")
	assert.EqualError(t, err, "aws:region: [secret]: is no AWS region; write an AWS region, such as us-east-1\n"+
		"eso-aws-cluster:subnetIds: [secret]: is encrypted, but is no secret in AWS; write it without --secret")
}

// TestRefused: every problem is told at once, and nothing is registered.
func TestRefused(t *testing.T) {
	t.Parallel()
	got, err := run(t, map[string]string{project + ":nodeCount": "0", project + ":name": "a b"}, nil, false)
	assert.ErrorContains(t, err, `checking the configuration of stack "dev":
aws:region: is missing; write an AWS region, such as us-east-1
eso-aws-cluster:name: "a b": is no name of an EKS cluster; write letters, digits, - and _, 100 at most, `+
		`a letter or a digit first
eso-aws-cluster:nodeCount: "0": is no number of nodes; write a whole number from 1 to 100`)
	assert.Empty(t, got.registered)
}
