package api

import (
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"sync"
)

// Route is one operation of a REST service.
type Route struct {
	// Operation is its name, and the rest of its IAM action.
	Operation string
	// Pattern is of [http.ServeMux], such as GET /clusters/{name}.
	Pattern string
	// Do answers it. The request has the values of the pattern.
	Do func(c *Call, r *http.Request) (any, error)
}

// NewRESTService serves the REST/JSON protocol: an operation is a method and a
// path. The name is the prefix of IAM actions. The lock is held during an operation.
func NewRESTService(name string, lock sync.Locker, routes []Route) http.Handler {
	mux := http.NewServeMux()
	for _, route := range routes {
		mux.HandleFunc(route.Pattern, func(w http.ResponseWriter, r *http.Request) {
			serveREST(w, r, name+":"+route.Operation, func(c *Call, r *http.Request) (any, error) {
				lock.Lock()
				defer lock.Unlock()
				return route.Do(c, r)
			})
		})
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		operation := r.Method + " " + r.URL.Path
		serveREST(w, r, name+":"+operation, func(*Call, *http.Request) (any, error) {
			return nil, errUnknown(name, operation)
		})
	})
	return mux
}

func serveREST(w http.ResponseWriter, r *http.Request, action string, do func(*Call, *http.Request) (any, error)) {
	c := FromContext(r.Context())
	c.Action = action
	out, err := do(c, r)
	if err != nil {
		c.Err = err
		writeRESTError(w, c.RequestID, err)
		return
	}
	writeJSON(w, c.RequestID, http.StatusOK, out)
}

// Body decodes a request's body, as [Op] does.
func Body[In any](r *http.Request) (*In, error) {
	in := new(In)
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, Errorf(Serialization, "the request body cannot be read")
	}
	if len(body) == 0 {
		return in, nil
	}
	if err := json.Unmarshal(body, in); err != nil {
		return nil, serializationError(err)
	}
	return in, nil
}

func writeRESTError(w http.ResponseWriter, requestID string, err error) {
	e := asError(err)
	w.Header().Set("X-Amzn-Errortype", e.Code)
	writeJSON(w, requestID, cmp.Or(e.Status, queryStatus(e.Code)), struct {
		Message string `json:"message"`
	}{e.Message})
}
