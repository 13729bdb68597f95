package aws_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	ststypes "github.com/aws/aws-sdk-go-v2/service/sts/types"

	"eso-aws/sandbox/aws"
)

const (
	otherAccount = "111111111111"
	targetARN    = "arn:aws:iam::111111111111:role/target"
	// mayChain is what a role needs in its own account to assume the target.
	mayChain = `{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession"],"Resource":"` + targetARN + `"}`
	// trustsESO and tagsESO are what the target's account says of it.
	trustsESO = `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"` + roleARN + `"}}`
	tagsESO   = `{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession"],"Principal":{"AWS":"` + roleARN + `"}}`
)

func twoAccounts() aws.Options {
	return aws.Options{Credentials: []aws.Credential{
		{AccessKeyID: "test", SecretAccessKey: "test"},
		{AccessKeyID: "other", SecretAccessKey: "other", Account: otherAccount},
	}}
}

// other returns the administrator's clients of the second account.
func (f *fixture) other() (*iam.Client, *secretsmanager.Client, *ssm.Client) {
	admin := credentials("other", "other", "")
	return f.iam(func(o *iam.Options) { o.Credentials = admin }),
		f.secrets(func(o *secretsmanager.Options) { o.Credentials = admin }),
		f.ssm(func(o *ssm.Options) { o.Credentials = admin })
}

// elsewhere makes the secret there/db and the parameter /there/db in the second
// account, and the role target, which may read them.
func (f *fixture) elsewhere(t *testing.T, trust string, statements ...string) {
	t.Helper()
	access, secrets, parameters := f.other()
	must[*secretsmanager.CreateSecretOutput](t)(secrets.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{
		Name: sdk.String("there/db"), SecretString: sdk.String("made-up"),
	}))
	putParameter(t, parameters, &ssm.PutParameterInput{
		Name: sdk.String("/there/db"), Value: sdk.String("made-up"), Type: "SecureString",
	})
	if statements == nil {
		statements = []string{readAll, `{"Effect":"Allow","Action":"ssm:GetParameter","Resource":"*"}`}
	}
	makeRole(t, access, "target", trust, strings.Join(statements, ","))
}

// chain has a session assume the target.
func (f *fixture) chain(t *testing.T, c *ststypes.Credentials, change ...func(*sts.AssumeRoleInput)) (
	*sts.AssumeRoleOutput, refusal,
) {
	t.Helper()
	in := &sts.AssumeRoleInput{RoleArn: sdk.String(targetARN), RoleSessionName: sdk.String("next")}
	for _, set := range change {
		set(in)
	}
	out, err := f.stsAs(c).AssumeRole(t.Context(), in)
	if err != nil {
		return nil, refusalOf(t, err)
	}
	return out, refusal{}
}

// pod returns the operator's session by Pod Identity.
func (f *fixture) pod(t *testing.T, cluster *issuing) *ststypes.Credentials {
	t.Helper()
	got := ask(t, f.agent(t), cluster.token(t, podAudience))
	equal(t, got.Status, http.StatusOK)
	var c podCredentials
	if err := json.Unmarshal([]byte(got.Body), &c); err != nil {
		t.Fatal(err)
	}
	return c.session()
}

