package stackfile

// Secret is a Secret in Kubernetes, and where its values come from. Values of data take
// precedence over those of find, and these over those of extract.
type Secret struct {
	Data     map[string]Remote `json:"data" keys:"key" nonEmpty:"true" hint:"<key>: <name in AWS>" doc:"Keys of the Secret and their values: for each the name or ARN of a secret in AWS, or a map."`
	Extract  []Extract         `json:"extract" nonEmpty:"true" single:"true" doc:"JSON secrets in AWS. Each of their properties becomes a key of the Secret."`
	Find     []Find            `json:"find" nonEmpty:"true" single:"true" doc:"Searches for secrets in AWS. Each secret found becomes a key of the Secret."`
	Template *Template         `json:"template" nonEmpty:"true" hint:"{data: {<key>: <template with {{ .key }}>}}" doc:"Template that builds the Secret from the fetched values."`

	Namespace  string   `json:"namespace" pattern:"namespace" hint:"the name of a namespace" doc:"Namespace of the Secret. Defaults to namespace of the stack."`
	Namespaces []string `json:"namespaces" pattern:"namespace" nonEmpty:"true" entryHint:"the name of a namespace" doc:"Namespaces of the Secret, if there are several."`
	Target     string   `json:"target" pattern:"name" hint:"the name of a Secret" doc:"Name of the Secret in Kubernetes. Defaults to the name of the entry."`

	RefreshInterval string `json:"refreshInterval" pattern:"duration" hint:"a duration in quotes, such as 1h" doc:"How often the operator reads the values from AWS, such as 1h. With 0s, it reads them once. Overrides refreshInterval of the stack."`
	RefreshPolicy   string `json:"refreshPolicy" enum:"Periodic OnChange CreatedOnce" doc:"When the operator reads the values from AWS: every refreshInterval (Periodic), when the ExternalSecret changes (OnChange), or once (CreatedOnce). Overrides refreshPolicy of the stack."`
	CreationPolicy  string `json:"creationPolicy" enum:"Owner Orphan Merge CreateOrMerge" default:"Owner" doc:"Who owns the Secret. Owner: the ExternalSecret, with which it is deleted. Orphan: nobody; it is kept. Merge: others, who must create it; the operator only adds keys. CreateOrMerge: others, but the operator creates it if necessary. Overrides creationPolicy of the stack."`
	DeletionPolicy  string `json:"deletionPolicy" enum:"Retain Delete Merge" default:"Retain" doc:"What happens to the Secret if its values are deleted in AWS. Retain: it is kept. Delete: it is deleted. Merge: their keys are removed. On EKS, Delete and Merge need permissions.prefixes for values that are read by name. Overrides deletionPolicy of the stack."`

	Labels      map[string]string `json:"labels" keys:"metadata" pattern:"label" hint:"<key>: <value>" entryHint:"a string in quotes" doc:"Labels of the ExternalSecret and its Secret, merged over labels of the stack."`
	Annotations map[string]string `json:"annotations" keys:"metadata" hint:"<key>: <value>" entryHint:"a string in quotes" doc:"Annotations of the ExternalSecret and its Secret, merged over annotations of the stack."`

	Store string         `json:"store" hint:"the name of a store" doc:"Name of the store to read from. Defaults to the default store."`
	Spec  map[string]any `json:"spec" hint:"fields of an ExternalSecret's spec" doc:"Fields of the spec of the ExternalSecret, merged over everything above."`
}

// Remote is a secret or parameter in AWS.
type Remote struct {
	Key      string `json:"key" required:"true" pattern:"remote" hint:"the name or the full ARN of a secret in AWS, in quotes" doc:"Name or ARN of the secret or parameter in AWS."`
	Property string `json:"property" pattern:"nonEmpty" hint:"a property of a JSON secret" doc:"Property of a JSON secret, such as db.password."`
	Version  string `json:"version" pattern:"version" hint:"a staging label or uuid/<id>, in quotes" doc:"Version of the secret: a staging label such as AWSPREVIOUS, or uuid/<id>. Of a parameter: its number or label."`
	Decode   string `json:"decode" enum:"None Base64 Base64URL Auto" default:"None" doc:"Strategy for decoding the values."`
}

// Shorthand returns the field for the name or ARN.
func (Remote) Shorthand() string { return "key" }

