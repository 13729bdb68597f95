package api

import (
	"errors"
	"fmt"
	"net/http"
)

// Codes that all services use, in the spelling of the JSON protocol.
const (
	AccessDenied        = "AccessDeniedException"
	ExpiredToken        = "ExpiredTokenException"
	IncompleteSignature = "IncompleteSignatureException"
	InternalFailure     = "InternalFailure"
	InvalidSignature    = "InvalidSignatureException"
	MissingToken        = "MissingAuthenticationTokenException"
	RequestTooLarge     = "RequestEntityTooLargeException"
	Serialization       = "SerializationException"
	UnknownOperation    = "UnknownOperationException"
	UnrecognizedClient  = "UnrecognizedClientException"
	Validation          = "ValidationException"
)

// Error is an error for the client. Message never contains the value of a secret.
type Error struct {
	Code, Message string
	// Status is the HTTP status of an error with a status of its own; its code is
	// the same in every protocol. Zero means the default status of the code.
	Status int
}

// Error returns the code and the message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Errorf returns an [Error] with the code.
func Errorf(code, format string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Failf returns an [Error] with a status of its own.
func Failf(status int, code, format string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Status: status}
}

func errUnknown(service, operation string) error {
	return Errorf(UnknownOperation, "the in-memory AWS does not support the operation %q of %s; "+
		"see sandbox/aws/README.md",
		operation, service)
}

// asError returns the error for the client. Any error but an [Error] is a defect of
// the server, of which the client gets no details.
func asError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Code: InternalFailure, Message: "the in-memory AWS failed; see its log"}
}

// Code returns the error's code for the log, and OK when there was no error.
func Code(err error) string {
	if err == nil {
		return "OK"
	}
	return asError(err).Code
}

// Message returns the error's message for the client.
func Message(err error) string { return asError(err).Message }

// WriteError answers a request before it reaches a service, in the protocol of the
// client: clients of JSON services name the operation in a header, and clients of
// REST services in the path.
func WriteError(w http.ResponseWriter, r *http.Request, requestID string, err error) {
	switch {
	case r.Header.Get(targetHeader) != "":
		writeJSONError(w, requestID, err)
	case r.URL.Path != "/":
		writeRESTError(w, requestID, err)
	default:
		writeQueryError(w, requestID, err)
	}
}
