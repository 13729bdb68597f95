package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// previewed is what pulumi preview --json prints, with all that a summary has to tell apart.
const previewed = `{
	"config": {"eso-aws:secretAccessKey": "plain"},
	"steps": [
		{"op": "create", "urn": "urn:pulumi:dev::eso-aws::eso-aws:irsa:Role$aws:iam/role:Role::irsa", "newState": {"inputs": {
			"__defaults": ["path"], "path": "/", "maxSessionDuration": 3600, "tags": {"__defaults": [], "team": "[secret]"},
			"assumeRolePolicy": "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\"}]}"
		}}},
		{"op": "create", "urn": "urn:pulumi:dev::eso-aws::eso-aws:irsa:Role::irsa", "newState": {}},
		{"op": "same", "urn": "urn:pulumi:dev::eso-aws::kubernetes:core/v1:Namespace::kept", "newState": {"inputs": {"kind": "Namespace"}}},
		{"op": "update", "urn": "urn:pulumi:dev::eso-aws::kubernetes:core/v1:Secret::changed",
			"oldState": {"inputs": {"kind": "Old"}}, "newState": {"inputs": {"kind": "New", "note": "two\nlines"}}},
		{"op": "delete", "urn": "urn:pulumi:dev::eso-aws::kubernetes:core/v1:Secret::gone", "oldState": {"inputs": {"kind": "Secret"}}},
		{"op": "replace", "urn": "urn:pulumi:dev::eso-aws::kubernetes:core/v1:Secret::moved", "newState": {"inputs": {"text": "a ` + "```" + ` b"}}}
	],
	"diagnostics": [
		{"severity": "info", "message": "nothing new\n"},
		{"severity": "warning", "message": "warning: old\n"}
	],
	"changeSummary": {"create": 2, "same": 1, "update": 1, "delete": 1, "replace": 1}
}`

const summarized = `### Preview

What the first ` + "`pulumi up`" + ` of each stack would do in an empty cluster.

| stack | result | to create | to update | to delete |
| --- | --- | --- | --- | --- |
| dev | previews | 3 | 1 | 2 |
| local | **fails** | | | |

<details>
<summary>dev: 3 to create, 1 to update, 2 to delete</summary>

` + "```text" + `
warning: old
` + "```" + `

` + "````diff" + `
+ eso-aws:irsa:Role irsa
+ aws:iam/role:Role irsa
+   assumeRolePolicy:
+     Statement:
+       - Effect: Allow
+     Version: "2012-10-17"
+   maxSessionDuration: 3600
+   path: /
+   tags:
+     team: '[secret]'
! kubernetes:core/v1:Secret changed
!   kind: New
!   note: |-
!     two
!     lines
- kubernetes:core/v1:Secret gone
-   kind: Secret
! kubernetes:core/v1:Secret moved
!   text: a ` + "```" + ` b
` + "````" + `

</details>

<details>
<summary>local: fails</summary>

` + "```text" + `
error: no such chart
` + "```" + `

</details>
`

func TestSummary(t *testing.T) {
	t.Parallel()
	plans := []plan{
		readPlan("dev", previewed, "", nil),
		readPlan("local", `{"diagnostics": [{"severity": "error", "message": "error: no such chart\n\n"}]}`, "", errors.New("exit status 1")),
	}
	if diff := cmp.Diff(summarized, summary(plans)); diff != "" {
		t.Errorf("the summary (-want +got):\n%s", diff)
	}
	if err := failed(plans[:1]); err != nil {
		t.Errorf("got %v where all went well", err)
	}
	err := failed([]plan{plans[1], plans[0], plans[1]})
	if want := "the preview of local, local failed; see the summary"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// What a failure is told with, the best of what there is.
func TestFailure(t *testing.T) {
	t.Parallel()
	exit := errors.New("exit status 1")
	for name, test := range map[string]struct {
		out, errs string
		err       error
		want      string
	}{
		"None":        {previewed, "a note", nil, ""},
		"Diagnostics": {strings.Replace(previewed, "info", "error", 1), "a note", exit, "nothing new\nwarning: old"},
		"Output":      {"", "error: no passphrase\n", exit, "error: no passphrase"},
		"NoOutput":    {"", "", exit, "exit status 1"},
		"OtherOutput": {"Previewing", "", nil, "reading the output of pulumi preview --json: invalid character 'P' looking for beginning of value"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := readPlan("dev", test.out, test.errs, test.err).Failure; got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestPreviewWithoutStacks(t *testing.T) {
	t.Parallel()
	got := call(t, checkout(t), "", "preview")
	if want := " has no stack file, such as Pulumi.local.yaml\n"; got.Code != 1 || got.Out != "" || !strings.HasSuffix(got.Err, want) {
		t.Errorf("got %+v, want ...%s", got, want)
	}
}
