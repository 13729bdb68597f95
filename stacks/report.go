package stacks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"eso-aws/internal/cluster"
	"eso-aws/internal/config"
	"eso-aws/internal/plan"
	"eso-aws/internal/stackfile"
	"eso-aws/secretsync"
)

// ErrNotCurrent says that [Report] has found something that is not as declared.
var ErrNotCurrent = errors.New("not everything is there and current")

// ReportArgs say what to report of.
type ReportArgs struct {
	// Input is the stack's configuration.
	Input stackfile.Input
	// Kubeconfig is that of the provider in the state; "" for none.
	Kubeconfig string
	// Out gets the tables. There are no values in them.
	Out io.Writer
}

// Report tells for each declared secret whether its store, ExternalSecret, Secret
// and keys are there and current. Nothing is changed. The error is
// [ErrNotCurrent] where they are not, and another where nobody can tell.
func Report(ctx context.Context, args ReportArgs) error {
	p, err := config.Load(args.Input)
	if err != nil {
		return fmt.Errorf("checking the configuration:\n%w", err)
	}
	source := cluster.Source{Configured: p.File.Kubeconfig, Paths: kubeconfigPaths(), Context: p.File.KubeContext}
	if p.OnEKS() && p.File.Kubeconfig == "" && p.File.KubeContext == "" {
		if args.Kubeconfig == "" {
			return errors.New("the stack's state knows no cluster: it is not deployed; run pulumi up")
		}
		source.Configured = args.Kubeconfig
	}
	client, err := cluster.Connect(source)
	if err != nil {
		return err
	}
	r := &report{ctx: ctx, client: client, plan: p, out: args.Out}
	return r.run()
}

type report struct {
	ctx    context.Context //nolint:containedctx // that of the one call
	client *cluster.Client
	plan   *plan.Plan
	out    io.Writer
	causes []string
}

func (r *report) run() error {
	stores := map[*plan.Store]string{}
	for _, store := range r.plan.Stores {
		state, err := r.store(store)
		if err != nil {
			return err
		}
		stores[store] = store.Name + " " + state
	}
	rows := []string{"SECRET\tSTORE\tEXTERNAL SECRET\tKEYS\tLAST SYNC"}
	for _, secret := range r.plan.Secrets {
		row, err := r.secret(secret, stores[secret.From])
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	return r.print(rows)
}

// store is how a store is.
func (r *report) store(store *plan.Store) (string, error) {
	kind := secretsync.StoreKind(store.Namespace)
	exists, ready, err := r.client.Ready(r.ctx, r.plan.APIVersion, kind, store.Namespace, store.Name)
	switch {
	case err != nil:
		return "", err
	case !exists:
		r.causes = append(r.causes, "store "+store.Name+" is missing: run pulumi up")
		return "missing", nil
	case !ready:
		return "not ready", r.cause(store.Namespace, kind, store.Name)
	default:
		return "ready", nil
	}
}

// print writes the table, and what is wrong.
func (r *report) print(rows []string) error {
	table := tabwriter.NewWriter(r.out, 0, 0, 3, ' ', 0)
	_, err := fmt.Fprintln(table, strings.Join(rows, "\n"))
	if err := errors.Join(err, table.Flush()); err != nil {
		return err
	}
	if len(r.causes) == 0 {
		_, err := fmt.Fprintf(r.out, "\nAll %d are there and current.\n", len(r.plan.Secrets))
		return err
	}
	if _, err := fmt.Fprintf(r.out, "\n%s\n", strings.Join(r.causes, "\n")); err != nil {
		return err
	}
	return ErrNotCurrent
}

// secret is a line of the table.
func (r *report) secret(secret *plan.Secret, store string) (string, error) {
	namespace := secret.Namespace
	sync, err := r.client.ExternalSecret(r.ctx, r.plan.APIVersion, namespace, secret.Name)
	if err != nil {
		return "", err
	}
	full := namespace + "/" + secret.Name
	state, refreshed := "current", "never"
	switch {
	case sync == nil:
		state = "missing"
		r.causes = append(r.causes, full+": there is no ExternalSecret: run pulumi up")
	case !sync.Ready:
		state = "not synced"
		if err := r.cause(namespace, secretsync.SecretKind, secret.Name); err != nil {
			return "", err
		}
	case !sync.Current() && !secret.Once():
		state = "changed since"
		r.causes = append(r.causes, full+": the operator has not looked at the newest change yet; "+
			"try again in a moment")
	}
	if sync != nil && !sync.Refreshed.IsZero() {
		refreshed = time.Since(sync.Refreshed).Round(time.Second).String() + " ago"
	}
	keys, err := r.keys(secret)
	return strings.Join([]string{full, store, state, keys, refreshed}, "\t"), err
}

// keys are those of the Secret, and those it lacks.
func (r *report) keys(secret *plan.Secret) (string, error) {
	present, err := r.client.SecretKeys(r.ctx, secret.Namespace, secret.Target)
	if err != nil {
		return "", err
	}
	declared, _ := secret.Keys()
	lacking := slices.DeleteFunc(declared, func(key string) bool { return slices.Contains(present, key) })
	full := secret.Namespace + "/" + secret.Name
	switch {
	case len(present) == 0:
		r.causes = append(r.causes, full+": there is no Secret with keys")
		return "none", nil
	case len(lacking) > 0:
		r.causes = append(r.causes, full+": the Secret lacks the keys "+strings.Join(lacking, ", "))
		return strings.Join(present, ", ") + " (without " + strings.Join(lacking, ", ") + ")", nil
	default:
		return strings.Join(present, ", "), nil
	}
}

// cause adds what the cluster says of an object.
func (r *report) cause(namespace, kind, name string) error {
	text, err := warnings(r.ctx, r.client, r.plan, namespace, kind, name)
	if text == "" {
		text = silent(kind, namespace, name)
	}
	r.causes = append(r.causes, text)
	return err
}
