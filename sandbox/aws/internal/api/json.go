package api

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	targetHeader = "X-Amz-Target"
	jsonType     = "application/x-amz-json-1.1"
)

// Operation answers one operation of a JSON service.
type Operation func(c *Call, body []byte) (any, error)

// Op returns an [Operation] that decodes the input of a function. As in AWS, it
// ignores unknown members and answers a member of the wrong type with a
// SerializationException.
func Op[In, Out any](f func(*Call, *In) (*Out, error)) Operation {
	return func(c *Call, body []byte) (any, error) {
		in := new(In)
		if len(body) == 0 {
			return f(c, in)
		}
		if err := json.Unmarshal(body, in); err != nil {
			return nil, serializationError(err)
		}
		return f(c, in)
	}
}

// JSONService serves the JSON 1.1 protocol: POST, and the operation in the
// header X-Amz-Target.
type JSONService struct {
	// Name is the prefix of IAM actions.
	Name string
	// Target is the prefix of targets; empty means Name.
	Target     string
	Operations map[string]Operation
	// Lock is held during an operation.
	Lock sync.Locker
	// Before is called before each operation, with the lock held; it may be nil.
	Before func(*Call)
}

// ServeHTTP answers the operation that the request names.
func (s *JSONService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := FromContext(r.Context())
	out, err := s.call(c, r)
	if err != nil {
		c.Err = err
		writeJSONError(w, c.RequestID, err)
		return
	}
	writeJSON(w, c.RequestID, http.StatusOK, out)
}

func (s *JSONService) call(c *Call, r *http.Request) (any, error) {
	prefix, name, _ := strings.Cut(r.Header.Get(targetHeader), ".")
	c.Action = s.Name + ":" + name
	operation, ok := s.Operations[name]
	if !ok || prefix != cmp.Or(s.Target, s.Name) || r.Method != http.MethodPost {
		return nil, errUnknown(s.Name, name)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, Errorf(Serialization, "the request body cannot be read")
	}
	s.Lock.Lock()
	defer s.Lock.Unlock()
	if s.Before != nil {
		s.Before(c)
	}
	return operation(c, body)
}

// Time is a timestamp as the JSON protocol writes it: seconds since 1970 with
// milliseconds.
type Time time.Time

// MarshalJSON writes a JSON number.
func (t Time) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(time.Time(t).UnixMilli())/1000, 'f', 3, 64), nil
}

// Deref returns the value of an optional member, or the zero value.
func Deref[T any](member *T) T {
	if member == nil {
		return *new(T)
	}
	return *member
}

// serializationError translates an error of encoding/json to AWS's. It names only
// types, because the value may be a secret.
func serializationError(err error) error {
	if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		kind, _, _ := strings.Cut(mismatch.Value, " ")
		return Errorf(Serialization, "%s can not be converted to %s", tokenNames[kind], typeName(mismatch.Type))
	}
	if _, ok := errors.AsType[base64.CorruptInputError](err); ok {
		return Errorf(Serialization, "a binary value is not valid base64")
	}
	return Errorf(Serialization, "the request body is not valid JSON")
}

var tokenNames = map[string]string{
	"string": "STRING_VALUE",
	"number": "NUMBER_VALUE",
	"bool":   "BOOLEAN_VALUE",
	"array":  "START_ARRAY",
	"object": "START_OBJECT",
}

func typeName(t reflect.Type) string {
	switch t.Kind() { //nolint:exhaustive // these are the kinds that inputs are made of
	case reflect.String:
		return "a String"
	case reflect.Bool:
		return "a Boolean"
	case reflect.Int, reflect.Int64:
		return "an Integer"
	case reflect.Slice:
		return "a List"
	default:
		return "a Structure"
	}
}

func writeJSONError(w http.ResponseWriter, requestID string, err error) {
	e := asError(err)
	w.Header().Set("X-Amzn-Errortype", e.Code)
	writeJSON(w, requestID, cmp.Or(e.Status, jsonStatus(e.Code)), struct {
		Type    string `json:"__type"`
		Message string `json:"message,omitempty"`
	}{e.Code, e.Message})
}

// jsonStatus returns the HTTP status of a code: JSON services answer 400 to all
// errors of the client, including wrong credentials.
func jsonStatus(code string) int {
	switch code {
	case InternalFailure:
		return http.StatusInternalServerError
	case RequestTooLarge:
		return http.StatusRequestEntityTooLarge
	default:
		return http.StatusBadRequest
	}
}

func writeJSON(w http.ResponseWriter, requestID string, status int, body any) {
	encoded, err := json.Marshal(body)
	if err != nil {
		status, encoded = http.StatusInternalServerError, []byte(`{"__type":"`+InternalFailure+`"}`)
	}
	w.Header().Set("Content-Type", jsonType)
	w.Header().Set("X-Amzn-Requestid", requestID)
	w.WriteHeader(status)
	// The client may have gone away.
	_, _ = w.Write(encoded)
}
