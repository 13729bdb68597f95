package secretsync_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"eso-aws/internal/stackfile"
	"eso-aws/secretsync"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	type args = secretsync.ExternalSecretArgs
	data := map[string]stackfile.Remote{"b": {Key: "x"}, "a": {Key: "y"}}
	extract := []stackfile.Extract{{Remote: stackfile.Remote{Key: "x"}}}
	made := map[string]string{"c": "{{ .a }}"}
	for name, test := range map[string]struct {
		secret args
		keys   []string
		known  bool
	}{
		"Data":             {args{Source: secretsync.Source{Data: data}}, []string{"a", "b"}, true},
		"Extract":          {args{Source: secretsync.Source{Data: data, Extract: extract}}, []string{"a", "b"}, false},
		"Find":             {args{Source: secretsync.Source{Find: []stackfile.Find{{Path: "x/"}}}}, nil, false},
		"Template":         {args{Source: secretsync.Source{Extract: extract}, Template: &stackfile.Template{Data: made}}, []string{"c"}, true},
		"TemplateOfType":   {args{Source: secretsync.Source{Data: data}, Template: &stackfile.Template{Type: "t"}}, []string{"a", "b"}, true},
		"TemplateMerged":   {args{Source: secretsync.Source{Data: data}, Template: &stackfile.Template{Data: made, MergePolicy: "Merge"}}, []string{"a", "b", "c"}, true},
		"MergedIntoOthers": {args{Source: secretsync.Source{Data: data}, CreationPolicy: "Merge"}, []string{"a", "b"}, false},
		"LeftOut":          {args{Source: secretsync.Source{Data: data}, DeletionPolicy: "Delete"}, []string{"a", "b"}, false},
		"Raw":              {args{Spec: map[string]any{"dataFrom": []any{}}}, nil, false},
		"RawTemplate":      {args{Source: secretsync.Source{Data: data}, Spec: map[string]any{"target": map[string]any{"template": 1}}}, []string{"a", "b"}, false},
		"RawTarget":        {args{Source: secretsync.Source{Data: data}, Spec: map[string]any{"target": map[string]any{"immutable": true}}}, []string{"a", "b"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			keys, known := test.secret.Keys()
			assert.Equal(t, test.keys, keys)
			assert.Equal(t, test.known, known)
		})
	}
}

func TestOnce(t *testing.T) {
	t.Parallel()
	type args = secretsync.ExternalSecretArgs
	for want, secrets := range map[bool][]args{
		true:  {{}, {RefreshPolicy: "Periodic"}, {RefreshPolicy: "CreatedOnce", RefreshInterval: time.Hour}},
		false: {{RefreshInterval: time.Hour}, {RefreshPolicy: "OnChange"}},
	} {
		for _, secret := range secrets {
			assert.Equal(t, want, secret.Once(), "%+v", secret)
		}
	}
}
