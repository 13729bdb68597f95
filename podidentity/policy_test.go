package podidentity_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"eso-aws/internal/iam"
	"eso-aws/internal/iamtest"
	"eso-aws/internal/problem"
	"eso-aws/internal/role"
	"eso-aws/podidentity"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const cluster = "arn:aws:eks:eu-west-1:111122223333:cluster/prod"

// args are those of a role for the operator's service account.
func args(partition iam.Partition, cluster string) *podidentity.RoleArgs {
	return &podidentity.RoleArgs{
		Args: role.Args{
			Partition: partition, Account: "111122223333",
			ServiceAccount: iam.ServiceAccount{Namespace: "external-secrets", Name: "external-secrets"},
		},
		ClusterARN: cluster,
	}
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, got, 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "write it with: go test ./podidentity -update")
	assert.Equal(t, string(want), string(got))
}

// TestTrustGolden: the exact document in each partition. The principal is the
// same in all of them.
func TestTrustGolden(t *testing.T) {
	t.Parallel()
	for partition, region := range map[iam.Partition]string{
		iam.AWS: "eu-west-1", iam.China: "cn-north-1", iam.GovCloud: "us-gov-west-1",
	} {
		t.Run(string(partition), func(t *testing.T) {
			t.Parallel()
			arn := iam.ARN{Partition: partition, Service: "eks", Region: region, Account: "111122223333", Resource: "cluster/prod"}
			document, problems := podidentity.TrustPolicy(args(partition, arn.String()))
			require.Empty(t, problems)
			assert.Less(t, document.Size(), 2048, "IAM's quota for trust policies")
			var got bytes.Buffer
			require.NoError(t, json.Indent(&got, []byte(document.JSON()), "", "  "))
			got.WriteString("\n")
			golden(t, "testdata/trust-"+string(partition)+".json", got.Bytes())
		})
	}
}

// TestTrustDecides: EKS may assume the role and tag the session only for the one service account of
// the one cluster.
func TestTrustDecides(t *testing.T) {
	t.Parallel()
	document, problems := podidentity.TrustPolicy(args(iam.AWS, cluster))
	require.Empty(t, problems)
	// tags are all that EKS sends.
	tags := func(change map[string]string) map[string]string {
		all := map[string]string{
			"aws:RequestTag/eks-cluster-arn":            cluster,
			"aws:RequestTag/eks-cluster-name":           "prod",
			"aws:RequestTag/kubernetes-namespace":       "external-secrets",
			"aws:RequestTag/kubernetes-service-account": "external-secrets",
			"aws:RequestTag/kubernetes-pod-name":        "external-secrets-5d9c7b8f6-x2x4z",
			"aws:RequestTag/kubernetes-pod-uid":         "7a1c8f7e-0000-4000-8000-000000000000",
		}
		maps.Copy(all, change)
		return all
	}
	const eks, assume = "Service pods.eks.amazonaws.com", "sts:AssumeRole"
	for name, test := range map[string]struct {
		request iamtest.Request
		want    bool
	}{
		"Assume": {iamtest.Request{Principal: eks, Action: assume, Context: tags(nil)}, true},
		"Tag":    {iamtest.Request{Principal: eks, Action: "sts:TagSession", Context: tags(nil)}, true},
		"OtherNamespace": {iamtest.Request{
			Principal: eks, Action: assume, Context: tags(map[string]string{"aws:RequestTag/kubernetes-namespace": "other"}),
		}, false},
		"OtherAccount": {iamtest.Request{
			Principal: eks, Action: assume, Context: tags(map[string]string{"aws:RequestTag/kubernetes-service-account": "default"}),
		}, false},
		"OtherCluster": {iamtest.Request{
			Principal: eks, Action: assume, Context: tags(map[string]string{"aws:RequestTag/eks-cluster-arn": cluster + "2"}),
		}, false},
		"OtherService": {iamtest.Request{Principal: "Service ec2.amazonaws.com", Action: assume, Context: tags(nil)}, false},
		"OtherAction":  {iamtest.Request{Principal: eks, Action: "sts:SetSourceIdentity", Context: tags(nil)}, false},
		"NoTags":       {iamtest.Request{Principal: eks, Action: assume}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := iamtest.Allowed(test.request, document.JSON())
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}

func TestTrustRefuses(t *testing.T) {
	t.Parallel()
	const rule = ": must be the ARN of an EKS cluster (arn:<partition>:eks:<region>:<account>:cluster/<name>)"
	for arn, want := range map[string]string{
		"":     rule,
		"prod": rule,
		"arn:aws:eks:eu-west-1:111122223333:cluster/*":       rule,
		"arn:aws:eks:eu-west-1:111122223333:nodegroup/a/b/c": rule,
		"arn:aws:eks::111122223333:cluster/a":                rule,
		"arn:aws-cn:eks:cn-north-1:111122223333:cluster/a":   ": must be in partition aws, not aws-cn",
	} {
		t.Run(arn, func(t *testing.T) {
			t.Parallel()
			_, problems := podidentity.TrustPolicy(args(iam.AWS, arn))
			var found problem.List
			found.Add(problems...)
			require.EqualError(t, found.Err(), `clusterArn: "`+arn+`"`+want)
		})
	}
}