// Extract is a JSON secret in AWS. Each of its properties becomes a key.
type Extract struct {
	Remote
	Rewrite []Rewrite `json:"rewrite" single:"true" entryHint:"{regexp: {source: ..., target: ...}}, {transform: ...} or {merge: {...}}" doc:"Rules that rewrite the keys, applied in order."`
}

// Find is a search. What it finds are keys: the names in AWS, with _ for what no
// key may have, unless they are rewritten.
type Find struct {
	Path    string            `json:"path" pattern:"path" hint:"a prefix of names, such as prod/" doc:"Prefix of the names, such as prod/."`
	Name    string            `json:"name" hint:"a regular expression" doc:"Regular expression that the names must match."`
	Tags    map[string]string `json:"tags" keys:"tag" pattern:"tagValue" nonEmpty:"true" hint:"<key>: <value>" entryHint:"a string in quotes" doc:"Tags that the secrets must have."`
	Decode  string            `json:"decode" enum:"None Base64 Base64URL Auto" default:"None" doc:"Strategy for decoding the values."`
	Rewrite []Rewrite         `json:"rewrite" single:"true" entryHint:"{regexp: {source: ..., target: ...}}, {transform: ...} or {merge: {...}}" doc:"Rules that rewrite the keys, applied in order."`
}

// Shorthand returns the field for the prefix of the names.
func (Find) Shorthand() string { return "path" }

// Rewrite changes the keys in exactly one of its ways.
type Rewrite struct {
	Regexp    *Regexp `json:"regexp" hint:"{source: <regular expression>, target: <replacement>}" doc:"Replaces what a regular expression matches in the keys."`
	Transform string  `json:"transform" pattern:"rename" hint:"a template with {{ .value }}" doc:"Template of the new key, in which {{ .value }} is the old one."`
	Merge     *Merge  `json:"merge" hint:"{strategy: Extract}, or {strategy: JSON, into: <key>}" doc:"Merges values that are JSON objects."`
}

// Regexp replaces what a regular expression matches in a key.
type Regexp struct {
	Source string `json:"source" required:"true" hint:"a regular expression" doc:"Regular expression for the text to replace."`
	Target string `json:"target" required:"true" hint:"a string, in which $1 is the first group" doc:"Replacement, in which $1 is the first group."`
}

// Merge merges values that are JSON objects.
type Merge struct {
	Strategy string   `json:"strategy" enum:"Extract JSON" default:"Extract" doc:"Where the merged properties go: each to a key of the Secret (Extract), or all as JSON to one further key (JSON)."`
	Into     string   `json:"into" pattern:"key" hint:"a key of the Secret" doc:"Key of the Secret for the merged JSON. Required if strategy is JSON."`
	Priority []string `json:"priority" entryHint:"a key" doc:"Keys that take precedence, in ascending order. With find, names of secrets in AWS."`

	PriorityPolicy string `json:"priorityPolicy" enum:"Strict IgnoreNotFound" default:"Strict" doc:"Whether all keys in priority must exist (Strict)."`
	ConflictPolicy string `json:"conflictPolicy" enum:"Error Ignore" default:"Error" doc:"Whether a key that occurs more than once is an error (Error)."`
}

// Template builds a Secret from the fetched values, which are {{ .<key> }} in its strings.
type Template struct {
	Type        string            `json:"type" pattern:"type" hint:"the type of a Secret" doc:"Type of the Secret, such as kubernetes.io/tls." default:"Opaque"`
	Data        map[string]string `json:"data" keys:"key" nonEmpty:"true" hint:"<key>: <template with {{ .key }}>" entryHint:"a template with {{ .key }}, in quotes" doc:"Keys of the Secret and templates of their values, in which {{ .<key> }} is a fetched value."`
	Labels      map[string]string `json:"labels" keys:"metadata" pattern:"template" hint:"<key>: <value>" entryHint:"a string in quotes" doc:"Labels of the Secret, but not of the ExternalSecret."`
	Annotations map[string]string `json:"annotations" keys:"metadata" hint:"<key>: <value>" entryHint:"a string in quotes" doc:"Annotations of the Secret, but not of the ExternalSecret."`
	MergePolicy string            `json:"mergePolicy" enum:"Replace Merge" default:"Replace" doc:"Whether data replaces the fetched keys (Replace) or is added to them (Merge)."`
}

// Shorthand returns the field for the type of the Secret.
func (Template) Shorthand() string { return "type" }
