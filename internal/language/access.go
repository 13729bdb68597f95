package language

// Namespace is one that the stack uses.
type Namespace struct {
	Create *bool `json:"create" doc:"whether the stack creates it"`
}

// Write is what to write for one.
func (Namespace) Write() string { return "{create: true} or {create: false}" }

// Role is the operator's.
type Role struct {
	Name                string            `json:"name" write:"text" doc:"its name in IAM"`
	Path                string            `json:"path" write:"text" doc:"its path in IAM" default:"/"`
	PermissionsBoundary string            `json:"permissionsBoundary" write:"text" doc:"the ARN of a policy that bounds it"`
	MaxSession          string            `json:"maxSession" write:"a duration in quotes, such as 1h" doc:"of its credentials"`
	Tags                map[string]string `json:"tags" write:"<key>: <value>" each:"text, in quotes" doc:"on all that is made in IAM"`
}

// Permissions are what the role may do beyond reading the declared secrets.
type Permissions struct {
	KMSKeys             []string `json:"kmsKeys" each:"the ARN of a key" doc:"the customer managed keys of the secrets"`
	Prefixes            []string `json:"prefixes" each:"what the names begin with, such as prod/" doc:"of secrets to read besides"`
	ListSecrets         bool     `json:"listSecrets" doc:"see the names of all secrets"`
	BatchGetSecretValue bool     `json:"batchGetSecretValue" doc:"read many at once, of those that may be read"`
}

// Write is what to write for them.
func (Permissions) Write() string {
	return "{kmsKeys: [<ARN>]}, or one of listSecrets, batchGetSecretValue and prefixes"
}
