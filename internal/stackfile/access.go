package stackfile

// Namespace is one that the stack uses.
type Namespace struct {
	Create *bool `json:"create" doc:"whether the stack creates it"`
}

// Hint is what to write for one.
func (Namespace) Hint() string { return "{create: true} or {create: false}" }

// Role is the operator's.
type Role struct {
	Name                string            `json:"name" pattern:"roleName" hint:"text" doc:"its name in IAM; by default external-secrets-irsa or external-secrets-pod-identity"`
	Path                string            `json:"path" pattern:"rolePath" hint:"text" doc:"its path in IAM" default:"/"`
	PermissionsBoundary string            `json:"permissionsBoundary" pattern:"policy" hint:"text" doc:"the ARN of a policy that bounds what it may do"`
	MaxSession          string            `json:"maxSession" pattern:"duration" hint:"a duration in quotes, such as 1h" doc:"how long its credentials are valid, from 1h to 12h"`
	Tags                map[string]string `json:"tags" keys:"tag" pattern:"tagValue" hint:"<key>: <value>" entryHint:"text, in quotes" doc:"tags of all that the stack makes in IAM"`
}

// Permissions are what the role may do beyond reading the declared secrets.
type Permissions struct {
	KMSKeys             []string `json:"kmsKeys" pattern:"kmsKey" entryHint:"the ARN of a key" doc:"the ARNs of the customer managed keys that encrypt the secrets"`
	Prefixes            []string `json:"prefixes" pattern:"path" entryHint:"what the names begin with, such as prod/" doc:"what the names of more secrets begin with, which it may read"`
	ListSecrets         bool     `json:"listSecrets" doc:"whether it may see the names of all secrets"`
	BatchGetSecretValue bool     `json:"batchGetSecretValue" doc:"whether it may read many at once, of those that it may read"`
}

// Hint is what to write for them.
func (Permissions) Hint() string {
	return "{kmsKeys: [<ARN>]}, or one of listSecrets, batchGetSecretValue and prefixes"
}
