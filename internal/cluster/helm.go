package cluster

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// maxRelease bounds a decompressed release, far above what fits into a Secret.
const maxRelease = 64 << 20

// HelmReleases returns the Secrets in which Helm records the revisions of a release. Their label status says how
// the revision ended.
func (c *Client) HelmReleases(ctx context.Context, namespace, name string) ([]Object, error) {
	options := metav1.ListOptions{LabelSelector: "owner=helm,name=" + name}
	records, _, err := c.list(ctx, "v1", namespace, "secrets", options)
	return records, err
}

// FailHelmRelease marks a recorded revision as failed, as Helm itself does when an operation is interrupted but
// not killed. Helm upgrades from a failed revision, but refuses a pending one.
func (c *Client) FailHelmRelease(ctx context.Context, namespace, record string) error {
	var secret struct {
		Data struct {
			Release []byte `json:"release"`
		} `json:"data"`
	}
	found, err := c.do(ctx, c.request(http.MethodGet, "v1", namespace, "secrets").Name(record), &secret)
	if err != nil || !found {
		return err
	}
	release, err := failed(secret.Data.Release)
	if err != nil {
		return fmt.Errorf("reading Helm's record %q in namespace %q: %w", record, namespace, err)
	}
	_, err = c.patch(ctx, c.request(http.MethodPatch, "v1", namespace, "secrets").Name(record), map[string]any{
		"metadata": map[string]any{"labels": map[string]any{"status": "failed"}},
		"data":     map[string]any{"release": release},
	})
	return err
}

// failed sets the status of an encoded release (gzipped JSON in base64) to failed.
func failed(encoded []byte) ([]byte, error) {
	reader, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(encoded)))
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(io.LimitReader(reader, maxRelease))
	decoder.UseNumber() // keeps numbers as they are written
	var release map[string]any
	if err := decoder.Decode(&release); err != nil {
		return nil, err
	}
	info, ok := release["info"].(map[string]any)
	if !ok {
		return nil, errors.New("info is required")
	}
	info["status"] = "failed"
	info["description"] = "the operation was killed"
	var buffer bytes.Buffer
	encoder := base64.NewEncoder(base64.StdEncoding, &buffer)
	zipped := gzip.NewWriter(encoder)
	if err := json.NewEncoder(zipped).Encode(release); err != nil {
		return nil, err
	}
	if err := zipped.Close(); err != nil {
		return nil, err
	}
	if err := encoder.Close(); err != nil {
		return nil, err
	}
	return buffer.Bytes(), nil
}
