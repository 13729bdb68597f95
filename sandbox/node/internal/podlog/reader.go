package podlog

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// poll is the interval for reading a followed log.
const poll = 100 * time.Millisecond

// Options select a part of a log and its format.
type Options struct {
	Follow     bool
	Timestamps bool
	// Tail is the number of last lines; nil means all lines.
	Tail *int
	// Since skips older lines; the zero time skips none.
	Since time.Time
	// Limit is the maximum number of bytes; 0 means no limit.
	Limit int64
}

// Copy writes the log at path to w. With Follow it continues until done is closed, because the log is complete,
// or until ctx ends.
func Copy(ctx context.Context, w io.Writer, path string, opts Options, done <-chan struct{}) error {
	file, err := os.Open(path) //nolint:gosec // The node names its logs itself.
	if err != nil {
		return fmt.Errorf("opening a container's log: %w", err)
	}
	defer func() { _ = file.Close() }()
	if opts.Tail != nil {
		if err := seekTail(file, *opts.Tail); err != nil {
			return fmt.Errorf("finding the last lines of a container's log: %w", err)
		}
	}
	if opts.Limit > 0 {
		w = &limited{w: w, left: opts.Limit}
	}
	err = follow(ctx, w, bufio.NewReader(file), opts, done)
	if errors.Is(err, errLimit) {
		return nil
	}
	return err
}

func follow(ctx context.Context, w io.Writer, r *bufio.Reader, opts Options, done <-chan struct{}) error {
	var line []byte
	for {
		// Checked before reading, so that everything written before the end is read.
		complete := !opts.Follow || closed(done)
		for {
			part, err := r.ReadBytes('\n')
			line = append(line, part...)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return fmt.Errorf("reading a container's log: %w", err)
			}
			if err := emit(w, line, opts); err != nil {
				return err
			}
			line = line[:0]
		}
		if complete {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-done:
		case <-time.After(poll):
		}
	}
}

// emit writes one entry in the format of the options.
func emit(w io.Writer, entry []byte, opts Options) error {
	const head = len(stampLayout) + len(" F ")
	if len(entry) <= head {
		return nil
	}
	stamp, kind, text := entry[:len(stampLayout)], entry[len(stampLayout)+1], entry[head:]
	if !opts.Since.IsZero() {
		at, err := time.Parse(stampLayout, string(stamp))
		if err == nil && at.Before(opts.Since) {
			return nil
		}
	}
	if kind == partialLine {
		text = text[:len(text)-1]
	}
	if opts.Timestamps {
		text = append(append(append(make([]byte, 0, len(entry)), stamp...), ' '), text...)
	}
	_, err := w.Write(text)
	return err
}

// seekTail moves file to the start of its last n lines.
func seekTail(file *os.File, n int) error {
	// starts is a ring with the starts of the last n+1 lines; the newest is the end of the file.
	starts := make([]int64, n+1)
	seen, at := 0, int64(0)
	r := bufio.NewReader(file)
	for {
		line, err := r.ReadSlice('\n')
		at += int64(len(line))
		if errors.Is(err, io.EOF) {
			break
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil {
			return err
		}
		seen++
		starts[seen%(n+1)] = at
	}
	offset := int64(0)
	if seen >= n {
		offset = starts[(seen-n)%(n+1)]
	}
	_, err := file.Seek(offset, io.SeekStart)
	return err
}

func closed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

var errLimit = errors.New("the asked number of bytes was written")

type limited struct {
	w    io.Writer
	left int64
}

func (l *limited) Write(p []byte) (int, error) {
	if int64(len(p)) < l.left {
		l.left -= int64(len(p))
		return l.w.Write(p)
	}
	n, err := l.w.Write(p[:l.left])
	if err == nil {
		err = errLimit
	}
	return n, err
}
