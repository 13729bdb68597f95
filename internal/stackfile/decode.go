package stackfile

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"eso-aws/internal/problem"
)

// Decode reads a stack's configuration and adds every problem with its shape: unknown
// names, missing and empty values, wrong types, unsupported words, and malformed strings.
// Settings that have a default are never empty.
func Decode(input Input, problems *problem.List) *Decoded {
	d := &decoder{
		Decoded: &Decoded{
			AWSRegion: input.Values[KeyAWSRegion], AWSProfile: input.Values[KeyAWSProfile],
			input: input, settings: Settings(),
			present: map[string]bool{}, valid: map[string]bool{}, shorthand: map[string]string{},
		},
		problems: problems,
	}
	ours := map[string]any{}
	for name, value := range input.Values {
		if key, ok := strings.CutPrefix(name, input.Project+":"); ok {
			ours[key] = value
		}
	}
	d.rejectUnknown("setting", nil, ours, slices.Sorted(slices.Values(names(d.settings))))
	d.rejectMisspelled()
	d.rejectExposed()
	into := reflect.ValueOf(&d.File).Elem()
	for _, f := range d.settings { // the target comes first
		d.decodeSetting(f, into.FieldByIndex(f.index))
	}
	return d.Decoded
}

type decoder struct {
	*Decoded
	problems *problem.List
}

func (d *decoder) add(path problem.Path, value any, kind problem.Kind, rule, fix string) {
	d.problems.Add(problem.Problem{Path: path, Value: value, Kind: kind, Rule: rule, Fix: fix})
}

// rejectExposed rejects encrypted values that would not stay secret.
func (d *decoder) rejectExposed() {
	keys := []string{KeyAWSRegion, KeyAWSProfile}
	if d.value(KeyTarget) != EKS {
		keys = nil
	}
	for _, key := range slices.Concat(keys, names(d.settings)) {
		if d.exposed(key) {
			d.add(problem.Path{key}, problem.Withheld, problem.Secrecy,
				"must not be encrypted, because it is stored in plain text in Pulumi's state",
				"set it without --secret")
		}
	}
}

func (d *decoder) decodeSetting(f Field, into reflect.Value) {
	path, text := problem.Path{f.Name}, d.value(f.Name)
	var value any = text
	switch {
	case f.isObject():
		if text == "" || text == "{}" {
			text = ""
			break
		}
		value = parsed(text)
	case text == "":
		value = f.Default
	case f.Name != KeyKubeconfig: // its content may be JSON
		if other := parsed(text); isCollection(other) {
			d.add(path, nil, problem.Type, "must be a string, not "+problem.TypeOf(other), "write the value alone")
			text, value = "", f.Default
		}
	}
	onEKS := d.Target == EKS // any other target is treated as local
	required := f.Required || f.RequiredFor != "" && (f.RequiredFor == EKS) == onEKS
	if text == "" && required && !d.problems.Failed(path) {
		d.add(path, nil, problem.Required, "is required", "set it to "+f.example())
	}
	if f.Type.Kind() == reflect.Bool && (value == "true" || value == "false") { // Pulumi passes a string
		value = value == "true"
	}
	set := text != "" && value != false
	if set && !d.allowed(path, value, f) || value == nil || value == "" || f.isObject() && text == "" {
		return
	}
	d.decode(path, value, into, f)
	if text == "" {
		delete(d.present, path.Key())
		delete(d.valid, path.Key())
	}
}

// parsed is JSON decoded, or the text itself where it is none.
func parsed(text string) any {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil || decoder.More() {
		return text
	}
	return value
}

func isCollection(value any) bool {
	switch value.(type) {
	case map[string]any, []any:
		return true
	}
	return false
}

// allowed rejects what only another target has.
func (d *decoder) allowed(path problem.Path, value any, f Field) bool {
	if f.Only == "" || f.Only == d.Target || d.problems.Failed(problem.Path{KeyTarget}) {
		return true
	}
	d.add(path, scalar(value), problem.Conflict, "is for target "+f.Only+" only", "set target: "+f.Only+" or remove it")
	return false
}

// scalar is what a message shows of a value; nil for a map, a list and null.
func scalar(value any) any {
	if value == nil || isCollection(value) {
		return nil
	}
	return value
}

func (d *decoder) decode(path problem.Path, value any, into reflect.Value, f Field) {
	d.present[path.Key()] = true
	switch into.Kind() { //nolint:exhaustive // no type of a stack file has the others
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		d.decode(path, value, into.Elem(), f)
		return
	case reflect.String:
		d.decodeString(path, value, into, f)
	case reflect.Bool:
		d.decodeBool(path, value, into)
	case reflect.Slice:
		d.decodeList(path, value, into, f)
	case reflect.Map:
		d.decodeMap(path, value, into, f)
	case reflect.Struct:
		d.decodeStruct(path, value, into, f)
	}
	if !d.problems.Failed(path) {
		d.valid[path.Key()] = true
	}
}

func (d *decoder) decodeString(path problem.Path, value any, into reflect.Value, f Field) {
	text, ok := value.(string)
	switch {
	case !ok:
		fix := "write " + f.example()
		if scalar(value) != nil {
			fix = "write it in quotes"
		}
		d.wrongType(path, value, "must be a string", fix)
	case len(f.Enum) > 0 && !slices.Contains(f.Enum, text):
		d.unsupported(path, text, f)
	default:
		into.SetString(text)
		d.match(path, text, f.Pattern, f.Hint)
	}
}

