package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/transport"
)

const (
	// requestTimeout includes the time that a credential plugin takes.
	requestTimeout = 30 * time.Second
	pageSize       = 500
	// With these the server omits specs and statuses, and with them the values of Secrets.
	metadataOnly     = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"
	metadataListOnly = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"
)

// Client is a client of one cluster. It is safe for concurrent use.
type Client struct {
	context string
	config  *rest.Config
	// renews reports whether client-go can renew the credential.
	renews bool
	rest   *rest.RESTClient
}

// Object is the metadata of an object.
type Object struct {
	Namespace   string
	Name        string
	Annotations map[string]string
	Labels      map[string]string
	// Deleted reports whether the object is being deleted.
	Deleted bool
}

// Connect returns a client of the cluster that the source selects. It reads the kubeconfig. The first request
// connects and runs the credential plugin.
func Connect(source Source) (*Client, error) {
	config, name, err := source.load()
	if err != nil {
		return nil, err
	}
	renews := config.ExecProvider != nil || config.BearerTokenFile != ""
	if file := config.BearerTokenFile; file != "" { // by default client-go would read it only once a minute
		config.Wrap(transport.ResettableTokenSourceWrapTransport(transport.NewCachedFileTokenSource(file)))
		config.BearerToken, config.BearerTokenFile = "", ""
	}
	config.QPS = -1 // the program sends few requests; the default would delay them
	config.WarningHandler = rest.NoWarnings{}
	scheme := runtime.NewScheme()
	metav1.AddToGroupVersion(scheme, metav1.Unversioned) // Status, for errors
	config.GroupVersion = &metav1.Unversioned
	config.NegotiatedSerializer = serializer.NewCodecFactory(scheme).WithoutConversion()
	client, err := rest.UnversionedRESTClientFor(config)
	if err != nil {
		return nil, fmt.Errorf("context %q: %w; recreate the kubeconfig", name, err)
	}
	return &Client{context: name, config: config, renews: renews, rest: client}, nil
}

// Context returns the name of the selected context.
func (c *Client) Context() string { return c.context }

// Server returns the URL of the API server, without a trailing slash.
func (c *Client) Server() string { return strings.TrimRight(c.config.Host, "/") }

// Namespace returns a namespace, or nil if it does not exist.
func (c *Client) Namespace(ctx context.Context, name string) (*Object, error) {
	var found metav1.PartialObjectMetadata
	request := c.request(http.MethodGet, "v1", "", "namespaces").Name(name).SetHeader("Accept", metadataOnly)
	exists, err := c.do(ctx, request, &found)
	if err != nil || !exists {
		return nil, err
	}
	namespace := public(&found.ObjectMeta)
	return &namespace, nil
}

// Resource returns the name of a kind in paths, such as externalsecrets.
func Resource(kind string) string { return strings.ToLower(kind) + "s" }

// List returns the objects of a resource, such as the externalsecrets of external-secrets.io/v1, in a namespace
// or, with "", in all. exists is false if the cluster does not have the resource.
func (c *Client) List(
	ctx context.Context, apiVersion, namespace, name string,
) (objects []Object, exists bool, err error) {
	return c.list(ctx, apiVersion, namespace, name, metav1.ListOptions{})
}

func (c *Client) list(
	ctx context.Context, apiVersion, namespace, name string, options metav1.ListOptions,
) (objects []Object, exists bool, err error) {
	options.Limit = pageSize
	for {
		var page metav1.PartialObjectMetadataList
		request := c.request(http.MethodGet, apiVersion, namespace, name).SetHeader("Accept", metadataListOnly).
			SpecificallyVersionedParams(&options, metav1.ParameterCodec, metav1.Unversioned)
		exists, err = c.do(ctx, request, &page)
		if err != nil || !exists {
			return nil, exists, err
		}
		for i := range page.Items {
			objects = append(objects, public(&page.Items[i].ObjectMeta))
		}
		if page.Continue == "" {
			return objects, true, nil
		}
		options.Continue = page.Continue
	}
}

func public(m *metav1.ObjectMeta) Object {
	return Object{
		Namespace: m.Namespace, Name: m.Name, Annotations: m.Annotations, Labels: m.Labels,
		Deleted: m.DeletionTimestamp != nil,
	}
}

// request returns a request for a resource, in a namespace or, with "", in all or none.
func (c *Client) request(method, apiVersion, namespace, resource string) *rest.Request {
	root := "apis"
	if apiVersion == "v1" {
		root = "api"
	}
	return c.rest.Verb(method).AbsPath(root, apiVersion).
		NamespaceIfScoped(namespace, namespace != "").Resource(resource).SetHeader("Accept", "application/json")
}

// patch merges a change into the object of a request. found is false if it does not exist.
func (c *Client) patch(ctx context.Context, request *rest.Request, change map[string]any) (found bool, err error) {
	body, err := json.Marshal(change)
	if err != nil {
		return false, err
	}
	return c.do(ctx, request.SetHeader("Content-Type", "application/merge-patch+json").Body(body), nil)
}

// do sends a request, and decodes the response unless into is nil. found is false if the object or the resource
// does not exist.
func (c *Client) do(ctx context.Context, request *rest.Request, into any) (found bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	result := request.Do(ctx)
	// client-go renews an expired credential, but does not send the request again. A token of EKS expires after
	// 15 minutes, sooner than a long `pulumi up` ends.
	if c.renews && apierrors.IsUnauthorized(result.Error()) {
		request.SetHeader("Authorization") // removes the expired token, which client-go would keep
		result = request.Do(ctx)
	}
	err = result.Error()
	if apierrors.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, c.explain(request, err)
	}
	if body, _ := result.Raw(); into != nil && json.Unmarshal(body, into) != nil {
		return false, fmt.Errorf("%s: must be a Kubernetes API; correct the server of context %q",
			address(request), c.context)
	}
	return true, nil
}

// Forbidden reports whether the user lacks the permission for what failed.
func Forbidden(err error) bool { return apierrors.IsForbidden(err) }

// explain adds to an error which request failed, and how to fix it.
func (c *Client) explain(request *rest.Request, err error) error {
	if status, ok := errors.AsType[*apierrors.StatusError](err); ok {
		fix := "try again when the cluster is healthy"
		switch {
		case apierrors.IsUnauthorized(err):
			fix = "sign in again"
		case apierrors.IsForbidden(err):
			fix = "grant the user this permission"
		}
		code := int(status.Status().Code)
		return fmt.Errorf("%s (context %q): %d %s: %w; %s",
			address(request), c.context, code, http.StatusText(code), err, fix)
	}
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // without the address, which the message already has
	}
	fix := "start the cluster" + hint(c.context)
	if plugin := c.config.ExecProvider; plugin != nil {
		fix += fmt.Sprintf(", sign in with %q", plugin.Command) // its arguments may be secret
	}
	return fmt.Errorf("cannot reach the cluster at %s (context %q): %w; %s, or set kubeContext to another context",
		c.config.Host, c.context, err, fix)
}

// address returns the URL of a request without its query.
func address(request *rest.Request) string {
	u := request.URL()
	u.RawQuery = ""
	return u.String()
}
