// Package schema documents the settings of a stack file, from their Go types in package
// stackfile: as a JSON Schema for editors ([JSON]), as the config section of Pulumi.yaml
// ([Project]), as a page ([Page]), and one field at a time ([Explain]).
//
// The schema accepts all that the program accepts, except booleans and numbers where a
// string is required, which Pulumi converts. It cannot check what depends on several
// values, on the chart or on AWS. It is of draft 7, which the YAML servers of editors
// support.
package schema
