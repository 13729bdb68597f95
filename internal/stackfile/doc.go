// Package stackfile defines the settings of a stack file as Go types. They are the only
// source for decoding a file, checking it, and documenting it.
//
// These struct tags describe a field:
//
//	json       its name
//	doc        its documentation
//	hint       what to write instead of a value of the wrong type
//	entryHint  the same for an entry of a list or map
//	enum       all allowed values
//	default    the value of a field that is left out
//	single     a list that may be written as its only entry
//	nonEmpty   must not be empty where it is set
//	required   must be set
//	pattern    the name of the pattern that its values match (see package pattern)
//	keys       the name of the pattern that a map's keys match
//
// Settings, the fields of [File], also have:
//
//	only         the only target that has the setting
//	requiredFor  the target for which it must be set
//	encrypt      may be encrypted
//	secret       never shown in a message, whether encrypted or not
//
// A type with a [Shorthand] may be written as a single string.
package stackfile

// Shorthand is a type that may be written as a string, which is then the value of the
// named field.
type Shorthand interface{ Shorthand() string }
