package catalog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Function answers what a program asks AWS.
type Function func(ctx context.Context, c *Clients, args resource.PropertyMap) (resource.PropertyMap, error)

// Functions are all functions by their tokens.
func Functions() map[string]Function {
	return map[string]Function{
		"aws:index/getCallerIdentity:getCallerIdentity":             function(getCallerIdentity),
		"aws:index/getPartition:getPartition":                       function(getPartition),
		"aws:index/getRegion:getRegion":                             function(getRegion),
		"aws:eks/getCluster:getCluster":                             function(getCluster),
		"aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider": function(getProvider),
		"aws:iam/getPolicy:getPolicy":                               function(getPolicy),
		"aws:iam/getRole:getRole":                                   function(getRole),
	}
}

// function is one with arguments of type A and a result of type R, by their JSON tags.
func function[A, R any](do func(context.Context, *Clients, *A) (*R, error)) Function {
	return func(ctx context.Context, c *Clients, args resource.PropertyMap) (resource.PropertyMap, error) {
		asked, err := decode[A](args)
		if err != nil {
			return nil, err
		}
		result, err := do(ctx, c, asked)
		if err != nil {
			return nil, err
		}
		return encode(result)
	}
}

// partition is a group of regions with accounts of its own.
type partition struct{ id, dnsSuffix string }

func partitionOf(region string) partition {
	for prefix, found := range map[string]partition{
		"cn-":      {"aws-cn", "amazonaws.com.cn"},
		"us-gov-":  {"aws-us-gov", "amazonaws.com"},
		"us-iso-":  {"aws-iso", "c2s.ic.gov"},
		"us-isob-": {"aws-iso-b", "sc2s.sgov.gov"},
	} {
		if strings.HasPrefix(region, prefix) {
			return found
		}
	}
	return partition{"aws", "amazonaws.com"}
}

type partitionResult struct {
	DNSSuffix        string `json:"dnsSuffix"`
	ID               string `json:"id"`
	Partition        string `json:"partition"`
	ReverseDNSPrefix string `json:"reverseDnsPrefix"`
}

func getPartition(_ context.Context, c *Clients, _ *struct{}) (*partitionResult, error) {
	p := partitionOf(c.Region)
	labels := strings.Split(p.dnsSuffix, ".")
	slices.Reverse(labels)
	return &partitionResult{p.dnsSuffix, p.id, p.id, strings.Join(labels, ".")}, nil
}

type regionArgs struct {
	Endpoint string `json:"endpoint"`
	Name     string `json:"name"`
}

// regionResult has no description: AWS's list of them is not here.
type regionResult struct {
	Endpoint string `json:"endpoint"`
	ID       string `json:"id"`
	Name     string `json:"name"`
}

func getRegion(_ context.Context, c *Clients, args *regionArgs) (*regionResult, error) {
	if args.Endpoint != "" {
		return nil, errors.New("finding a region by its endpoint: the sandbox's stand-in does not, give its name")
	}
	name := c.Region
	if args.Name != "" {
		name = args.Name
	}
	return &regionResult{fmt.Sprintf("ec2.%s.%s", name, partitionOf(name).dnsSuffix), name, name}, nil
}
