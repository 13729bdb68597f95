// Package language is what a stack file says of secrets, stores and access: plain
// types, and the one source for reading a file, for its checks and for its
// documents.
//
// A field's tags are json, its name; doc, what it is; write, what to write where
// the type is wrong, and each, the same of an entry; enum, all its values;
// default, what it is where it is left out; and one, for a list that may be written
// as its only entry. A type with a [Short] form may be written as one text.
//
// Settings have besides only, the one target that has it; encrypt, for what may be
// encrypted; and secret, for what is in no message, encrypted or not. For documents and
// editors there are pattern, the name of the form that its texts have, and keys, that of a
// map's keys; required and some, for what must be there and may not be empty.
package language

// Short is a type that may be written as a text, which is then that member.
type Short interface{ Short() string }

// Hint is a type that knows what to write for one.
type Hint interface{ Write() string }

// Text is what a member is.
type Text struct{ Key, Text string }

// Described is a type whose members need more words than a tag has room for.
type Described interface{ Texts() []Text }