// TestAccountsAreApart has the same names in two accounts.
func TestAccountsAreApart(t *testing.T) {
	t.Parallel()
	f, _ := clustered(t)
	access, secrets, parameters := f.other()
	f.role(t, "eso", rootTrust, "")
	_, err := access.GetRole(t.Context(), &iam.GetRoleInput{RoleName: sdk.String("eso")})
	equal(t, refusalOf(t, err), refusal{"NoSuchEntity", "The role with name eso cannot be found."})
	made := must[*iam.CreateRoleOutput](t)(access.CreateRole(t.Context(),
		&iam.CreateRoleInput{RoleName: sdk.String("eso"), AssumeRolePolicyDocument: sdk.String(rootTrust)}))
	equal(t, *made.Role.Arn, "arn:aws:iam::111111111111:role/eso")

	if err := f.PutParameter(region, "/app/db", "made-up"); err != nil {
		t.Fatal(err)
	}
	_, refused := read(t, parameters, "/app/db")
	equal(t, refused, refusal{"ParameterNotFound", ""})
	equal(t, get(t, secrets, "app/db"), notFound)
	mine := f.secretARN(t, "app/db")
	equal(t, get(t, secrets, mine), refusal{"AccessDeniedException", "User: arn:aws:iam::111111111111:user/other is not " +
		"authorized to perform: secretsmanager:GetSecretValue on resource: " + mine + " because no resource-based policy " +
		"allows the secretsmanager:GetSecretValue action"})
	clusters := f.eks(func(o *eks.Options) { o.Credentials = credentials("other", "other", "") })
	equal(t, must[*eks.ListClustersOutput](t)(clusters.ListClusters(t.Context(), nil)).Clusters, []string{})

	who := f.sts(func(o *sts.Options) { o.Credentials = credentials("other", "other", "") })
	equal(t, must[*sts.GetCallerIdentityOutput](t)(who.GetCallerIdentity(t.Context(), nil)), &sts.GetCallerIdentityOutput{
		Account: sdk.String(otherAccount), Arn: sdk.String("arn:aws:iam::111111111111:user/other"), UserId: sdk.String("other"),
	})
}

// TestCrossAccount reads by a role of another account, which a role's session
// assumes.
func TestCrossAccount(t *testing.T) {
	t.Parallel()
	f, cluster := clustered(t)
	f.role(t, "eso", irsaTrust, readAll+","+mayChain)
	f.elsewhere(t, trust(trustsESO))
	own := must[*sts.AssumeRoleWithWebIdentityOutput](t)(
		f.sts().AssumeRoleWithWebIdentity(t.Context(), webIdentity(cluster.token(t, stsAudience)))).Credentials
	next, _ := f.chain(t, own)
	equal(t, *next.AssumedRoleUser.Arn, "arn:aws:sts::111111111111:assumed-role/target/next")
	equal(t, must[*sts.GetCallerIdentityOutput](t)(f.stsAs(next.Credentials).GetCallerIdentity(t.Context(), nil)),
		&sts.GetCallerIdentityOutput{
			Account: sdk.String(otherAccount), Arn: next.AssumedRoleUser.Arn, UserId: next.AssumedRoleUser.AssumedRoleId,
		})

	equal(t, get(t, f.as(next.Credentials), "there/db"), refusal{})
	parameter, _ := read(t, f.ssmAs(next.Credentials), "/there/db")
	equal(t, *parameter.ARN, "arn:aws:ssm:eu-west-1:111111111111:parameter/there/db")
	equal(t, get(t, f.as(own), "app/db"), refusal{})
	// Each session sees its own account's secrets, and no other.
	equal(t, get(t, f.as(next.Credentials), "app/db"), notFound)
	equal(t, get(t, f.as(own), "there/db"), notFound)
	mine := f.secretARN(t, "app/db")
	equal(t, get(t, f.as(next.Credentials), mine), refusal{"AccessDeniedException", "User: " + *next.AssumedRoleUser.Arn +
		" is not authorized to perform: " + readVerb + " on resource: " + mine + " because no resource-based policy allows " +
		"the " + readVerb + " action"})

	// The target's own policies decide, not those of whoever assumed it.
	access, _, _ := f.other()
	putPolicy(t, access, "target", readApp)
	_, secrets, _ := f.other()
	there := arnOf(t, secrets, "there/db")
	equal(t, get(t, f.as(next.Credentials), "there/db"), refusal{"AccessDeniedException", "User: " + *next.AssumedRoleUser.Arn +
		" is not authorized to perform: " + readVerb + " on resource: " + there + " because no identity-based policy allows " +
		"the " + readVerb + " action"})
}

