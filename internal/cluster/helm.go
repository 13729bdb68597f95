package cluster

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// HelmReleases are the records that Helm keeps of a release's revisions, in Secrets whose label status
// tells how the revision ended.
func (c *Client) HelmReleases(ctx context.Context, namespace, name string) ([]Object, error) {
	query := url.Values{"labelSelector": {"owner=helm,name=" + name}}
	records, _, err := c.list(ctx, resource("v1", namespace, "secrets"), query)
	return records, err
}

// FailHelmRelease makes a record say that its revision failed, as Helm itself does when an operation is
// interrupted and not killed. Helm upgrades from there; a pending revision it would refuse.
func (c *Client) FailHelmRelease(ctx context.Context, namespace, record string) error {
	path := resource("v1", namespace, "secrets") + "/" + url.PathEscape(record)
	var secret struct {
		Data struct {
			Release []byte `json:"release"`
		} `json:"data"`
	}
	found, err := c.do(ctx, http.MethodGet, path, nil, "application/json", nil, &secret)
	if err != nil || !found {
		return err
	}
	release, err := failed(secret.Data.Release)
	if err != nil {
		return fmt.Errorf("reading Helm's record %q in namespace %q: %w", record, namespace, err)
	}
	_, err = c.patch(ctx, path, map[string]any{
		"metadata": map[string]any{"labels": map[string]any{"status": "failed"}},
		"data":     map[string]any{"release": release},
	})
	return err
}

// failed is an encoded release, which is base64 of gzipped JSON, with the status failed.
func failed(encoded []byte) ([]byte, error) {
	reader, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(encoded)))
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(io.LimitReader(reader, maxAnswer))
	decoder.UseNumber() // numbers stay as they are written
	var release map[string]any
	if err := decoder.Decode(&release); err != nil {
		return nil, err
	}
	info, ok := release["info"].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("it has no info")
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
