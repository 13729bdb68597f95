package catalog

import (
	"errors"
	"fmt"

	"github.com/aws/smithy-go"
)

// describe wraps an AWS error with what was being done, and reduces it to the code and the message.
func describe(doing, what string, err error) error {
	if err == nil {
		return nil
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return &apiError{doing: doing + " " + what, api: api}
	}
	return fmt.Errorf("%s %s: %w", doing, what, err)
}

// apiError is an AWS error without the details of the transport.
type apiError struct {
	doing string
	api   smithy.APIError
}

func (e *apiError) Error() string {
	return fmt.Sprintf("%s: %s: %s", e.doing, e.api.ErrorCode(), e.api.ErrorMessage())
}

func (e *apiError) Unwrap() error { return e.api }

// errGone is for deleted resources for which AWS returns no error.
var errGone = errors.New("it no longer exists")

func gone(err error) bool {
	if errors.Is(err, errGone) {
		return true
	}
	api, ok := errors.AsType[smithy.APIError](err)
	return ok && (api.ErrorCode() == "NoSuchEntity" || api.ErrorCode() == "ResourceNotFoundException")
}
