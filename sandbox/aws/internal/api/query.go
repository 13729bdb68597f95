package api

import (
	"cmp"
	"encoding/xml"
	"net/http"
	"sync"
)

// QueryOperation answers one operation of a query service. Its result is encoded
// inside `<NameResponse><NameResult>`; nil means no result.
type QueryOperation func(c *Call, form Form) (any, error)

// QueryService serves the query protocol: a form with Action and Version, and
// XML in answer.
type QueryService struct {
	// Name is the prefix of IAM actions.
	Name string
	// Namespace is the XML namespace of answers.
	Namespace  string
	Operations map[string]QueryOperation
	// Lock is held during an operation; it may be nil.
	Lock sync.Locker
}

// ServeHTTP answers the operation that the form names.
func (s *QueryService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := FromContext(r.Context())
	out, err := s.call(c, r)
	if err != nil {
		c.Err = err
		writeQueryError(w, c.RequestID, err)
		return
	}
	writeXML(w, c.RequestID, http.StatusOK, response{s.Namespace, r.Form.Get("Action"), out, metadata{c.RequestID}})
}

func (s *QueryService) call(c *Call, r *http.Request) (any, error) {
	if err := r.ParseForm(); err != nil {
		return nil, Errorf("MalformedQueryString", "the request is not a valid form")
	}
	name := r.Form.Get("Action")
	c.Action = s.Name + ":" + name
	operation, ok := s.Operations[name]
	if !ok {
		return nil, errUnknown(s.Name, name)
	}
	if s.Lock != nil {
		s.Lock.Lock()
		defer s.Lock.Unlock()
	}
	return operation(c, Form{r.Form})
}

// response is an answer: the names of its elements depend on the operation.
type response struct {
	namespace, operation string
	result               any
	metadata             metadata
}

type metadata struct {
	RequestID string `xml:"RequestId"`
}

// MarshalXML writes the result and the metadata inside the operation's element.
func (r response) MarshalXML(e *xml.Encoder, _ xml.StartElement) error {
	start := xml.StartElement{Name: xml.Name{Space: r.namespace, Local: r.operation + "Response"}}
	if err := e.EncodeToken(start); err != nil {
		return err
	}
	if err := e.EncodeElement(r.result, element(r.operation+"Result")); err != nil {
		return err
	}
	if err := e.EncodeElement(r.metadata, element("ResponseMetadata")); err != nil {
		return err
	}
	return e.EncodeToken(start.End())
}

func element(name string) xml.StartElement {
	return xml.StartElement{Name: xml.Name{Local: name}}
}

type errorResponse struct {
	XMLName xml.Name `xml:"ErrorResponse"`
	Error   struct {
		Type    string
		Code    string
		Message string
	}
	RequestID string `xml:"RequestId"`
}

// queryCodes are the codes that the query protocol spells differently.
var queryCodes = map[string]string{
	AccessDenied:        "AccessDenied",
	ExpiredToken:        "ExpiredToken",
	IncompleteSignature: "IncompleteSignature",
	InvalidSignature:    "SignatureDoesNotMatch",
	MissingToken:        "MissingAuthenticationToken",
	UnknownOperation:    "InvalidAction",
	UnrecognizedClient:  "InvalidClientTokenId",
	Validation:          "ValidationError",
}

func writeQueryError(w http.ResponseWriter, requestID string, err error) {
	e := asError(err)
	answer := errorResponse{RequestID: requestID}
	answer.Error.Type = "Sender"
	if e.Code == InternalFailure {
		answer.Error.Type = "Receiver"
	}
	answer.Error.Code, answer.Error.Message = e.Code, e.Message
	if code, ok := queryCodes[e.Code]; ok && e.Status == 0 {
		answer.Error.Code = code
	}
	writeXML(w, requestID, cmp.Or(e.Status, queryStatus(e.Code)), answer)
}

// queryStatus returns the HTTP status of a code: unlike JSON services, query
// services answer 403 to wrong credentials.
func queryStatus(code string) int {
	switch code {
	case AccessDenied, ExpiredToken, InvalidSignature, MissingToken, UnrecognizedClient:
		return http.StatusForbidden
	default:
		return jsonStatus(code)
	}
}

func writeXML(w http.ResponseWriter, requestID string, status int, body any) {
	encoded, err := xml.Marshal(body)
	if err != nil {
		status, encoded = http.StatusInternalServerError, nil
	}
	w.Header().Set("Content-Type", "text/xml")
	w.Header().Set("X-Amzn-Requestid", requestID)
	w.WriteHeader(status)
	// The client may have gone away.
	_, _ = w.Write(encoded)
}
