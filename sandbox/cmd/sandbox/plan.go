package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// plan is the result of previewing one stack, from the output of pulumi preview --json.
type plan struct {
	Stack   string `json:"-"`
	Failure string `json:"-"` // why the preview failed; empty if it succeeded

	Steps         []planStep
	Diagnostics   []struct{ Message, Severity string }
	ChangeSummary map[string]int
}

// planStep is a planned operation on a resource.
type planStep struct {
	Op, URN            string
	OldState, NewState struct{ Inputs map[string]any }
}

// readPlan reads the output of a preview that ended with err. Pulumi masks all secret values in the JSON
// except those in the stack's configuration, which readPlan ignores.
func readPlan(stack, out, errs string, err error) plan {
	p := plan{Stack: stack}
	decode := json.Unmarshal([]byte(out), &p)
	if decode != nil && err == nil {
		err = fmt.Errorf("reading the output of pulumi preview --json: %w", decode)
	}
	if err != nil {
		p.Failure = cmp.Or(p.messages(), strings.TrimSpace(errs), err.Error())
	}
	return p
}

// messages returns the preview's errors and warnings.
func (p plan) messages() string {
	var lines []string
	for _, d := range p.Diagnostics {
		if d.Severity == "error" || d.Severity == "warning" {
			lines = append(lines, strings.TrimSpace(d.Message))
		}
	}
	return strings.Join(lines, "\n")
}

// counts returns how many resources would be created, updated and deleted.
func (p plan) counts() (created, updated, deleted int) {
	n := p.ChangeSummary
	return n["create"] + n["replace"], n["update"], n["delete"] + n["replace"]
}

// result returns a one-line summary of the plan.
func (p plan) result() string {
	if p.Failure != "" {
		return "fails"
	}
	created, updated, deleted := p.counts()
	return fmt.Sprintf("%d to create, %d to update, %d to delete", created, updated, deleted)
}

// summary returns the plans of all stacks as Markdown.
func summary(plans []plan) string {
	var text strings.Builder
	text.WriteString("### Preview\n\nWhat the first `pulumi up` of each stack would do in an empty cluster.\n\n" +
		"| stack | result | to create | to update | to delete |\n| --- | --- | --- | --- | --- |\n")
	for _, p := range plans {
		if p.Failure != "" {
			fmt.Fprintf(&text, "| %s | **fails** | | | |\n", p.Stack)
			continue
		}
		created, updated, deleted := p.counts()
		fmt.Fprintf(&text, "| %s | previews | %d | %d | %d |\n", p.Stack, created, updated, deleted)
	}
	for _, p := range plans {
		fmt.Fprintf(&text, "\n<details>\n<summary>%s: %s</summary>\n%s\n</details>\n", p.Stack, p.result(), p.details())
	}
	return text.String()
}

// details returns a stack's errors, or its warnings and its diff.
func (p plan) details() string {
	if p.Failure != "" {
		return fenced("text", p.Failure)
	}
	var text string
	if messages := p.messages(); messages != "" {
		text = fenced("text", messages)
	}
	var diff strings.Builder
	// Sorted by name, because the order differs from one preview to the next.
	for _, step := range slices.SortedFunc(slices.Values(p.Steps), planStep.compare) {
		step.write(&diff)
	}
	return text + fenced("diff", diff.String())
}

// compare sorts a component before its children, which have URNs of the form COMPONENT$TYPE::NAME.
func (s planStep) compare(other planStep) int {
	key := strings.NewReplacer("::", "!") // it comes before the $
	return strings.Compare(key.Replace(s.URN), key.Replace(other.URN))
}

// write writes a resource and its inputs as lines of a diff, which GitHub colors.
func (s planStep) write(diff *strings.Builder) {
	sign, inputs := "!", s.NewState.Inputs
	switch s.Op {
	case "same":
		return
	case "create":
		sign = "+"
	case "delete":
		sign, inputs = "-", s.OldState.Inputs
	}
	_, kind, _ := strings.Cut(s.URN, "::") // urn:pulumi:STACK::PROJECT::PARENT$TYPE::NAME
	_, kind, _ = strings.Cut(kind, "::")
	kind, name, _ := strings.Cut(kind, "::")
	fmt.Fprintf(diff, "%s %s %s\n", sign, kind[strings.LastIndex(kind, "$")+1:], name)
	if len(inputs) == 0 {
		return
	}
	var text strings.Builder
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	_ = encoder.Encode(readable(inputs)) // never fails on decoded JSON
	for line := range strings.Lines(text.String()) {
		diff.WriteString(sign + "   " + line)
	}
}

// readable returns a value without Pulumi's internal keys, and with embedded JSON decoded.
func readable(value any) any {
	switch value := value.(type) {
	case map[string]any:
		kept := map[string]any{}
		for key, value := range value {
			if !strings.HasPrefix(key, "__") {
				kept[key] = readable(value)
			}
		}
		return kept
	case []any:
		kept := make([]any, len(value))
		for i := range value {
			kept[i] = readable(value[i])
		}
		return kept
	case string:
		var object map[string]any
		if json.Unmarshal([]byte(value), &object) == nil && object != nil {
			return readable(object)
		}
	}
	return value
}

// fenced returns a code block, whatever the text contains.
func fenced(language, text string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fmt.Sprintf("\n%s%s\n%s\n%s\n", fence, language, strings.TrimSpace(text), fence)
}

// failed returns an error that names the stacks with a failed preview.
func failed(plans []plan) error {
	var names []string
	for _, p := range plans {
		if p.Failure != "" {
			names = append(names, p.Stack)
		}
	}
	if names == nil {
		return nil
	}
	return fmt.Errorf("the preview of %s failed; see the summary", strings.Join(names, ", "))
}
