package language

// Secret is a Secret in Kubernetes, and where its values come from. Values of data
// stand over those that are found, and these over those that are extracted.
type Secret struct {
	Data     map[string]Remote `json:"data" write:"<key>: <name in AWS>" doc:"the values, by key of the Secret"`
	Extract  []Extract         `json:"extract" one:"true" doc:"JSON secrets whose keys are all taken"`
	Find     []Find            `json:"find" one:"true" doc:"secrets that are looked for, a key each"`
	Template *Template         `json:"template" doc:"the Secret's form, made of the values"`

	Namespace  string   `json:"namespace" write:"the name of a namespace" doc:"where it is; the stack's by default"`
	Namespaces []string `json:"namespaces" each:"the name of a namespace" doc:"where it is, for several"`
	Target     string   `json:"target" write:"the name of a Secret" doc:"the Secret's name; the entry's by default"`

	RefreshInterval string `json:"refreshInterval" write:"a duration in quotes, such as 1h" doc:"how often AWS is asked"`
	RefreshPolicy   string `json:"refreshPolicy" enum:"Periodic OnChange CreatedOnce" doc:"when AWS is asked"`
	CreationPolicy  string `json:"creationPolicy" enum:"Owner Orphan Merge CreateOrMerge" default:"Owner" doc:"whose it is"`
	DeletionPolicy  string `json:"deletionPolicy" enum:"Retain Delete Merge" default:"Retain" doc:"what goes with AWS's"`

	Labels      map[string]string `json:"labels" write:"<key>: <value>" each:"text, in quotes" doc:"on it and its Secret"`
	Annotations map[string]string `json:"annotations" write:"<key>: <value>" each:"text, in quotes" doc:"on it and its Secret"`

	Store string         `json:"store" write:"the name of one of stores" doc:"what it is read from; the default store"`
	Spec  map[string]any `json:"spec" write:"fields of an ExternalSecret's spec" doc:"merged over the spec, last"`
}

// Write is what to write for one.
func (Secret) Write() string { return "{data: {<key>: <name in AWS>}}" }

// Remote is a value in AWS.
type Remote struct {
	Key      string `json:"key" write:"a secret's name in AWS, or its full ARN, in quotes" doc:"its name or ARN in AWS"`
	Property string `json:"property" write:"a member of a JSON secret" doc:"a member of JSON, such as db.password"`
	Version  string `json:"version" write:"a stage, or uuid/<id>, in quotes" doc:"a stage such as AWSPREVIOUS, or uuid/<id>"`
	Decode   string `json:"decode" enum:"None Base64 Base64URL Auto" default:"None" doc:"how the values are decoded"`
}

// Short is the name or ARN alone.
func (Remote) Short() string { return "key" }

// Extract is a JSON secret whose keys are all taken.
type Extract struct {
	Remote
	Rewrite []Rewrite `json:"rewrite" one:"true" doc:"what becomes of the keys, one after the other"`
}

// Find is a search. What it finds are keys: the names in AWS, with _ for what no
// key may have, unless they are rewritten.
type Find struct {
	Path    string            `json:"path" write:"what the names begin with, such as prod/" doc:"what the names begin with"`
	Name    string            `json:"name" write:"a regular expression" doc:"a regular expression for the names"`
	Tags    map[string]string `json:"tags" write:"<key>: <value>" each:"text, in quotes" doc:"tags that they all have"`
	Decode  string            `json:"decode" enum:"None Base64 Base64URL Auto" default:"None" doc:"how the values are decoded"`
	Rewrite []Rewrite         `json:"rewrite" one:"true" doc:"what becomes of the keys, one after the other"`
}

// Short is all that is below a path.
func (Find) Short() string { return "path" }

// Rewrite changes keys: in one of its ways.
type Rewrite struct {
	Regexp    *Regexp `json:"regexp" doc:"replaces what matches"`
	Transform string  `json:"transform" write:"a template of {{ .value }}" doc:"a template of the key, {{ .value }}"`
	Merge     *Merge  `json:"merge" doc:"makes one map of JSON values"`
}

// Write is what to write for one.
func (Rewrite) Write() string {
	return "{regexp: {source: ..., target: ...}}, {transform: ...} or {merge: {...}}"
}

// Regexp replaces what matches in a key.
type Regexp struct {
	Source string `json:"source" write:"a regular expression" doc:"what is replaced"`
	Target string `json:"target" write:"text, with $1 for the first group" doc:"what by, with $1 for a group"`
}

// Write is what to write for one.
func (Regexp) Write() string { return "{source: <regular expression>, target: <text>}" }

// Merge makes one map of values that are JSON objects.
type Merge struct {
	Strategy string   `json:"strategy" enum:"Extract JSON" default:"Extract" doc:"into keys, or into one of JSON"`
	Into     string   `json:"into" write:"a key of the Secret" doc:"the key, with strategy JSON"`
	Priority []string `json:"priority" each:"a key" doc:"keys whose values win, the last one most"`

	PriorityPolicy string `json:"priorityPolicy" enum:"Strict IgnoreNotFound" default:"Strict" doc:"whether those must be there"`
	ConflictPolicy string `json:"conflictPolicy" enum:"Error Ignore" default:"Error" doc:"what a key that is there twice is"`
}

// Write is what to write for one.
func (Merge) Write() string { return "{strategy: Extract}, or {strategy: JSON, into: <key>}" }

// Template is the Secret's form. The values are {{ .<key> }} in its texts.
type Template struct {
	Type        string            `json:"type" write:"a Secret's type" doc:"such as kubernetes.io/tls" default:"Opaque"`
	Data        map[string]string `json:"data" write:"<key>: <text with {{ .key }}>" each:"text with {{ .key }}, in quotes" doc:"the values, by key"`
	Labels      map[string]string `json:"labels" write:"<key>: <value>" each:"text, in quotes" doc:"on the Secret alone"`
	Annotations map[string]string `json:"annotations" write:"<key>: <value>" each:"text, in quotes" doc:"on the Secret alone"`
	MergePolicy string            `json:"mergePolicy" enum:"Replace Merge" default:"Replace" doc:"whether data stands beside what is read"`
}

// Short is the type alone.
func (Template) Short() string { return "type" }

// Write is what to write for one.
func (Template) Write() string { return "{data: {<key>: <text with {{ .key }}>}}" }
