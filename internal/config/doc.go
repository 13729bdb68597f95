// Package config is a stack's configuration: what its stack file says, with the
// defaults in place, and every check of it. [Load] tells every problem at once,
// unknown keys included. What is allowed and may not be meant is a [Warning].
package config
