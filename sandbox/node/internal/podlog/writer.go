package podlog

import (
	"bytes"
	"fmt"
	"os"
	"sync"
	"time"
)

const (
	stampLayout = "2006-01-02T15:04:05.000000000Z"
	fullLine    = 'F'
	partialLine = 'P'
	// longest is the length at which a line is split, to limit memory for output without newlines.
	longest = 16 << 10
)

// Writer appends to the log of one run.
type Writer struct {
	mu   sync.Mutex
	file *os.File
	rest []byte
	done chan struct{}
}

// Create creates the log of a run at path.
func Create(path string) (*Writer, error) {
	//nolint:gosec // The node names its logs itself.
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("creating a container's log: %w", err)
	}
	return &Writer{file: file, done: make(chan struct{})}, nil
}

// Write writes the complete lines of p, and buffers an incomplete last line.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rest = append(w.rest, p...)
	var out bytes.Buffer
	for {
		end := bytes.IndexByte(w.rest, '\n')
		switch {
		case end >= 0 && end <= longest:
			entry(&out, fullLine, w.rest[:end])
			w.rest = w.rest[end+1:]
		case len(w.rest) > longest:
			entry(&out, partialLine, w.rest[:longest])
			w.rest = w.rest[longest:]
		default:
			w.rest = bytes.Clone(w.rest)
			// A full disk must not end the container; it only loses output.
			_, _ = w.file.Write(out.Bytes())
			return len(p), nil
		}
	}
}

// Done returns a channel that is closed when the log is complete.
func (w *Writer) Done() <-chan struct{} { return w.done }

// Close writes the incomplete last line and ends the log.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer close(w.done)
	if len(w.rest) > 0 {
		var out bytes.Buffer
		entry(&out, partialLine, w.rest)
		_, _ = w.file.Write(out.Bytes())
	}
	return w.file.Close()
}

func entry(out *bytes.Buffer, kind byte, line []byte) {
	out.WriteString(time.Now().UTC().Format(stampLayout))
	out.Write([]byte{' ', kind, ' '})
	out.Write(line)
	out.WriteByte('\n')
}
