// Sandbox-node is a Kubernetes node that runs pods as processes of this machine, for trials and tests without
// a container engine. It is not for production.
//
// It supports images (those in its flags), commands, arguments, environment, init containers, sidecars,
// restarts, probes, grace periods and `kubectl logs`. A pod gets a kubeconfig with a token of its
// ServiceAccount, and nothing of the caller's environment. It gets what EKS provides for signing in to AWS, and
// the endpoint of an AWS stand-in. Addresses in --metrics-addr and --live-addr are moved to free ports, with
// their probes.
//
// It does not support volumes, Services, a cluster network, exec, attach, port-forward, grpc probes, lifecycle
// hooks, activeDeadlineSeconds, resource limits and security contexts. Leader election needs a flag with the
// namespace. Pods share the machine's files, ports and user.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"

	"eso-aws/sandbox/node/internal/access"
	"eso-aws/sandbox/node/internal/agent"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	// client-go logs every reconnection; show only its warnings.
	klog.SetSlogLogger(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err := run(ctx, log, os.Args[1:]); err != nil {
		log.Error("the sandbox node failed", "err", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, log *slog.Logger, args []string) error {
	opts := agent.Options{Log: log, Images: map[string]string{}, Defaults: map[string][]string{}}
	flags := flag.NewFlagSet("sandbox-node", flag.ContinueOnError)
	kubeconfig := flags.String("kubeconfig", "", "the `file` that leads to the API server, as an administrator")
	flags.StringVar(&opts.Name, "name", "sandbox", "the `name` of the node")
	flags.StringVar(&opts.Dir, "dir", "", "the `folder` for the pods' homes, logs and tokens")
	flags.StringVar(&opts.ClientCA, "client-ca", "",
		"a `file` with the authority whose certificates may read logs; none lets every local user")
	flags.StringVar(&opts.AWS, "aws", "", "the `URL` of AWS for pods that do not say another")
	flags.StringVar(&opts.Identity, "identity", "",
		"the `URL` that tells of the AWS identities of service accounts; none gives pods none")
	flags.DurationVar(&opts.Pull, "pull", 0, "how `long` a pod's first container waits, as for the pull of its image")
	flags.Func("image", "`NAME=PATH`: images whose repository ends in NAME run the program PATH; repeat it",
		func(value string) error { return addImage(opts.Images, value) })
	flags.Func("listens",
		"`NAME=FLAG=ADDRESS`: the program of image NAME listens on ADDRESS unless FLAG says another; repeat it",
		func(value string) error {
			name, argument, ok := strings.Cut(value, "=")
			if !ok {
				return errors.New("must be NAME=FLAG=ADDRESS")
			}
			opts.Defaults[name] = append(opts.Defaults[name], argument)
			return nil
		})
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *kubeconfig == "" || opts.Dir == "" {
		return errors.New("--kubeconfig and --dir are required")
	}
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		return fmt.Errorf("reading the kubeconfig %q: %w", *kubeconfig, err)
	}
	config.QPS, config.Burst = 50, 100
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("creating a client of %q: %w", *kubeconfig, err)
	}
	if opts.Server, err = access.ServerOf(config); err != nil {
		return err
	}
	return agent.Run(ctx, client, opts)
}

// addImage adds an image from NAME=PATH.
func addImage(images map[string]string, value string) error {
	name, path, ok := strings.Cut(value, "=")
	if !ok || name == "" || path == "" {
		return errors.New("must be NAME=PATH")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	images[name], err = exec.LookPath(path)
	return err
}
