package api

import (
	"net/url"
	"strconv"
)

// Form is the parameters of a query operation.
type Form struct{ url.Values }

// Text returns a parameter, nil when the request does not have it.
func (f Form) Text(name string) *string {
	values, ok := f.Values[name]
	if !ok || len(values) == 0 {
		return nil
	}
	return &values[0]
}

// Number returns a parameter, nil when the request does not have it.
func (f Form) Number(name string) (*int, error) {
	text := f.Text(name)
	if text == nil {
		return nil, nil
	}
	n, err := strconv.Atoi(*text)
	if err != nil {
		return nil, Failf(400, "MalformedInput", "%s must be an integer.", name)
	}
	return &n, nil
}

// List returns the members of a list of texts, Name.member.1 and so on.
func (f Form) List(name string) []string {
	var list []string
	for i := 1; ; i++ {
		member := f.Text(name + ".member." + strconv.Itoa(i))
		if member == nil {
			return list
		}
		list = append(list, *member)
	}
}

// Structures returns how many members a list of structures has. [Form.Member]
// names their parameters.
func (f Form) Structures(name, required string) int {
	n := 0
	for f.Text(f.Member(name, n+1, required)) != nil {
		n++
	}
	return n
}

// Member returns the name of a parameter in the list's ith member, from 1.
func (f Form) Member(name string, i int, parameter string) string {
	return name + ".member." + strconv.Itoa(i) + "." + parameter
}