// TestCrossAccountTakesBothSides: in another account even a trust policy that
// names the role does not do without the role's own permission.
func TestCrossAccountTakesBothSides(t *testing.T) {
	t.Parallel()
	untrusted := refusal{"AccessDenied", "User: arn:aws:sts::000000000000:assumed-role/eso/me is not authorized to perform: " +
		"sts:AssumeRole on resource: " + targetARN}
	denied := func(reason string) refusal { return refusal{untrusted.Code, untrusted.Message + " " + reason} }
	unpermitted := denied("because no identity-based policy allows the sts:AssumeRole action")
	const everyone = `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"`
	for name, test := range map[string]struct {
		Own, Trust string
		ExternalID string
		Want       refusal
	}{
		"Named":             {mayChain, trustsESO, "", refusal{}},
		"Account":           {mayChain, `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"000000000000"}}`, "", refusal{}},
		"NoPermission":      {readAll, trustsESO, "", unpermitted},
		"EveryoneIsTrusted": {readAll, everyone + "}", "", unpermitted},
		"OtherTarget":       {strings.ReplaceAll(mayChain, "target", "other"), trustsESO, "", unpermitted},
		"Denied":            {mayChain + `,{"Effect":"Deny","Action":"sts:*","Resource":"*"}`, trustsESO, "", denied("with an explicit deny in an identity-based policy")},
		"NoTrust":           {mayChain, strings.Replace(trustsESO, "role/eso", "role/other", 1), "", untrusted},
		"OwnAccountOnly":    {mayChain, `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"111111111111"}}`, "", untrusted},
		"ExternalID":        {mayChain, strings.TrimSuffix(trustsESO, "}") + `,"Condition":{"StringEquals":{"sts:ExternalId":"e-1"}}}`, "e-1", refusal{}},
		"OtherExternalID":   {mayChain, strings.TrimSuffix(trustsESO, "}") + `,"Condition":{"StringEquals":{"sts:ExternalId":"e-1"}}}`, "e-2", untrusted},
		"PrincipalAccount":  {mayChain, everyone + `,"Condition":{"StringEquals":{"aws:PrincipalAccount":"000000000000"}}}`, "", refusal{}},
		"ResourceAccount":   {`{"Effect":"Allow","Action":"sts:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceAccount":"111111111111"}}}`, trustsESO, "", refusal{}},
		"OtherResource":     {`{"Effect":"Allow","Action":"sts:*","Resource":"*","Condition":{"StringEquals":{"aws:ResourceAccount":"000000000000"}}}`, trustsESO, "", unpermitted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t, twoAccounts())
			f.role(t, "eso", rootTrust, test.Own)
			f.elsewhere(t, trust(test.Trust))
			_, refused := f.chain(t, f.assume(t, roleARN), func(in *sts.AssumeRoleInput) {
				if test.ExternalID != "" {
					in.ExternalId = &test.ExternalID
				}
			})
			equal(t, refused, test.Want)
		})
	}
	t.Run("NoSuchAccount", func(t *testing.T) {
		t.Parallel()
		f := newFixture(t, aws.Options{})
		f.role(t, "eso", rootTrust, mayChain)
		_, refused := f.chain(t, f.assume(t, roleARN))
		equal(t, refused, untrusted)
	})
}

