// Package ssm is the Parameter Store of AWS Systems Manager in memory: parameters
// with their versions, labels and tags, per region, behind the JSON 1.1 protocol.
// Limits, codes and messages are AWS's where AWS documents them or its clients
// have recorded them.
//
// It has what the External Secrets Operator calls, and what makes its parameters.
// Not imitated are the other parts of Systems Manager; parameter policies, allowed
// patterns, data types other than text and the deprecated Filters, all of which
// are refused; parameters of AWS (/aws/service, /aws/reference) and parameters
// shared by another account, which are not found or denied; the quota on
// parameters, a default tier, throttling, and pages that are shorter than they
// could be. Nothing is encrypted: what a SecureString answers instead of its value
// is random.
package ssm
