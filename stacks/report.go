package stacks

import (
	"cmp"
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

// ErrNotInSync means that [Report] found something missing or out of date.
var ErrNotInSync = errors.New("not everything is in sync")

// ReportArgs are the arguments of [Report].
type ReportArgs struct {
	// Input is the stack's configuration.
	Input stackfile.Input
	// Kubeconfig is the provider's in the state, or "".
	Kubeconfig string
	// Out gets the tables. They contain no secret values.
	Out io.Writer
}

// Report prints the state of each declared store and ExternalSecret, and what is wrong. It changes nothing. It
// returns [ErrNotInSync] if anything is missing or out of date, and another error if the state is unknown.
func Report(ctx context.Context, args ReportArgs) error {
	p, err := config.Load(args.Input)
	if err != nil {
		return fmt.Errorf("checking the configuration:\n%w", err)
	}
	source := cluster.Source{Configured: p.File.Kubeconfig, Paths: kubeconfigPaths(), Context: p.File.KubeContext}
	if p.OnEKS() && p.File.Kubeconfig == "" && p.File.KubeContext == "" {
		if args.Kubeconfig == "" {
			return errors.New("the stack is not deployed; run pulumi up")
		}
		source.Configured = args.Kubeconfig
	}
	client, err := cluster.Connect(source)
	if err != nil {
		return err
	}
	r := &report{explainer: explainer{plan: p, client: client}, table: tabwriter.NewWriter(args.Out, 0, 0, 3, ' ', 0)}
	if err := r.write(ctx); err != nil {
		return err
	}
	if len(r.causes) > 0 {
		_, err := fmt.Fprintf(args.Out, "\n%s\n", strings.Join(r.causes, "\n"))
		return cmp.Or(err, ErrNotInSync)
	}
	_, err = fmt.Fprintln(args.Out, "\nAll declared Secrets are in sync.")
	return err
}

type report struct {
	explainer
	table  *tabwriter.Writer
	causes []string // of what is wrong
}

// write writes a table of the stores, and one of the ExternalSecrets.
func (r *report) write(ctx context.Context) error {
	r.row("STORE", "KIND", "STATE")
	for _, store := range r.plan.Stores {
		state, err := r.storeState(ctx, storeReference(store))
		if err != nil {
			return err
		}
		r.row(qualified(store.Namespace, store.Name), secretsync.StoreKind(store.Namespace), state)
	}
	if err := r.table.Flush(); err != nil { // the next table has its own columns
		return err
	}
	r.row("\nEXTERNAL SECRET", "SECRET", "KEYS", "FROM", "STATE")
	for _, secret := range r.plan.Secrets {
		state, err := r.secretState(ctx, secret)
		if err != nil {
			return err
		}
		keys, err := r.keys(ctx, secret)
		if err != nil {
			return err
		}
		r.row(qualified(secret.Namespace, secret.Name), secret.Target, keys, sources(secret), state)
	}
	return r.table.Flush()
}

// row adds a row. Flushing the table reports the errors.
func (r *report) row(cells ...string) { _, _ = fmt.Fprintln(r.table, strings.Join(cells, "\t")) }

func (r *report) missing() string {
	const cause = "some objects do not exist; run pulumi up"
	if !slices.Contains(r.causes, cause) {
		r.causes = append(r.causes, cause)
	}
	return "missing"
}

func (r *report) storeState(ctx context.Context, store reference) (string, error) {
	exists, ready, err := r.ready(ctx, store)
	switch {
	case err != nil:
		return "", err
	case !exists:
		return r.missing(), nil
	case !ready:
		return "not ready", r.addCause(ctx, store)
	default:
		return "ready", nil
	}
}

func (r *report) secretState(ctx context.Context, secret *plan.Secret) (string, error) {
	object := secretReference(secret)
	sync, err := r.client.ExternalSecret(ctx, r.plan.APIVersion, secret.Namespace, secret.Name)
	switch {
	case err != nil:
		return "", err
	case sync == nil:
		return r.missing(), nil
	case !sync.Ready:
		return "not synced", r.addCause(ctx, object)
	case !sync.Current() && !secret.Once():
		r.causes = append(r.causes, object.String()+": not synced since its last change; try again in a moment")
		return "out of date", nil
	case sync.Refreshed.IsZero():
		return "synced", nil
	default:
		return "synced " + time.Since(sync.Refreshed).Round(time.Second).String() + " ago", nil
	}
}

// keys returns the keys of a Secret, and which are missing.
func (r *report) keys(ctx context.Context, secret *plan.Secret) (string, error) {
	present, err := r.client.SecretKeys(ctx, secret.Namespace, secret.Target)
	if err != nil {
		return "", err
	}
	object := reference{coreSecret, secret.Namespace, secret.Target}.String()
	declared, _ := secret.Keys()
	missing := slices.DeleteFunc(declared, func(key string) bool { return slices.Contains(present, key) })
	switch {
	case len(present) == 0:
		r.causes = append(r.causes, object+": does not exist or has no keys")
		return "none", nil
	case len(missing) > 0:
		r.causes = append(r.causes, object+": has no key "+strings.Join(missing, ", "))
	}
	return strings.Join(present, ", "), nil
}

// sources returns the names in AWS that a Secret is read from.
func sources(secret *plan.Secret) string {
	var names []string
	for _, remote := range secret.Source.Data {
		names = append(names, remote.Key)
	}
	for _, extract := range secret.Source.Extract {
		names = append(names, extract.Key)
	}
	for _, find := range secret.Source.Find {
		names = append(names, cmp.Or(find.Path, "(find)"))
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

// addCause adds the warnings about an object.
func (r *report) addCause(ctx context.Context, object reference) error {
	text, err := r.warnings(ctx, object)
	r.causes = append(r.causes, cmp.Or(text, noCause(object)))
	return err
}
