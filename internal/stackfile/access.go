package stackfile

// Namespace is a namespace that the stack uses.
type Namespace struct {
	Create *bool `json:"create" doc:"Whether the stack creates the namespace."`
}

// Role is the IAM role of the operator.
type Role struct {
	Name                string            `json:"name" pattern:"roleName" hint:"the name of a role" doc:"Name of the role. Defaults to external-secrets-irsa or external-secrets-pod-identity, depending on auth."`
	Path                string            `json:"path" pattern:"rolePath" hint:"a path, such as /platform/" doc:"Path of the role." default:"/"`
	PermissionsBoundary string            `json:"permissionsBoundary" pattern:"policy" hint:"the ARN of a policy" doc:"ARN of the policy that is the permissions boundary of the role."`
	MaxSession          string            `json:"maxSession" pattern:"duration" hint:"a duration in quotes, such as 1h" doc:"Maximum session duration of the role, from 1h to 12h."`
	Tags                map[string]string `json:"tags" keys:"tag" pattern:"tagValue" hint:"<key>: <value>" entryHint:"a string in quotes" doc:"Tags of every IAM resource that the stack creates."`
}

// Permissions are granted to the role in addition to reading the declared secrets.
type Permissions struct {
	KMSKeys             []string `json:"kmsKeys" pattern:"kmsKey" entryHint:"the ARN of a key" doc:"ARNs of the customer managed KMS keys that encrypt the secrets."`
	Prefixes            []string `json:"prefixes" pattern:"path" entryHint:"a prefix of names, such as prod/" doc:"Name prefixes of further secrets that the operator may read."`
	ListSecrets         bool     `json:"listSecrets" doc:"Whether the operator may list the names of all secrets."`
	BatchGetSecretValue bool     `json:"batchGetSecretValue" doc:"Whether the operator may call BatchGetSecretValue, for the secrets that it may read."`
}
