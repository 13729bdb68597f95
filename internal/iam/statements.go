package iam

import (
	"regexp"
	"slices"
	"strings"
)

// owner writes the statements for grants of one region to one account.
type owner struct {
	Grants
	partition Partition
	account   string
}

func (o owner) statements() []Statement {
	statements := []Statement{{
		Sid:      "ReadSecrets",
		Effect:   Allow,
		Action:   []string{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"},
		Resource: o.readable(),
	}}
	var find []string
	if o.BatchGet {
		find = append(find, "secretsmanager:BatchGetSecretValue")
	}
	if o.ListSecrets {
		find = append(find, "secretsmanager:ListSecrets")
	}
	if len(find) > 0 {
		// IAM cannot restrict either of them to a resource.
		statements = append(statements,
			Statement{Sid: "FindSecrets", Effect: Allow, Action: find, Resource: []string{"*"}})
	}
	statements = append(statements, o.parameters()...)
	for _, tagged := range o.Tagged {
		statements = add(statements, []Statement{
			tagged.statement("ReadTaggedSecrets", "secretsmanager:GetSecretValue", o.secretARN(tagged.Prefix)+"*"),
		})
	}
	for _, tagged := range o.TaggedParameters {
		statements = add(statements, []Statement{
			tagged.statement("ReadTaggedParameters", "ssm:GetParameter", o.parameterARN(below(tagged.Prefix))),
		})
	}
	assume := []string{"sts:AssumeRole"}
	if o.TagSession {
		assume = append(assume, "sts:TagSession")
	}
	return append(statements, Statement{
		Sid:      "AssumeRoles",
		Effect:   Allow,
		Action:   assume,
		Resource: set(o.AssumeRoles),
	}, Statement{
		Sid:       "DecryptSecrets",
		Effect:    Allow,
		Action:    []string{"kms:Decrypt"},
		Resource:  set(o.KMSKeys),
		Condition: Condition{"StringEquals": {"kms:ViaService": o.services()}},
	})
}

// readable returns patterns of the ARNs of the secrets. It leaves out the secrets below a
// prefix.
func (o owner) readable() []string {
	var below []string
	for _, prefix := range set(o.Prefixes) {
		below = append(below, o.secretARN(prefix))
	}
	covered := func(arn string) bool {
		return slices.ContainsFunc(below, func(prefix string) bool {
			return arn != prefix && strings.HasPrefix(arn, prefix)
		})
	}
	var resources []string
	for _, prefix := range below {
		if !covered(prefix) {
			resources = append(resources, prefix+"*")
		}
	}
	for _, secret := range o.Secrets {
		if arn := o.pattern(secret); !covered(arn) {
			resources = append(resources, arn)
		}
	}
	return set(resources)
}

// completeARN matches an ARN with the characters that AWS adds to a name. AWS does not find
// a secret by an ARN without them if its own name ends like that.
var completeARN = regexp.MustCompile(`-[A-Za-z0-9]{6}$`)

// pattern returns a pattern of the ARN of one secret. The question marks stand for the random
// characters that AWS adds. A * there would also match longer names.
func (o owner) pattern(secret string) string {
	if !isARN(secret) {
		return o.secretARN(secret) + "-??????"
	}
	if completeARN.MatchString(secret) {
		return secret
	}
	return secret + "-??????"
}

func (o owner) secretARN(name string) string {
	return ARN{o.partition, "secretsmanager", o.Region, o.account, "secret:" + name}.String()
}

// parameters returns the statements for Parameter Store. A path is granted together with
// everything below it, as AWS does anyway.
func (o owner) parameters() []Statement {
	var names, paths []string
	for _, name := range o.Parameters {
		if !isARN(name) {
			name = o.parameterARN(name)
		}
		names = append(names, name)
	}
	for _, path := range o.ParameterPaths {
		if path = strings.TrimSuffix(path, "/"); path != "" {
			paths = append(paths, o.parameterARN(path))
		}
		paths = append(paths, o.parameterARN(below(path)))
	}
	statements := []Statement{{
		Sid: "ReadParameters", Effect: Allow, Action: []string{"ssm:GetParameter"}, Resource: set(names),
	}, {
		Sid: "ReadParameterPaths", Effect: Allow, Action: []string{"ssm:GetParametersByPath"}, Resource: set(paths),
	}}
	if len(o.TaggedParameters) > 0 {
		statements = append(statements, Statement{
			Sid: "FindParameters", Effect: Allow, Action: []string{"ssm:DescribeParameters", "tag:GetResources"},
			Resource: []string{"*"},
		})
	}
	return statements
}

// below is the pattern of everything below a path.
func below(path string) string { return strings.TrimSuffix(path, "/") + "/*" }

// parameterARN leaves out the slash at the start of a name.
func (o owner) parameterARN(name string) string {
	return ARN{o.partition, "ssm", o.Region, o.account, "parameter/" + strings.TrimPrefix(name, "/")}.String()
}

// statement allows an action on the resources that have the tags.
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

// services returns the services through which keys may decrypt.
func (o owner) services() []string {
	secrets := len(o.Secrets)+len(o.Prefixes)+len(o.Tagged) > 0
	parameters := len(o.Parameters)+len(o.ParameterPaths)+len(o.TaggedParameters) > 0
	endpoint := "." + o.Region + "." + o.partition.dnsSuffix()
	var services []string
	if secrets || !parameters {
		services = append(services, "secretsmanager"+endpoint)
	}
	if parameters {
		services = append(services, "ssm"+endpoint)
	}
	return services
}
