package main

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
)

// TestMain has the test binary be the plugin itself, as the engine runs it.
func TestMain(m *testing.M) {
	if v, ok := os.LookupEnv("AWS_PLUGIN_TEST_VERSION"); ok {
		version = v
		main()
		return
	}
	os.Exit(m.Run())
}

func pluginProcess(t *testing.T, version, engine string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], engine)
	cmd.Env = append(os.Environ(), "AWS_PLUGIN_TEST_VERSION="+version)
	return cmd
}

// TestServes has the plugin tell its port and version, and end with its engine.
func TestServes(t *testing.T) {
	t.Parallel()
	stop := make(chan bool)
	engine, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{Cancel: stop, Init: func(*grpc.Server) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	cmd := pluginProcess(t, "6.83.2", net.JoinHostPort("127.0.0.1", strconv.Itoa(engine.Port)))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	port, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(net.JoinHostPort("127.0.0.1", strings.TrimSpace(port)),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	info, err := pulumirpc.NewResourceProviderClient(conn).GetPluginInfo(t.Context(), &emptypb.Empty{})
	if err != nil || info.GetVersion() != "6.83.2" {
		t.Errorf("got version %q (%v), want 6.83.2", info.GetVersion(), err)
	}
	if err := conn.Close(); err != nil {
		t.Error(err)
	}
	close(stop)
	if err := <-engine.Done; err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("the plugin ended with %v", err)
	}
}

func TestWantsAVersion(t *testing.T) {
	t.Parallel()
	out, err := pluginProcess(t, "", "").CombinedOutput()
	const want = "pulumi-resource-aws: reading version \"\" (build with -ldflags \"-X main.version=6.83.2\"): " +
		"Version string empty\n"
	if err == nil || string(out) != want {
		t.Errorf("got %q (%v), want %q", out, err, want)
	}
}
