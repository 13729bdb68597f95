// Package podlog keeps what a container prints, line by line with the time, and reads it back as
// `kubectl logs` asks for it: followed, the last lines, since a time, with timestamps.
//
// A file holds one run of one container. Each line is a time in UTC of fixed width, F or P (a full
// line, or a part of one that goes on in the next), and the text, separated by single spaces.
package podlog
