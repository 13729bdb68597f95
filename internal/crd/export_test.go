package crd

// Patterns are those that are told in words.
var Patterns = patterns
