package podidentity

import (
	"eso-aws/internal/iam"
	"eso-aws/internal/pattern"
	"eso-aws/internal/problem"
)

// principal is EKS Pod Identity. It has the same name in every partition.
const principal = "pods.eks.amazonaws.com"

// TrustPolicy lets EKS assume a role for one service account of one cluster. The conditions
// are on the tags that EKS sets on every session. A pod cannot set them.
func TrustPolicy(args *RoleArgs) (iam.Document, []problem.Problem) {
	var problems problem.List
	problems.AddBelow(problem.Path{"clusterArn"}, iam.CheckARN(pattern.ClusterARN, args.ClusterARN, args.Partition)...)
	return iam.NewDocument(iam.Statement{
		Sid:       "ServiceAccount",
		Effect:    iam.Allow,
		Principal: map[string]string{"Service": principal},
		Action:    []string{"sts:AssumeRole", "sts:TagSession"},
		Condition: iam.Condition{"StringEquals": {
			"aws:RequestTag/eks-cluster-arn":            {args.ClusterARN},
			"aws:RequestTag/kubernetes-namespace":       {args.ServiceAccount.Namespace},
			"aws:RequestTag/kubernetes-service-account": {args.ServiceAccount.Name},
		}},
	}), problems.Errors()
}
