package api

import (
	"errors"
	"fmt"
	"net/http"
)

// Codes that every service answers, as the JSON protocol spells them.
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

// Error is a refusal that the client is told about. Message never holds the
// value of a secret.
type Error struct {
	Code, Message string
	// Status is the HTTP status of an error that one service has for itself; its
	// code is the same in every protocol. Zero is the status of the code.
	Status int
}

// Error is the code and the message, as the AWS CLI prints them.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Errorf makes an [Error] of the code.
func Errorf(code, format string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Failf makes an [Error] that one service has for itself.
func Failf(status int, code, format string, args ...any) error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Status: status}
}

func errUnknown(service, operation string) error {
	return Errorf(UnknownOperation, "the in-memory AWS does not support the operation %q of %s; see sandbox/aws/README.md",
		operation, service)
}

// asError finds what to tell the client. What is not an [Error] is a defect of
// the server: the client learns that it happened and no more.
func asError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Code: InternalFailure, Message: "the in-memory AWS failed; see its log"}
}

// Code is the error's code for the log, and OK when there was no error.
func Code(err error) string {
	if err == nil {
		return "OK"
	}
	return asError(err).Code
}

// Message is what the client is told of the error.
func Message(err error) string { return asError(err).Message }

// WriteError answers a request that no service has seen, in the protocol that
// the client speaks: clients of JSON services name their operation in a header,
// and clients of REST services in the path.
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
