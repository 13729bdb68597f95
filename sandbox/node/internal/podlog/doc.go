// Package podlog stores the output of a container, with the time of each line, and reads it with the options
// of `kubectl logs`: follow, the last lines, since a time, with timestamps.
//
// A file holds one run of one container. Each line has a time in UTC of fixed width, F or P (a full line, or a
// part that continues in the next), and the text, separated by single spaces.
package podlog
