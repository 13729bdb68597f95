// Package ssm is the Parameter Store of AWS Systems Manager in memory: parameters
// with their versions, labels and tags, per region, behind the JSON 1.1 protocol.
// Limits, codes and messages are AWS's where AWS documents them or its clients
// have recorded them.
//
// It serves the operations that the External Secrets Operator calls, and those that
// manage parameters. It refuses parameter policies, allowed patterns, data types
// other than text and the deprecated Filters. It has no parameters of AWS
// (/aws/service, /aws/reference), no parameters shared by other accounts, no quota
// on parameters, no default tier and no throttling. Nothing is encrypted: the
// ciphertext of a SecureString is random.
package ssm
