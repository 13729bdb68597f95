// Package api is what the services of the in-memory AWS share: the verified
// [Call] that a request carries, AWS's error shape and validation, pages of lists
// ([Pager]), and its wire protocols: JSON 1.1 ([JSONService]), query/XML ([QueryService]) and REST/JSON
// ([RESTService]).
//
// A service is an [net/http.Handler] that finds its Call with [FromContext]. It
// asks [Call.Authorize] before it answers, and leaves its outcome in the Call
// for the request log.
package api