// unsupported rejects a word that is none of an enumeration.
func (d *decoder) unsupported(path problem.Path, word string, f Field) {
	rule, fix := "must be "+problem.Join(f.Enum, "or"), problem.DidYouMean(word, f.Enum)
	if f.Name == KeyCreationPolicy && word == "None" {
		rule, fix = "is not supported, because it creates no Secret", "write "+problem.Join(f.Enum, "or")
	}
	d.add(path, word, problem.NotSupported, rule, fix)
}

func (d *decoder) decodeBool(path problem.Path, value any, into reflect.Value) {
	flag, ok := value.(bool)
	into.SetBool(flag)
	if ok {
		return
	}
	switch text, isText := value.(string); {
	case text == "true" || text == "false":
		d.add(path, value, problem.Type, "must be true or false, not a string", "write it without quotes")
	case isText:
		d.add(path, value, problem.Type, "must be true or false", "")
	default:
		d.wrongType(path, value, "must be true or false", "")
	}
}

func (d *decoder) wrongType(path problem.Path, value any, rule, fix string) {
	d.add(path, scalar(value), problem.Type, rule+", not "+problem.TypeOf(value), fix)
}

func (d *decoder) decodeList(path problem.Path, value any, into reflect.Value, f Field) {
	list, ok := value.([]any)
	entry, _ := f.Entry()
	switch {
	case !ok && f.Single:
		one := reflect.New(into.Type().Elem()).Elem()
		d.decode(path, value, one, entry)
		into.Set(reflect.Append(into, one))
		return
	case !ok:
		fix := "write " + f.example()
		if text, ok := value.(string); ok && !d.Encrypted(path[0]) {
			fix = "write [" + text + "]"
		}
		d.wrongType(path, value, "must be a list", fix)
		return
	case len(list) == 0 && f.NonEmpty:
		d.add(path, nil, problem.Required, "must not be empty", "write "+f.example()+" or remove it")
	}
	into.Set(reflect.MakeSlice(into.Type(), len(list), len(list)))
	for i, value := range list {
		d.decode(path.Entry(i), value, into.Index(i), entry)
	}
}

func (d *decoder) decodeMap(path problem.Path, value any, into reflect.Value, f Field) {
	object, ok := d.object(path, value, f)
	if !ok {
		return
	}
	entry, typed := f.Entry()
	if !typed {
		into.Set(reflect.ValueOf(d.free(path, object)))
		return
	}
	into.Set(reflect.MakeMapWithSize(into.Type(), len(object)))
	for _, name := range slices.Sorted(maps.Keys(object)) {
		at, element := path.Member(name), reflect.New(entry.Type).Elem()
		d.match(at, name, f.Keys, "")
		d.decode(at, object[name], element, entry)
		if !d.mistyped(at) {
			into.SetMapIndex(reflect.ValueOf(name), element)
		}
	}
}

// object returns a value that must be a map.
func (d *decoder) object(path problem.Path, value any, f Field) (object map[string]any, ok bool) {
	object, ok = value.(map[string]any)
	switch {
	case !ok:
		d.wrongType(path, value, "must be a map", "write "+f.example())
	case len(object) == 0 && f.NonEmpty:
		d.add(path, nil, problem.Required, "must not be empty", "write "+f.example()+" or remove it")
	}
	return object, ok
}

// mistyped reports whether a value has the wrong type.
func (d *decoder) mistyped(path problem.Path) bool {
	return len(d.problems.All(func(p problem.Problem) bool {
		return p.Path.Equal(path) && p.Kind == problem.Type
	})) > 0
}

// decodeStruct reads a map of the type's fields, or the string that is its shorthand.
func (d *decoder) decodeStruct(path problem.Path, value any, into reflect.Value, f Field) {
	_, isMap := value.(map[string]any)
	if short, ok := ShorthandOf(into.Type()); ok && !isMap {
		d.shorthand[path.Key()] = short.Name
		d.decode(path, value, into.FieldByIndex(short.index), short)
		return
	}
	object, ok := d.object(path, value, f)
	if !ok {
		return
	}
	fields := Fields(into.Type())
	unknown := d.rejectUnknown("field", path, object, names(fields))
	for _, member := range fields {
		at := path.Member(member.Name)
		value, ok := object[member.Name]
		switch {
		case ok && !d.allowed(at, value, member):
			d.present[at.Key()] = true
		case ok:
			d.decode(at, value, into.FieldByIndex(member.index), member)
		case member.Required && !unknown: // else the unknown field may be meant
			d.add(at, nil, problem.Required, "is required", "set it to "+member.example())
		}
	}
}

// rejectUnknown rejects names that do not exist, and reports whether there are any.
func (d *decoder) rejectUnknown(noun string, path problem.Path, object map[string]any, known []string) bool {
	unknown := false
	for name := range object {
		if !slices.Contains(known, name) {
			d.add(path.Member(name), nil, problem.Unknown, "unknown "+noun, problem.Suggest(name, known))
			unknown = true
		}
	}
	return unknown
}

func names(fields []Field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names
}

// free is a value of any type, with Go's numbers. Pulumi would drop a null before Helm
// sees it, so that it would not remove a default either.
func (d *decoder) free(path problem.Path, value any) any {
	switch v := value.(type) {
	case map[string]any:
		m := make(map[string]any, len(v))
		for name, member := range v {
			m[name] = d.free(path.Member(name), member)
		}
		return m
	case []any:
		list := slices.Clone(v)
		for i, entry := range v {
			list[i] = d.free(path.Entry(i), entry)
		}
		return list
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return int(n)
		}
		f, _ := v.Float64()
		return f
	case nil:
		reader := "the chart"
		if path[0] == KeySecrets {
			reader = "the operator"
		}
		d.add(path, nil, problem.Type, fmt.Sprintf("must not be null, which never reaches %s", reader),
			"set a value or remove it")
		return nil
	default:
		return v
	}
}
