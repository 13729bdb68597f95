package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"eso-aws/sandbox"
	"eso-aws/sandbox/aws"
	"eso-aws/sandbox/build"
)

// serve runs a sandbox until it is asked to stop. Started by up, which it outlives, it reads the list of
// binaries from standard input and prints its progress to standard output.
func (c *command) serve(ctx context.Context) error {
	free, unlock, err := c.lock()
	if err != nil {
		return err
	}
	if !free {
		return errors.New("a sandbox is already running in this folder")
	}
	defer unlock()
	_ = os.WriteFile(c.path("pid"), fmt.Appendln(nil, os.Getpid()), 0o600) // down reports an error without it
	defer func() { _ = os.Remove(c.path("pid")) }()
	err = c.serveLocked(ctx)
	_ = os.Remove(c.path("session.json"))
	if err != nil && ctx.Err() == nil {
		_ = os.WriteFile(c.path("failure"), []byte(err.Error()+"\n"), 0o600)
	}
	return err
}

func (c *command) serveLocked(ctx context.Context) error {
	var binaries build.Binaries
	if err := json.NewDecoder(os.Stdin).Decode(&binaries); err != nil {
		return fmt.Errorf("reading the list of binaries: %w", err)
	}
	for _, stale := range []string{"failure", "session.json", "pulumi", "project", "sources"} {
		if err := os.RemoveAll(c.path(stale)); err != nil {
			return fmt.Errorf("removing the files of an earlier sandbox: %w", err)
		}
	}
	// LocalStack's credentials, and so the program's defaults.
	credential := aws.Credential{AccessKeyID: "test", SecretAccessKey: "test"}
	s, err := sandbox.Start(ctx, sandbox.Options{
		Dir: c.dir, Binaries: binaries, AWS: aws.Options{Credentials: []aws.Credential{credential}},
		Progress: func(part string) { fmt.Println(part) },
	})
	if err != nil {
		return err
	}
	defer s.Stop()
	session := newSession(s, binaries)
	project := c.project(session)
	if err := errors.Join(project.Install(binaries), c.follow(s, session)); err != nil {
		return err
	}
	if err := session.write(c.dir); err != nil {
		return err
	}
	_ = os.Stdout.Close() // tells up that all is ready

	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-s.Failed():
			return err
		case <-tick.C:
			known := len(session.Clusters)
			_ = c.follow(s, session) // a file may be invalid while it is edited; pulumi reports it
			if len(session.Clusters) == known {
				continue
			}
			if err := session.write(c.dir); err != nil { // up waits for it
				return err
			}
		}
	}
}

// follow updates the generated stack files from the checkout's and registers the clusters that they name
// with EKS, so that the next pulumi command sees every edit.
func (c *command) follow(s *sandbox.Sandbox, session *session) error {
	project := c.project(session)
	err := project.Write()
	for _, cluster := range project.Clusters() {
		if slices.Contains(session.Clusters, cluster) {
			continue
		}
		if err := s.PutCluster(cluster); err != nil {
			return err
		}
		session.Clusters = append(session.Clusters, cluster)
	}
	return err
}
