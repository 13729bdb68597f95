package podidentity

import (
	"errors"
	"regexp"

	"eso-aws/internal/iam"
)

// principal is EKS Pod Identity, by the same name in every partition.
const principal = "pods.eks.amazonaws.com"

var (
	clusterName     = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$`)
	clusterResource = regexp.MustCompile(`^cluster/[A-Za-z0-9][A-Za-z0-9_-]{0,99}$`)
)

// Trust says for whom EKS may assume the role.
type Trust struct {
	// Partition is the cluster's.
	Partition iam.Partition
	// ClusterARN is the cluster's, and ServiceAccount is in it.
	ClusterARN     string
	ServiceAccount iam.ServiceAccount
}

// TrustPolicy lets EKS assume a role for one service account of one cluster.
// The conditions are on the tags that EKS puts on every session; a pod cannot
// set them.
func TrustPolicy(t Trust) (iam.Document, error) {
	if err := errors.Join(t.ServiceAccount.Validate(), checkCluster(t.ClusterARN, t.Partition)); err != nil {
		return iam.Document{}, err
	}
	return iam.NewDocument(iam.Statement{
		Sid:       "ServiceAccount",
		Effect:    iam.Allow,
		Principal: map[string]string{"Service": principal},
		Action:    []string{"sts:AssumeRole", "sts:TagSession"},
		Condition: iam.Condition{"StringEquals": {
			"aws:RequestTag/eks-cluster-arn":            {t.ClusterARN},
			"aws:RequestTag/kubernetes-namespace":       {t.ServiceAccount.Namespace},
			"aws:RequestTag/kubernetes-service-account": {t.ServiceAccount.Name},
		}},
	}), nil
}

func checkCluster(arn string, partition iam.Partition) error {
	_, err := iam.Kind{
		What: "an EKS cluster", Service: "eks", Regional: true, Resource: clusterResource,
		Write: "arn:<partition>:eks:<region>:<account>:cluster/<name>",
	}.Check("clusterArn", arn, partition)
	return err
}

func checkClusterName(name string) error {
	if !clusterName.MatchString(name) {
		return iam.Problem("clusterName", name, "is no name of a cluster", "letters, digits, - and _, 100 at most")
	}
	return nil
}
