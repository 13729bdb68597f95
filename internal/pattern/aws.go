package pattern

// The parts of AWS's patterns. AWS's own services name their secrets with a "!" after the
// service, such as rds!db-1234.
const (
	service   = `([a-z0-9-]+!)?`
	cluster   = `[0-9A-Za-z][0-9A-Za-z_-]{0,99}`
	iamPath   = `/([!-~]+/)?`
	iamName   = `[A-Za-z0-9+=,.@_-]`
	partition = `^arn:aws[a-z-]*:`
	account   = `[0-9]{12}`
	regional  = `:[a-z0-9-]+:` + account + `:`
)

var (
	// Account is the number of an account.
	Account = form(`^`+account+`$`, 0, "must be an AWS account ID (12 digits)")
	// Region is the name of a region.
	Region = form(`^[a-z]{2,4}(-[a-z]+){1,2}-[0-9]{1,2}$`, 0, "must be an AWS region, such as eu-west-1")
	// ClusterName is the name of an EKS cluster.
	ClusterName = form(`^`+cluster+`$`, 0,
		`must be a valid EKS cluster name (letters, digits, "-" and "_", at most 100 characters)`)
	// IssuerURL is the issuer of a cluster. IAM leaves https:// out.
	IssuerURL = form(`^(https://)?[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~-]+)*$`, 0,
		"must be the URL of the cluster's issuer, such as https://oidc.eks.eu-west-1.amazonaws.com/id/ABC")

	// SecretName is the name of a secret.
	SecretName = form(`^`+service+`[A-Za-z0-9/_+=.@-]{1,512}$`, 0,
		`must be a valid secret name (letters, digits and "/_+=.@-", at most 512 characters)`)
	// SecretPrefix is the beginning of the names of secrets.
	SecretPrefix = form(SecretName.Text, 0,
		`must be a valid beginning of secret names (letters, digits and "/_+=.@-", at most 512 characters)`)
	// SecretVersion is a stage of a secret, or the ID of a version after uuid/.
	SecretVersion = form(`^(uuid/[A-Za-z0-9-]{32,64}|[^/\s]{1,256})$`, 0,
		"must be a stage of a secret, such as AWSPREVIOUS, or uuid/<version ID>")
	// VersionID is the ID of a version of a secret.
	VersionID = form(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`, 0, "must be a version ID")

	// ParameterName is the name of a parameter. The name of one in a hierarchy starts with
	// a slash, and any other name has none.
	ParameterName = form(`^([A-Za-z0-9_.-]+|(/[A-Za-z0-9_.-]+)+)$`, 1011,
		`must be a valid parameter name (letters, digits and "_.-", or a path of these such as /prod/app)`)
	// ParameterPath is a level of the hierarchy of parameters.
	ParameterPath = form(`^(/|(/[A-Za-z0-9_.-]+)+/?)$`, 0, "must be a path of parameters, such as /prod/app")
	// ParameterVersion is the number or the label of a parameter's version.
	ParameterVersion = form(`^([1-9][0-9]{0,9}|[A-Za-z_.-][A-Za-z0-9_.-]{0,99})$`, 0,
		"must be the number or the label of a parameter version")

	// SecretARN is the ARN of a secret, with or without the six characters that AWS adds to
	// its name.
	SecretARN = form(partition+`secretsmanager`+regional+`secret:`+service+`[A-Za-z0-9/_+=.@-]{1,519}$`, 0,
		"must be the ARN of a secret (arn:<partition>:secretsmanager:<region>:<account>:secret:<name>)")
	// ParameterARN is the ARN of a parameter.
	ParameterARN = form(partition+`ssm`+regional+`parameter/[A-Za-z0-9_./-]+$`, 0,
		"must be the ARN of a parameter (arn:<partition>:ssm:<region>:<account>:parameter/<name>)")
	// KMSKeyARN is the ARN of a KMS key. A policy that names an alias has no effect.
	KMSKeyARN = form(partition+`kms`+regional+`key/[A-Za-z0-9-]{1,256}$`, 0,
		"must be the ARN of a KMS key, not of an alias (arn:<partition>:kms:<region>:<account>:key/<id>)")
	// ClusterARN is the ARN of an EKS cluster.
	ClusterARN = form(partition+`eks`+regional+`cluster/`+cluster+`$`, 0,
		"must be the ARN of an EKS cluster (arn:<partition>:eks:<region>:<account>:cluster/<name>)")
	// RoleARN is the ARN of an IAM role.
	RoleARN = form(partition+`iam::`+account+`:role`+iamPath+iamName+`{1,64}$`, 0,
		"must be the ARN of an IAM role (arn:<partition>:iam::<account>:role/<name>)")
	// PolicyARN is the ARN of a managed policy, of an account or of AWS.
	PolicyARN = form(partition+`iam::(`+account+`|aws):policy`+iamPath+iamName+`{1,128}$`, 0,
		"must be the ARN of an IAM policy (arn:<partition>:iam::<account>:policy/<name>)")
	// ProviderARN is the ARN of an OIDC provider in IAM.
	ProviderARN = form(partition+`iam::`+account+`:oidc-provider/[A-Za-z0-9.:/_~-]+$`, 0,
		"must be the ARN of an OIDC provider in IAM (arn:<partition>:iam::<account>:oidc-provider/<issuer>)")

	// RoleName is the name of an IAM role.
	RoleName = form(`^`+iamName+`{1,64}$`, 0,
		`must be a valid role name (letters, digits and "+=,.@_-", at most 64 characters)`)
	// RolePath is the path of an IAM role.
	RolePath = form(`^`+iamPath+`$`, 512,
		`must be a valid IAM path (starting and ending with "/", at most 512 characters)`)
	// TagKey is the key of a tag.
	TagKey = form(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$`, 128,
		`must be a valid tag key (letters, digits, spaces and "_.:/=+-@", at most 128 characters)`)
	// TagValue is the value of a tag.
	TagValue = form(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`, 256,
		`must be a valid tag value (letters, digits, spaces and "_.:/=+-@", at most 256 characters)`)
)
