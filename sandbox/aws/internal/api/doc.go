// Package api holds what the services of the in-memory AWS share: the verified
// [Call] of a request, AWS's errors and validation, pages of lists ([Pager]), and
// the protocols JSON 1.1 ([JSONService]), query/XML ([QueryService]) and REST/JSON
// ([NewRESTService]).
//
// A service is an [net/http.Handler] that gets its Call from [FromContext]. It
// calls [Call.Authorize] before it answers, and sets the outcome in the Call for
// the request log.
package api
