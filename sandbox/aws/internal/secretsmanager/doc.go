// Package secretsmanager is AWS Secrets Manager in memory: secrets with their
// versions, staging labels, tags and recovery windows, per region, behind the
// JSON 1.1 protocol. Limits, codes and messages are AWS's where AWS documents
// them or its clients have recorded them.
//
// Nothing is encrypted, replicated, rotated by schedule or eventually
// consistent, and no quota on the number of secrets or versions is enforced.
package secretsmanager
