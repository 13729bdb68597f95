package stackfile

// Secret is a Secret in Kubernetes, and where its values come from. Values of data
// stand over those that are found, and these over those that are extracted.
type Secret struct {
	Data     map[string]Remote `json:"data" keys:"key" nonEmpty:"true" hint:"<key>: <name in AWS>" doc:"the values, by key of the Secret: each a name in AWS, or a map"`
	Extract  []Extract         `json:"extract" nonEmpty:"true" single:"true" doc:"JSON secrets, all of whose keys are taken"`
	Find     []Find            `json:"find" nonEmpty:"true" single:"true" doc:"searches: each secret that is found is a key"`
	Template *Template         `json:"template" nonEmpty:"true" doc:"the Secret's form, made of the values"`

	Namespace  string   `json:"namespace" pattern:"namespace" hint:"the name of a namespace" doc:"the namespace that it is in; the stack's by default"`
	Namespaces []string `json:"namespaces" pattern:"namespace" nonEmpty:"true" entryHint:"the name of a namespace" doc:"the namespaces that it is in, where there are several"`
	Target     string   `json:"target" pattern:"name" hint:"the name of a Secret" doc:"the name of the Secret in Kubernetes; the entry's by default"`

	RefreshInterval string `json:"refreshInterval" pattern:"duration" hint:"a duration in quotes, such as 1h" doc:"how often AWS is asked, such as 1h; 0s is once and never again; the stack's by default"`
	RefreshPolicy   string `json:"refreshPolicy" enum:"Periodic OnChange CreatedOnce" doc:"when AWS is asked: every refreshInterval (Periodic), when something here changes (OnChange), or once (CreatedOnce); the stack's by default"`
	CreationPolicy  string `json:"creationPolicy" enum:"Owner Orphan Merge CreateOrMerge" default:"Owner" doc:"whose the Secret is: it goes with the ExternalSecret (Owner), stays (Orphan), or is somebody else's, who must make it (Merge) or may (CreateOrMerge); the stack's by default"`
	DeletionPolicy  string `json:"deletionPolicy" enum:"Retain Delete Merge" default:"Retain" doc:"what becomes of the Secret when its values go in AWS: it stays (Retain), goes too (Delete), or loses their keys (Merge), for which what is read by name needs permissions.prefixes on EKS; the stack's by default"`

	Labels      map[string]string `json:"labels" keys:"metadata" pattern:"label" hint:"<key>: <value>" entryHint:"text, in quotes" doc:"labels of the ExternalSecret and its Secret, over the stack's"`
	Annotations map[string]string `json:"annotations" keys:"metadata" hint:"<key>: <value>" entryHint:"text, in quotes" doc:"annotations of the ExternalSecret and its Secret, over the stack's"`

	Store string         `json:"store" hint:"the name of one of stores" doc:"the name of the store that it is read from; the default store where it is left out"`
	Spec  map[string]any `json:"spec" hint:"fields of an ExternalSecret's spec" doc:"fields of the ExternalSecret's spec, merged over all of the above"`
}

// Hint is what to write for one.
func (Secret) Hint() string { return "{data: {<key>: <name in AWS>}}" }

// Remote is a value in AWS.
type Remote struct {
	Key      string `json:"key" required:"true" pattern:"remote" hint:"a secret's name in AWS, or its full ARN, in quotes" doc:"the name or the ARN in AWS"`
	Property string `json:"property" pattern:"nonEmpty" hint:"a member of a JSON secret" doc:"a member of a JSON secret, such as db.password"`
	Version  string `json:"version" pattern:"version" hint:"a stage, or uuid/<id>, in quotes" doc:"a stage such as AWSPREVIOUS, or uuid/<id>; of a parameter its number or label"`
	Decode   string `json:"decode" enum:"None Base64 Base64URL Auto" default:"None" doc:"how the values are decoded"`
}

// Shorthand is the name or ARN alone.
func (Remote) Shorthand() string { return "key" }

// Extract is a JSON secret whose keys are all taken.
type Extract struct {
	Remote
	Rewrite []Rewrite `json:"rewrite" single:"true" doc:"what becomes of the keys, one after the other"`
}

