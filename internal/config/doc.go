// Package config is a stack's configuration: the language of its stack file, and
// every check of it. [Load] tells every problem at once, unknown keys included.
package config