// TestPodIdentityChains: EKS makes its tags transitive, so that whoever is assumed
// by a pod's session has to be tagged, on both sides.
func TestPodIdentityChains(t *testing.T) {
	t.Parallel()
	const onlyAssume = `{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"` + targetARN + `"}`
	const readOwn = `{"Effect":"Allow","Action":"secretsmanager:GetSecretValue","Resource":"*","Condition":{"StringEquals":{
		"aws:PrincipalTag/kubernetes-namespace":"external-secrets","aws:PrincipalTag/eks-cluster-arn":"` + clusterARN + `"}}}`
	for name, test := range map[string]struct {
		Own, Trust string
		NoTags     bool
		Refused    bool
		Reason     string
	}{
		"BothSides":       {mayChain, tagsESO, false, false, ""},
		"NotInTrust":      {mayChain, trustsESO, false, true, ""},
		"NotInPermission": {onlyAssume, tagsESO, false, true, " because no identity-based policy allows the sts:TagSession action"},
		"WithoutTags":     {onlyAssume, trustsESO, true, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, cluster := clustered(t)
			f.role(t, "eso", podTrust, test.Own)
			f.associate(t, func(in *eks.CreatePodIdentityAssociationInput) { in.DisableSessionTags = &test.NoTags })
			f.elsewhere(t, trust(test.Trust), readOwn)
			pod := f.pod(t, cluster)
			next, refused := f.chain(t, pod)
			if test.Refused {
				who := *must[*sts.GetCallerIdentityOutput](t)(f.stsAs(pod).GetCallerIdentity(t.Context(), nil)).Arn
				equal(t, refused, refusal{"AccessDenied", "User: " + who + " is not authorized to perform: sts:TagSession on " +
					"resource: " + targetARN + test.Reason})
				return
			}
			equal(t, refused, refusal{})
			// The tags have come along, where there were any.
			equal(t, get(t, f.as(next.Credentials), "there/db") == refusal{}, !test.NoTags)
		})
	}
}

// TestPodIdentityTagsStay: a session cannot say something else of where it runs.
func TestPodIdentityTagsStay(t *testing.T) {
	t.Parallel()
	f, cluster := clustered(t)
	f.role(t, "eso", podTrust, mayChain)
	f.associate(t)
	f.elsewhere(t, trust(tagsESO))
	_, refused := f.chain(t, f.pod(t, cluster), func(in *sts.AssumeRoleInput) {
		in.Tags = tags("kubernetes-namespace", "other")
	})
	equal(t, refused, refusal{"ValidationError", "One of the specified transitive tag keys can't be set because it " +
		"conflicts with a transitive tag key from the calling session."})
}

// TestAssociationOfAnotherAccount is refused: a pod's role is of the cluster's
// account.
func TestAssociationOfAnotherAccount(t *testing.T) {
	t.Parallel()
	f, _ := clustered(t)
	f.elsewhere(t, podTrust)
	_, err := f.eks().CreatePodIdentityAssociation(t.Context(), &eks.CreatePodIdentityAssociationInput{
		ClusterName: sdk.String("prod"), Namespace: sdk.String("external-secrets"),
		ServiceAccount: sdk.String("external-secrets"), RoleArn: sdk.String(targetARN),
	})
	equal(t, refusalOf(t, err), refusal{"InvalidParameterException", "Role provided in the request does not exist."})
}

// TestWebIdentityOfAnotherAccount needs the issuer to be a provider there.
func TestWebIdentityOfAnotherAccount(t *testing.T) {
	t.Parallel()
	f, cluster := clustered(t)
	f.elsewhere(t, strings.ReplaceAll(irsaTrust, account, otherAccount))
	in := webIdentity(cluster.token(t, stsAudience))
	in.RoleArn = sdk.String(targetARN)
	_, err := f.sts().AssumeRoleWithWebIdentity(t.Context(), in)
	equal(t, refusalOf(t, err), refusal{
		"InvalidIdentityToken", "No OpenIDConnect provider found in your account for " + issuer,
	})
	access, _, _ := f.other()
	must[*iam.CreateOpenIDConnectProviderOutput](t)(access.CreateOpenIDConnectProvider(t.Context(),
		&iam.CreateOpenIDConnectProviderInput{Url: sdk.String(issuer), ClientIDList: []string{stsAudience}}))
	got := must[*sts.AssumeRoleWithWebIdentityOutput](t)(f.sts().AssumeRoleWithWebIdentity(t.Context(), in))
	equal(t, *got.AssumedRoleUser.Arn, "arn:aws:sts::111111111111:assumed-role/target/eso")
	equal(t, *got.Provider, "arn:aws:iam::111111111111:oidc-provider/oidc.test/id/ABC")
	equal(t, get(t, f.as(got.Credentials), "there/db"), refusal{})
}