// Find is a search. What it finds are keys: the names in AWS, with _ for what no
// key may have, unless they are rewritten.
type Find struct {
	Path    string            `json:"path" pattern:"path" hint:"what the names begin with, such as prod/" doc:"what the names begin with, such as prod/"`
	Name    string            `json:"name" hint:"a regular expression" doc:"a regular expression that the names match"`
	Tags    map[string]string `json:"tags" keys:"tag" pattern:"tagValue" nonEmpty:"true" hint:"<key>: <value>" entryHint:"text, in quotes" doc:"tags that all of them have"`
	Decode  string            `json:"decode" enum:"None Base64 Base64URL Auto" default:"None" doc:"how the values are decoded"`
	Rewrite []Rewrite         `json:"rewrite" single:"true" doc:"what becomes of the keys, one after the other"`
}

// Shorthand is all that is below a path.
func (Find) Shorthand() string { return "path" }

// Rewrite changes keys: in one of its ways.
type Rewrite struct {
	Regexp    *Regexp `json:"regexp" doc:"replaces what matches in the keys"`
	Transform string  `json:"transform" pattern:"rename" hint:"a template of {{ .value }}" doc:"a template of the key, {{ .value }}"`
	Merge     *Merge  `json:"merge" doc:"makes one map of values that are JSON"`
}

// Hint is what to write for one.
func (Rewrite) Hint() string {
	return "{regexp: {source: ..., target: ...}}, {transform: ...} or {merge: {...}}"
}

// Regexp replaces what matches in a key.
type Regexp struct {
	Source string `json:"source" required:"true" hint:"a regular expression" doc:"a regular expression for what is replaced"`
	Target string `json:"target" required:"true" hint:"text, with $1 for the first group" doc:"what is put in its place, with $1 for the first group"`
}

// Hint is what to write for one.
func (Regexp) Hint() string { return "{source: <regular expression>, target: <text>}" }

// Merge makes one map of values that are JSON objects.
type Merge struct {
	Strategy string   `json:"strategy" enum:"Extract JSON" default:"Extract" doc:"whether the values become keys (Extract), or one key of JSON beside them (JSON)"`
	Into     string   `json:"into" pattern:"key" hint:"a key of the Secret" doc:"the key of the Secret, with strategy JSON"`
	Priority []string `json:"priority" entryHint:"a key" doc:"keys whose values win, the last one most; of a search the names in AWS"`

	PriorityPolicy string `json:"priorityPolicy" enum:"Strict IgnoreNotFound" default:"Strict" doc:"whether the keys of priority must be there"`
	ConflictPolicy string `json:"conflictPolicy" enum:"Error Ignore" default:"Error" doc:"whether a key that is there twice is an error"`
}

// Hint is what to write for one.
func (Merge) Hint() string { return "{strategy: Extract}, or {strategy: JSON, into: <key>}" }

// Template is the Secret's form. The values are {{ .<key> }} in its texts.
type Template struct {
	Type        string            `json:"type" pattern:"type" hint:"a Secret's type" doc:"the type of the Secret, such as kubernetes.io/tls" default:"Opaque"`
	Data        map[string]string `json:"data" keys:"key" nonEmpty:"true" hint:"<key>: <text with {{ .key }}>" entryHint:"text with {{ .key }}, in quotes" doc:"the values by key, as templates of those that are read"`
	Labels      map[string]string `json:"labels" keys:"metadata" pattern:"template" hint:"<key>: <value>" entryHint:"text, in quotes" doc:"labels of the Secret alone"`
	Annotations map[string]string `json:"annotations" keys:"metadata" hint:"<key>: <value>" entryHint:"text, in quotes" doc:"annotations of the Secret alone"`
	MergePolicy string            `json:"mergePolicy" enum:"Replace Merge" default:"Replace" doc:"whether data takes the place of what is read, or stands beside it (Merge)"`
}

// Shorthand is the type alone.
func (Template) Shorthand() string { return "type" }

// Hint is what to write for one.
func (Template) Hint() string { return "{data: {<key>: <text with {{ .key }}>}}" }
