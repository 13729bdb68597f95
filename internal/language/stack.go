package language

// Stack is what a stack file says in more than a text, and what its secrets have where
// they say nothing.
type Stack struct {
	Namespaces  map[string]Namespace `json:"namespaces" write:"<name>: {create: true} or {create: false}" doc:"those it uses"`
	Role        Role                 `json:"role" write:"{name: <name>}" doc:"the operator's IAM role"`
	Permissions Permissions          `json:"permissions" doc:"what the role may do besides"`
	Store       DefaultStore         `json:"store" doc:"what secrets are read from"`
	Stores      map[string]Store     `json:"stores" write:"<name>: {region: <region>}" doc:"more stores, which secrets name"`
	Secrets     map[string]Secret    `json:"secrets" write:"<name>: {data: {<key>: <name in AWS>}}" doc:"the secrets to sync"`

	RefreshPolicy  string            `json:"refreshPolicy" enum:"Periodic OnChange CreatedOnce" doc:"when AWS is asked"`
	CreationPolicy string            `json:"creationPolicy" enum:"Owner Orphan Merge CreateOrMerge" doc:"whose the Secrets are"`
	DeletionPolicy string            `json:"deletionPolicy" enum:"Retain Delete Merge" doc:"what goes with AWS's"`
	Labels         map[string]string `json:"labels" write:"<key>: <value>" each:"text, in quotes" doc:"of all secrets"`
	Annotations    map[string]string `json:"annotations" write:"<key>: <value>" each:"text, in quotes" doc:"of all secrets"`
}
