// Command pulumi-resource-aws is the sandbox's stand-in of the pulumi-aws provider.
//
// It serves the few resource types and functions that the program uses, with the AWS API at
// AWS_ENDPOINT_URL. It requires a loopback address there, so it never calls the real AWS.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"

	"eso-aws/sandbox/modules/pulumi-resource-aws/internal/provider"
)

// version is the version of the pulumi-aws SDK that programs use. The linker sets it.
var version string

func main() {
	flag.Parse()
	if err := serve(flag.Arg(0)); err != nil {
		fmt.Fprintf(os.Stderr, "pulumi-resource-aws: %v\n", err)
		os.Exit(1)
	}
}

// serve listens on a free loopback port, prints the port for the engine, and returns when the engine ends.
func serve(engine string) error {
	release, err := semver.Parse(version)
	if err != nil {
		return fmt.Errorf("reading version %q (build with -ldflags \"-X main.version=6.83.2\"): %w", version, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stop := make(chan bool)
	if engine != "" {
		if err := rpcutil.Healthcheck(ctx, engine, time.Second, cancel); err != nil {
			return fmt.Errorf("watching the engine: %w", err)
		}
	}
	context.AfterFunc(ctx, func() { close(stop) })
	aws := provider.New(provider.Options{Version: release, Getenv: os.Getenv})
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: stop,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterResourceProviderServer(server, provider.Server(aws))
			return nil
		},
	})
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	fmt.Println(handle.Port)
	return <-handle.Done
}
