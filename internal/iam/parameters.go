package iam

import "strings"

// parameters are the statements for Parameter Store: a path is granted as that, and
// with all below it, as AWS grants it anyway.
func (g Grants) parameters() []Statement {
	var names, paths []string
	for _, name := range g.Parameters {
		if !strings.HasPrefix(name, "arn:") {
			name = g.parameterARN(name)
		}
		names = append(names, name)
	}
	for _, path := range g.ParameterPaths {
		if path = strings.TrimSuffix(path, "/"); path != "" {
			paths = append(paths, g.parameterARN(path))
		}
		paths = append(paths, g.parameterARN(below(path)))
	}
	statements := []Statement{{
		Sid: "ReadParameters", Effect: Allow, Action: []string{"ssm:GetParameter"}, Resource: set(names),
	}, {
		Sid: "ReadParameterPaths", Effect: Allow, Action: []string{"ssm:GetParametersByPath"}, Resource: set(paths),
	}}
	if len(g.TaggedParameters) > 0 {
		statements = append(statements, Statement{
			Sid: "FindParameters", Effect: Allow, Action: []string{"ssm:DescribeParameters", "tag:GetResources"},
			Resource: []string{"*"},
		})
	}
	return statements
}

// below is all that is below a path.
func below(path string) string { return strings.TrimSuffix(path, "/") + "/*" }

// parameterARN is without the slash that a name of a hierarchy begins with.
func (g Grants) parameterARN(name string) string {
	return ARN{
		g.Partition, "ssm", g.Region, g.account(), "parameter/" + strings.TrimPrefix(name, "/"),
	}.String()
}

// statement grants to read what has the tags.
func (t Tagged) statement(sid, action, resource string) Statement {
	tags := map[string][]string{}
	for key, value := range t.Tags {
		tags["aws:ResourceTag/"+key] = []string{value}
	}
	return Statement{
		Sid: sid, Effect: Allow, Action: []string{action}, Resource: []string{resource},
		Condition: Condition{"StringEquals": tags},
	}
}

// services are those by which keys may decrypt.
func (g Grants) services() []string {
	secrets := len(g.Secrets)+len(g.Prefixes)+len(g.Tagged) > 0
	parameters := len(g.Parameters)+len(g.ParameterPaths)+len(g.TaggedParameters) > 0
	endpoint := "." + g.Region + "." + g.Partition.dnsSuffix()
	var services []string
	if secrets || !parameters {
		services = append(services, "secretsmanager"+endpoint)
	}
	if parameters {
		services = append(services, "ssm"+endpoint)
	}
	return services
}
