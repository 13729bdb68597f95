package podenv

import "strings"

// Expand replaces each $(NAME) for which vars has a value and keeps the others. $$ is an escaped dollar sign.
func Expand(s string, vars map[string]string) string {
	var out strings.Builder
	for {
		at := strings.IndexByte(s, '$')
		if at < 0 || at+1 == len(s) {
			out.WriteString(s)
			return out.String()
		}
		out.WriteString(s[:at])
		s = s[at:]
		switch end := strings.IndexByte(s, ')'); {
		case s[1] == '$':
			out.WriteByte('$')
			s = s[2:]
		case s[1] == '(' && end > 0:
			value, known := vars[s[2:end]]
			if !known {
				value = s[:end+1]
			}
			out.WriteString(value)
			s = s[end+1:]
		default:
			out.WriteByte('$')
			s = s[1:]
		}
	}
}
