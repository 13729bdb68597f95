package stackfile

// Stack is the settings of a stack that are maps, and the defaults of its secrets. [File]
// documents them.
type Stack struct {
	Namespaces  map[string]Namespace `json:"namespaces" keys:"namespace" hint:"<name>: {create: true} or {create: false}"`
	Role        Role                 `json:"role" only:"eks" hint:"{name: <name>}"`
	Permissions Permissions          `json:"permissions" only:"eks"`
	Store       DefaultStore         `json:"store"`
	Stores      map[string]Store     `json:"stores" keys:"name" hint:"<name>: {region: <region>}"`
	Secrets     map[string]Secret    `json:"secrets" keys:"name" hint:"<name>: {data: {<key>: <name in AWS>}}"`

	RefreshPolicy  string            `json:"refreshPolicy" enum:"Periodic OnChange CreatedOnce"`
	CreationPolicy string            `json:"creationPolicy" enum:"Owner Orphan Merge CreateOrMerge"`
	DeletionPolicy string            `json:"deletionPolicy" enum:"Retain Delete Merge"`
	Labels         map[string]string `json:"labels" keys:"metadata" pattern:"label" hint:"<key>: <value>" entryHint:"a string in quotes"`
	Annotations    map[string]string `json:"annotations" keys:"metadata" hint:"<key>: <value>" entryHint:"a string in quotes"`
}
