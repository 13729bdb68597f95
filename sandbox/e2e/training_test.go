package e2e

import (
	"testing"
)

// TestTrainingStack tests the life of the committed stack training with Pod Identity.
func TestTrainingStack(t *testing.T) {
	take(t)
	store(t, "training/db-credentials", `{"username":"admin","password":"a b/c"}`)
	leavesNothing(t)
	s := newEKSStack(t, "training", nil)
	step(t, "UpFromNothing", func(t *testing.T) {
		s.up(t)
		hasInAWS(t, golden(t, "training"))
		for name, want := range map[string]map[string]string{
			"db-creds": {"username": "admin", "password": "a b/c"},
			"db-url":   {"url": "postgresql://admin:a+b%2Fc@db.training.svc:5432/app"},
		} {
			must(t, holdsAt(t, "/api/v1/namespaces/training/secrets/"+name, want))
		}
	})
	step(t, "SecondUpAndRefreshChangeNothing", s.noChanges)
}
