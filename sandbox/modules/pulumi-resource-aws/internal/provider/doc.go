// Package provider implements Pulumi's provider interface with the schema and the catalog.
//
// It declares that it does not accept secrets. The engine then passes plain values and marks outputs as secret
// if the input of the same name is. No output of the catalog repeats an input under another name.
package provider
