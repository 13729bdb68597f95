package config_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"eso-aws/internal/configtest"
)

// TestLoadLanguageErrors: what is wrong with secrets and stores, and the whole messages.
func TestLoadLanguageErrors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		stack  string // a committed stack; local where it is empty
		change map[string]string
		want   []string
	}{
		"RemoteList": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":["b"]}}}`},
			want: []string{
				`eso-aws:secrets.a.data.k: must be text, not a list; write a secret's name in AWS, or its full ARN, in quotes`,
			},
		},
		"RemoteMembers": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":{"key":"b","property":"","version":"3 4","decode":"base64"}}}}`},
			want: []string{
				`eso-aws:secrets.a.data.k.decode: "base64": is no decode; write None, Base64, Base64URL or Auto`,
				`eso-aws:secrets.a.data.k.property: is empty; write a member of a JSON secret, or take it away`,
				`eso-aws:secrets.a.data.k.version: "3 4": is no version of a secret; write a stage such as AWSPREVIOUS, or uuid/<id>`,
			},
		},
		"RemoteKeyNumber": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":{"key":1,"vesion":"x"}}}}`},
			want: []string{
				`eso-aws:secrets.a.data.k.key: "1": must be text, not a number; write a secret's name in AWS, or its full ARN, in quotes`,
				`eso-aws:secrets.a.data.k.vesion: there is no such setting; did you mean version?`,
			},
		},
		"RemoteVersionID": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":{"key":"b","version":"6b4a1a6e-1111-2222-3333-444455556666"}}}}`},
			want: []string{
				`eso-aws:secrets.a.data.k.version: "6b4a1a6e-1111-2222-3333-444455556666": is the id of a version, and would be taken for a stage; write uuid/6b4a1a6e-1111-2222-3333-444455556666`,
			},
		},
		"RemotePartition": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"arn:aws-cn:secretsmanager:us-east-1:000000000000:secret:x"}}}`},
			want: []string{
				`eso-aws:secrets.a.data.k: "arn:aws-cn:secretsmanager:us-east-1:000000000000:secret:x": is of partition "aws-cn", not the region's "aws"; write the ARN of a secret there`,
			},
		},
		"ExtractEmpty": {
			change: map[string]string{"secrets": `{"a":{"extract":[]}}`},
			want: []string{
				`eso-aws:secrets.a.extract: is empty; write one, or take it away`,
			},
		},
		"ExtractEntries": {
			change: map[string]string{"secrets": `{"a":{"extract":[1,"ok",{"property":"p"}]}}`},
			want: []string{
				`eso-aws:secrets.a.extract[0]: "1": must be text, not a number; write a secret's name in AWS, or its full ARN, in quotes`,
				`eso-aws:secrets.a.extract[2].key: is missing; write a secret's name in AWS, or its full ARN`,
			},
		},
		"RewriteNothing": {
			change: map[string]string{"secrets": `{"a":{"extract":{"key":"b","rewrite":[{}]}}}`},
			want: []string{
				`eso-aws:secrets.a.extract.rewrite[0]: has none of regexp, transform and merge; write one`,
			},
		},
		"RewriteSeveral": {
			change: map[string]string{"secrets": `{"a":{"extract":{"key":"b","rewrite":[{"regexp":{"source":"(","target":""},"transform":"x"},3]}}}`},
			want: []string{
				`eso-aws:secrets.a.extract.rewrite[0]: has several of regexp, transform and merge; write an entry for each`,
				"eso-aws:secrets.a.extract.rewrite[0].regexp.source: \"(\": is no regular expression: missing closing ): `(`; write one of RE2",
				`eso-aws:secrets.a.extract.rewrite[1]: "3": must be a map, not a number; write {regexp: {source: ..., target: ...}}, {transform: ...} or {merge: {...}}`,
			},
		},
		"RewriteRegexp": {
			change: map[string]string{"secrets": `{"a":{"extract":{"key":"b","rewrite":{"regexp":{"source":"a"}}}}}`},
			want: []string{
				`eso-aws:secrets.a.extract.rewrite.regexp.target: is missing; write text, with $1 for the first group, or "" for none`,
			},
		},
		"RewriteTransform": {
			change: map[string]string{"secrets": `{"a":{"extract":{"key":"b","rewrite":{"transform":"{{ .key }}"}}}}`},
			want: []string{
				`eso-aws:secrets.a.extract.rewrite.transform: {{ .key }}: is no key of what is read; there is value`,
			},
		},
		"RewriteMerge": {
			change: map[string]string{"secrets": `{"a":{"extract":{"key":"b","rewrite":[{"merge":{"strategy":"JSON"}},{"merge":{"into":"a b"}},{"merge":{"strategy":"JSON","into":"a b"}}]}}}`},
			want: []string{
				`eso-aws:secrets.a.extract.rewrite[0].merge.into: is missing; write the key of the Secret that the JSON goes to`,
				`eso-aws:secrets.a.extract.rewrite[1].merge.into: "a b": is for strategy JSON alone; write strategy: JSON, or take it away`,
				`eso-aws:secrets.a.extract.rewrite[2].merge.into: "a b": is no key of a Secret; write letters, digits, -, _ and ., 253 at most`,
			},
		},
		"FindNothing": {
			change: map[string]string{"secrets": `{"a":{"find":{}}}`},
			want: []string{
				`eso-aws:secrets.a.find: looks for nothing; write path, name or tags`,
			},
		},
		"FindPath": {
			change: map[string]string{"secrets": `{"a":{"find":{"path":"a b"}}}`},
			want: []string{
				`eso-aws:secrets.a.find.path: "a b": is no beginning of a name in AWS Secrets Manager; write letters, digits and /_+=.@-, 1 to 512`,
			},
		},
		"FindNameAndTags": {
			change: map[string]string{"secrets": `{"a":{"find":{"name":"[","tags":{"a":"b"}}}}`},
			want: []string{
				"eso-aws:secrets.a.find.name: \"[\": is no regular expression: missing closing ]: `[`; write one of RE2",
				`eso-aws:secrets.a.find.tags: are left out by the operator where there is a name; write one of the two`,
			},
		},
		"FindNoTags": {
			change: map[string]string{"secrets": `{"a":{"find":{"tags":{}}}}`},
			want: []string{
				`eso-aws:secrets.a.find.tags: are empty; write <key>: <value>`,
			},
		},
		"FindTags": {
			change: map[string]string{"secrets": `{"a":{"find":{"tags":{"*":"b","a":1}}}}`},
			want: []string{
				`eso-aws:secrets.a.find.tags: "*": is no key of a tag; write letters, digits, spaces and _.:/=+-@, 1 to 128`,
				`eso-aws:secrets.a.find.tags.a: "1": must be text, not a number; write text, in quotes`,
			},
		},
		"TemplateEmpty": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"template":{"data":{}}}}`},
			want: []string{
				`eso-aws:secrets.a.template.data: is empty; write <key>: <text with {{ .key }}>`,
			},
		},
		"TemplateNothing": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"template":{}}}`},
			want: []string{
				`eso-aws:secrets.a.template: is empty; write {data: {<key>: <text with {{ .key }}>}}`,
			},
		},
		"TemplateReference": {
			change: map[string]string{"secrets": `{"a":{"data":{"kind":"b"},"template":{"data":{"x":"{{ .knid }}","ok":"{{ range .kind }}{{ .fine }}{{ end }}"}}}}`},
			want: []string{
				`eso-aws:secrets.a.template.data.x: {{ .knid }}: is no key of what is read; did you mean kind?`,
			},
		},
		"TemplateRootReference": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"template":{"data":{"x":"{{ with .k }}{{ $.y }}{{ end }}"}}}}`},
			want: []string{
				`eso-aws:secrets.a.template.data.x: {{ .y }}: is no key of what is read; there is k`,
			},
		},
		"TemplateHyphen": {
			change: map[string]string{"secrets": `{"a":{"data":{"a-b":"b"},"template":{"data":{"x":"{{ .a-b }}"}}}}`},
			want: []string{
				`eso-aws:secrets.a.template.data.x: "{{ .a-b }}": is no template: bad character U+002D '-', such a key is {{ index . "a-key" }}; write text with {{ .key }}`,
			},
		},
		"TemplateFunction": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"template":{"data":{"x":"{{ .k | upcase }}","y":"{{ tojson .k }}"}}}}`},
			want: []string{
				`eso-aws:secrets.a.template.data.x: "{{ .k | upcase }}": is no template: function "upcase" not defined; write text with {{ .key }}`,
				`eso-aws:secrets.a.template.data.y: "{{ tojson .k }}": is no template: function "tojson" not defined, did you mean toJson?; write text with {{ .key }}`,
			},
		},
		"TemplateRemovedFunction": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"template":{"data":{"x":"{{ env .k }}","y":"{{ getHostByName .k }}"}}}}`},
			want: []string{
				`eso-aws:secrets.a.template.data.x: "{{ env .k }}": is no template: function "env" not defined; write text with {{ .key }}`,
				`eso-aws:secrets.a.template.data.y: "{{ getHostByName .k }}": has the function getHostByName, which chart 2.14.0 does not have; write it without`,
			},
		},
		"TemplateOpen": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"template":{"data":{"x":"{{ if .k }}this is a long text, of which only the beginning is shown"}}}}`},
			want: []string{
				`eso-aws:secrets.a.template.data.x: "{{ if .k }}this is a long text, of which only the beginning ...": is no template: unexpected EOF; write text with {{ .key }}`,
			},
		},
		"TemplateTLS": {
			change: map[string]string{"secrets": `{"a":{"data":{"tls.crt":"b"},"template":"kubernetes.io/tls"}}`},
			want: []string{
				`eso-aws:secrets.a.template: "kubernetes.io/tls": needs the key tls.key, which this Secret does not have; write it in data or template.data`,
			},
		},
		"TemplateDocker": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"template":{"type":"kubernetes.io/dockerconfigjson","data":{"config.json":"{{ .k }}"}}}}`},
			want: []string{
				`eso-aws:secrets.a.template.type: "kubernetes.io/dockerconfigjson": needs the key .dockerconfigjson, which this Secret does not have; write it in data or template.data`,
			},
		},
		"TemplateBasicAuth": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"template":"kubernetes.io/basic-auth"}}`},
			want: []string{
				`eso-aws:secrets.a.template: "kubernetes.io/basic-auth": needs the key username or password, which this Secret does not have; write it in data or template.data`,
			},
		},
		"TemplateToken": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"template":"kubernetes.io/service-account-token"}}`},
			want: []string{
				`eso-aws:secrets.a.template: "kubernetes.io/service-account-token": is refused by the operator: such a token is Kubernetes' own to write; write another type`,
			},
		},
		"TemplateType": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"template":"a b"}}`},
			want: []string{
				`eso-aws:secrets.a.template: "a b": is no type of a Secret; write one such as kubernetes.io/tls`,
			},
		},
		"TemplateMergeOfNothing": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"template":{"mergePolicy":"Merge"}}}`},
			want: []string{
				`eso-aws:secrets.a.template.mergePolicy: "Merge": is of no use without data; write data, or take it away`,
			},
		},
		"TemplateNumber": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"template":3}}`},
			want: []string{
				`eso-aws:secrets.a.template: "3": must be text, not a number; write a Secret's type`,
			},
		},
		"TemplateLabels": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"template":{"labels":{"ok":"{{ .k }}","x":"a b"},"annotations":{"x":"{{ .y }}"}}}}`},
			want: []string{
				`eso-aws:secrets.a.template.annotations.x: {{ .y }}: is no key of what is read; there is k`,
				`eso-aws:secrets.a.template.labels.x: "a b": is no value of a label; write letters, digits, -, _ and ., 63 at most, with a letter or digit at both ends`,
			},
		},
		"TemplateOfAnnotations": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"template":"Opaque","annotations":{"x":"{{ .y }}"}}}`},
			want: []string{
				`eso-aws:secrets.a.annotations.x: {{ .y }}: is no key of what is read; there is k`,
			},
		},
		"NamespaceDot": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"namespace":"a.b"}}`},
			want: []string{
				`eso-aws:secrets.a.namespace: "a.b": is no name of a namespace; write lower-case letters, digits and -, 63 at most`,
			},
		},
		"NamespaceTwice": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"namespace":"a","namespaces":["b"]}}`},
			want: []string{
				`eso-aws:secrets.a.namespaces: is besides namespace; write one of the two`,
			},
		},
		"NamespacesEmpty": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"namespaces":[]}}`},
			want: []string{
				`eso-aws:secrets.a.namespaces: is empty; write [<name>, <name>]`,
			},
		},
		"NamespacesEntries": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"namespaces":["a","a","B",1]}}`},
			want: []string{
				`eso-aws:secrets.a.namespaces[1]: "a": is there twice; write each namespace once`,
				`eso-aws:secrets.a.namespaces[2]: "B": is no name of a namespace; write lower-case letters, digits and -, 63 at most`,
				`eso-aws:secrets.a.namespaces[3]: "1": must be text, not a number; write the name of a namespace`,
			},
		},
		"NamespacesText": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"namespaces":"a"}}`},
			want: []string{
				`eso-aws:secrets.a.namespaces: "a": must be a list, not text; write [the name of a namespace]`,
			},
		},
		"TargetName": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"target":""}}`},
			want: []string{
				`eso-aws:secrets.a.target: "": is no Kubernetes name; write lower-case letters, digits, - and ., 253 at most`,
			},
		},
		"TargetCredentials": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"target":"localstack-credentials"}}`},
			want: []string{
				`eso-aws:secrets.a.target: "localstack-credentials": is the name of the Secret with the access key; write another name`,
			},
		},
		"TargetTwice": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"}},"b":{"data":{"k":"b"},"target":"a"},"c":{"data":{"k":"b"},"target":"a","namespace":"other"}}`},
			want: []string{
				`eso-aws:secrets.b.target: "a": is the Secret of a in namespace zio-lucene too; write another target, or creationPolicy: Merge in both for a Secret of somebody else's`,
			},
		},
		"TargetMergedAndOwned": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"creationPolicy":"Merge"},"b":{"data":{"k":"b"},"target":"a"}}`},
			want: []string{
				`eso-aws:secrets.b.target: "a": is the Secret of a in namespace zio-lucene too; write another target, or creationPolicy: Merge in both for a Secret of somebody else's`,
			},
		},
		"CreationPolicy": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"creationPolicy":"None"}}`},
			want: []string{
				`eso-aws:secrets.a.creationPolicy: "None": is no creationPolicy; write Owner, Orphan, Merge or CreateOrMerge`,
			},
		},
		"DeletionPolicyOfOrphan": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"creationPolicy":"Orphan","deletionPolicy":"Delete"}}`},
			want: []string{
				`eso-aws:secrets.a.deletionPolicy: "Delete": is for a Secret that the operator owns, and creationPolicy is Orphan; write creationPolicy: Owner, or deletionPolicy: Retain`,
			},
		},
		"DeletionPolicyOfAll": {
			change: map[string]string{"creationPolicy": `Merge`, "deletionPolicy": `Delete`},
			want: []string{
				`eso-aws:deletionPolicy: "Delete": is for a Secret that the operator owns, and creationPolicy is Merge; write creationPolicy: Owner, or deletionPolicy: Retain`,
			},
		},
		"LabelsAndAnnotations": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"labels":{"a b":"c","a/b/c":"d","eso-aws/x":"y","ok":"d e"},"annotations":{"pulumi.com/x":"y","x":1}}}`},
			want: []string{
				`eso-aws:secrets.a.annotations["pulumi.com/x"]: "pulumi.com/x": is for the program or the operator to write; write another key`,
				`eso-aws:secrets.a.annotations.x: "1": must be text, not a number; write text, in quotes`,
				`eso-aws:secrets.a.labels["a b"]: "a b": is no key of a label or annotation; write letters, digits, -, _ and ., 63 at most, with a letter or digit at both ends, after a domain and / if any`,
				`eso-aws:secrets.a.labels["a/b/c"]: "a/b/c": is no key of a label or annotation; write letters, digits, -, _ and ., 63 at most, with a letter or digit at both ends, after a domain and / if any`,
				`eso-aws:secrets.a.labels["eso-aws/x"]: "eso-aws/x": is for the program or the operator to write; write another key`,
				`eso-aws:secrets.a.labels.ok: "d e": is no value of a label; write letters, digits, -, _ and ., 63 at most, with a letter or digit at both ends`,
			},
		},
		"Store": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"store":"localstack"}}`},
			want: []string{
				`eso-aws:secrets.a.store: "localstack": is no store of this stack; there is localstack-secretsmanager`,
			},
		},
		"Spec": {
			change: map[string]string{"secrets": `{"a":{"data":{"k":"b"},"spec":{"refreshInterval":"1h","secretStoreRef":{},"target":{"name":"x"},"n":null}}}`},
			want: []string{
				`eso-aws:secrets.a.spec.n: is nothing, which does not reach the operator; write a value, or leave the key out`,
				`eso-aws:secrets.a.spec.refreshInterval: is decided by refreshInterval of the secret; write it there`,
				`eso-aws:secrets.a.spec.secretStoreRef: is decided by store of the secret; write it there`,
				`eso-aws:secrets.a.spec.target.name: is decided by target of the secret; write it there`,
			},
		},
		"SpecList": {
			change: map[string]string{"secrets": `{"a":{"spec":[]}}`},
			want: []string{
				`eso-aws:secrets.a: has nothing to read; write data: {<key>: <name in AWS>}, or extract: <name in AWS>`,
				`eso-aws:secrets.a.spec: must be a map, not a list; write fields of an ExternalSecret's spec`,
			},
		},
		"RefreshPolicy": {
			change: map[string]string{"refreshPolicy": `periodic`},
			want: []string{
				`eso-aws:refreshPolicy: "periodic": is no refreshPolicy; write Periodic, OnChange or CreatedOnce`,
			},
		},
		"RefreshPolicyChart": {
			change: map[string]string{"refreshPolicy": `OnChange`, "chartVersion": `0.14.4`},
			want: []string{
				`eso-aws:refreshPolicy: "OnChange": is not known to chart 0.14.4, but from 0.16.0 on; write a newer chartVersion, or take it away`,
			},
		},
		"CreateOrMergeChart": {
			change: map[string]string{"creationPolicy": `CreateOrMerge`, "chartVersion": `2.7.0`},
			want: []string{
				`eso-aws:creationPolicy: "CreateOrMerge": is not known to chart 2.7.0, but from 2.8.0 on; write a newer chartVersion, or take it away`,
			},
		},
		"RewriteMergeChart": {
			change: map[string]string{"chartVersion": `0.17.0`, "secrets": `{"a":{"extract":{"key":"x","rewrite":{"merge":{"priorityPolicy":"Strict"}}}}}`},
			want: []string{
				`eso-aws:secrets.a.extract.rewrite.merge: is not known to chart 0.17.0, but from 0.18.0 on; write a newer chartVersion, or take it away`,
				`eso-aws:secrets.a.extract.rewrite.merge.priorityPolicy: "Strict": is not known to chart 0.17.0, but from 0.20.2 on; write a newer chartVersion, or take it away`,
			},
		},
		"FunctionChart": {
			change: map[string]string{"chartVersion": `0.19.2`, "secrets": `{"a":{"extract":"x","template":{"data":{"k":"{{ rsaDecrypt .x }}"}}}}`},
			want: []string{
				`eso-aws:secrets.a.template.data.k: "{{ rsaDecrypt .x }}": has the function rsaDecrypt, which chart 0.19.2 does not have; write it without`,
			},
		},
		"Labels": {
			change: map[string]string{"labels": `{"a":1}`},
			want: []string{
				`eso-aws:labels.a: "1": must be text, not a number; write text, in quotes`,
			},
		},
		"LabelsList": {
			change: map[string]string{"labels": `[]`},
			want: []string{
				`eso-aws:labels: must be a map, not a list; write <key>: <value>`,
			},
		},
		"Annotations": {
			change: map[string]string{"annotations": `{"a b":"c"}`},
			want: []string{
				`eso-aws:annotations["a b"]: "a b": is no key of a label or annotation; write letters, digits, -, _ and ., 63 at most, with a letter or digit at both ends, after a domain and / if any`,
			},
		},
		"Strict": {
			change: map[string]string{"strict": `yes`},
			want: []string{
				`eso-aws:strict: "yes": must be true or false; write true or false`,
			},
		},
		"StoreSettings": {
			change: map[string]string{"store": `{"scop":"x","scope":"x","service":"SSM","region":"x","role":"y","serviceAccount":"z","name":"A","namespaces":["*","B"]}`},
			want: []string{
				`eso-aws:store.name: "A": is no Kubernetes name; write lower-case letters, digits, - and ., 253 at most`,
				`eso-aws:store.namespaces[0]: "*": is every namespace, and the store would be in each; write scope: cluster, or their names`,
				`eso-aws:store.namespaces[1]: "B": is no name of a namespace; write lower-case letters, digits and -, 63 at most`,
				`eso-aws:store.region: "x": is no AWS region; write an AWS region, such as us-east-1`,
				`eso-aws:store.role: "y": is for target eks, and this one is local; write target: eks, or take it away`,
				`eso-aws:store.scop: there is no such setting; did you mean scope?`,
				`eso-aws:store.scope: "x": is no scope; write cluster or namespace`,
				`eso-aws:store.service: "SSM": is no service; write SecretsManager or ParameterStore`,
				`eso-aws:store.serviceAccount: "z": is for target eks, and this one is local; write target: eks, or take it away`,
			},
		},
		"StoresNames": {
			change: map[string]string{"stores": `{"A":{},"localstack-secretsmanager":{}}`},
			want: []string{
				`eso-aws:stores.A: "A": is no Kubernetes name; write lower-case letters, digits, - and ., 253 at most`,
				`eso-aws:stores.localstack-secretsmanager: "localstack-secretsmanager": is the name of the default store; write its settings in store, or another name`,
			},
		},
		"StoresNumber": {
			change: map[string]string{"stores": `{"a":1}`},
			want: []string{
				`eso-aws:stores.a: "1": must be a map, not a number; write {region: <region>}`,
			},
		},
		"ParameterStore": {
			change: map[string]string{"store": `{"service":"ParameterStore"}`, "secrets": `{"a":{"data":{"k":"a/b","l":"arn:aws:secretsmanager:us-east-1:000000000000:secret:x","m":{"key":"/ok","version":"uuid/x"}},"find":"prod"}}`},
			want: []string{
				`eso-aws:secrets.a.data.k: "a/b": is no name in AWS Parameter Store; write letters, digits and _.-, or parts of these that begin with /, or a full ARN`,
				`eso-aws:secrets.a.data.l: "arn:aws:secretsmanager:us-east-1:000000000000:secret:x": is no ARN of a parameter; write arn:aws:ssm:<region>:<account>:parameter/<name>`,
				`eso-aws:secrets.a.data.m.version: "uuid/x": is no version of a parameter; write its number or its label, in quotes`,
				`eso-aws:secrets.a.find: "prod": is no path in AWS Parameter Store; write one such as /prod/app`,
			},
		},
		"StoreRegionOfARN": {
			change: map[string]string{"stores": `{"eu":{"region":"eu-west-1"}}`, "secrets": `{"a":{"store":"eu","data":{"k":"arn:aws:secretsmanager:us-east-1:000000000000:secret:x"}}}`},
			want: []string{
				`eso-aws:secrets.a.data.k: "arn:aws:secretsmanager:us-east-1:000000000000:secret:x": is in region "us-east-1", not in the store's "eu-west-1"; write the ARN of a secret there`,
			},
		},
		"EKSFindAll": {
			stack:  "dev",
			change: map[string]string{"secrets": `{"a":{"find":{"name":"db"}}}`},
			want: []string{
				`eso-aws:secrets.a.find.name: "db": may match all secrets, and the operator would have to be granted each; write a path, begin it with ^ and what the names begin with, or grant permissions.prefixes`,
			},
		},
		"EKSFindAllParameters": {
			stack:  "dev",
			change: map[string]string{"store": `{"service":"ParameterStore"}`, "secrets": `{"a":{"find":{"name":"db"}},"b":{"find":"/"}}`},
			want: []string{
				`eso-aws:secrets.a.find.name: "db": may match all parameters, and the operator would have to be granted each; write a path too, such as /prod`,
				`eso-aws:secrets.b.find: "/": may match all parameters, and the operator would have to be granted each; write a longer path`,
			},
		},
		"EKSStore": {
			stack:  "dev",
			change: map[string]string{"store": `{"role":"x","region":"cn-north-1","serviceAccount":"x"}`},
			want: []string{
				`eso-aws:store.region: "cn-north-1": is in another partition of AWS than the cluster; write a region of partition aws`,
				`eso-aws:store.role: "x": is no such ARN; write arn:<partition>:iam::<account>:role/<name>`,
				`eso-aws:store.serviceAccount: "x": is of a namespace, and the store is the cluster's; write scope: namespace, or take it away`,
			},
		},
		"EKSPermissionsOfRole": {
			stack:  "dev",
			change: map[string]string{"store": `{"role":"arn:aws:iam::444455556666:role/reader"}`, "permissions": `{"listSecrets":true}`},
			want: []string{
				`eso-aws:permissions: is of no use with store.role, which reads the secrets; take it away`,
			},
		},
		"EKSPermissionsOfAccounts": {
			stack: "dev",
			change: map[string]string{
				"store": `{"scope":"namespace","serviceAccount":"reader"}`, "permissions": `{"listSecrets":true}`,
			},
			want: []string{
				`eso-aws:permissions: is of no use with stores of other roles, which read the secrets; take it away`,
			},
		},
		"EKSPermissions": {
			stack:  "dev",
			change: map[string]string{"permissions": `{"kmsKeys":["arn:aws:kms:eu-west-1:111122223333:key/a","x"],"prefixes":["a*"]}`},
			want: []string{
				`eso-aws:permissions.kmsKeys[0]: "arn:aws:kms:eu-west-1:111122223333:key/a": is in region eu-west-1, not in us-east-1; write the ARN of one there`,
				`eso-aws:permissions.kmsKeys[1]: "x": is no such ARN; write arn:<partition>:kms:<region>:<account>:key/<id>`,
				`eso-aws:permissions.prefixes[0]: "a*": is no beginning of a secret's name; write letters, digits and /_+=.@-, 1 to 512`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stack := "local"
			if test.stack != "" {
				stack = test.stack
			}
			_, err := load(configtest.With(configtest.File(t, "../../Pulumi."+stack+".yaml"), test.change))
			assert.EqualError(t, err, strings.Join(test.want, "\n"))
		})
	}
}
