package podlog_test

import (
	"bytes"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"eso-aws/sandbox/node/internal/podlog"
)

func create(t *testing.T) (*podlog.Writer, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "log")
	w, err := podlog.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	return w, path
}

func write(t *testing.T, w io.Writer, text string) {
	t.Helper()
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
}

func TestCopy(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 40<<10)
	for name, test := range map[string]struct {
		writes []string
		opts   podlog.Options
		want   string
	}{
		"All":               {[]string{"a\nb\n", "c\n"}, podlog.Options{}, "a\nb\nc\n"},
		"LineInTwoWrites":   {[]string{"a", "b\nc\n"}, podlog.Options{}, "ab\nc\n"},
		"NoLastNewline":     {[]string{"a\nb"}, podlog.Options{}, "a\nb"},
		"EmptyLines":        {[]string{"\n\na\n"}, podlog.Options{}, "\n\na\n"},
		"LongLine":          {[]string{long + "\nb\n"}, podlog.Options{}, long + "\nb\n"},
		"Nothing":           {nil, podlog.Options{}, ""},
		"LastTwo":           {[]string{"a\nb\nc\n"}, podlog.Options{Tail: new(2)}, "b\nc\n"},
		"LastOfMany":        {[]string{"a\nb\nc\nd\ne\n"}, podlog.Options{Tail: new(1)}, "e\n"},
		"LastNone":          {[]string{"a\nb\n"}, podlog.Options{Tail: new(0)}, ""},
		"LastMoreThanAre":   {[]string{"a\nb\n"}, podlog.Options{Tail: new(9)}, "a\nb\n"},
		"LastAllThereAre":   {[]string{"a\nb\n"}, podlog.Options{Tail: new(2)}, "a\nb\n"},
		"SinceBefore":       {[]string{"a\n"}, podlog.Options{Since: time.Now().Add(-time.Hour)}, "a\n"},
		"SinceLater":        {[]string{"a\n"}, podlog.Options{Since: time.Now().Add(time.Hour)}, ""},
		"Limit":             {[]string{"abc\ndef\n"}, podlog.Options{Limit: 5}, "abc\nd"},
		"LimitOfEverything": {[]string{"abc\n"}, podlog.Options{Limit: 4}, "abc\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, path := create(t)
			for _, text := range test.writes {
				write(t, w, text)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := podlog.Copy(t.Context(), &out, path, test.opts, w.Done()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, out.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTimestampsAreOfTheWriting(t *testing.T) {
	t.Parallel()
	w, path := create(t)
	before := time.Now().UTC()
	write(t, w, "a\n")
	after := time.Now().UTC()
	var out bytes.Buffer
	if err := podlog.Copy(t.Context(), &out, path, podlog.Options{Timestamps: true}, w.Done()); err != nil {
		t.Fatal(err)
	}
	parts := regexp.MustCompile(`^(\S+) a\n$`).FindStringSubmatch(out.String())
	if parts == nil {
		t.Fatalf("the output %q is no time and text", out.String())
	}
	at, err := time.Parse(time.RFC3339Nano, parts[1])
	if err != nil || at.Before(before) || at.After(after) {
		t.Errorf("the time is %v (%v), want one from %v to %v", at, err, before, after)
	}
}

func TestFollowEndsWithTheLog(t *testing.T) {
	t.Parallel()
	w, path := create(t)
	write(t, w, "a\n")
	r, out := io.Pipe()
	go func() {
		out.CloseWithError(podlog.Copy(t.Context(), out, path, podlog.Options{Follow: true}, w.Done()))
	}()
	first := make([]byte, 2)
	if _, err := io.ReadFull(r, first); err != nil {
		t.Fatal(err)
	}
	write(t, w, "b\nc")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("a\nb\nc", string(first)+string(rest)); diff != "" {
		t.Error(diff)
	}
}
