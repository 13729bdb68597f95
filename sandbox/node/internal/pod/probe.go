package pod

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// failure is a failed probe that requires a restart of the container.
type failure struct {
	probe string
	grace time.Duration
}

// probe runs the probes of a plan until ctx ends. At most one failure is sent.
func (c *container) probe(ctx context.Context, plan *plan) <-chan failure {
	failed := make(chan failure, 1)
	fail := func(kind string, probe *corev1.Probe) {
		select {
		case failed <- failure{kind, c.grace(probe)}:
		default:
		}
	}
	others := func() {
		if probe := plan.container.LivenessProbe; probe != nil {
			go c.poll(ctx, plan, "Liveness", probe, func(healthy bool) bool {
				if !healthy {
					fail("liveness probe", probe)
				}
				return healthy
			})
		}
		if probe := plan.container.ReadinessProbe; probe != nil {
			go c.poll(ctx, plan, "Readiness", probe, func(healthy bool) bool {
				c.set(func(s *corev1.ContainerStatus) { s.Ready = healthy && ctx.Err() == nil })
				return true
			})
		}
	}
	probe := plan.container.StartupProbe
	if probe == nil {
		others()
		return failed
	}
	go c.poll(ctx, plan, "Startup", probe, func(healthy bool) bool { //nolint:unparam // It goes on for neither verdict.
		if !healthy {
			fail("startup probe", probe)
			return false
		}
		c.set(func(s *corev1.ContainerStatus) {
			s.Started, s.Ready = &healthy, plan.container.ReadinessProbe == nil
		})
		c.upOnce()
		others()
		return false
	})
	return failed
}

// poll runs a probe in each period. It calls verdict each time a threshold is reached or kept, and stops when
// verdict returns false.
func (c *container) poll(ctx context.Context, plan *plan, kind string, probe *corev1.Probe, verdict func(bool) bool) {
	period := seconds(probe.PeriodSeconds, 10)
	if !sleep(ctx, time.Duration(probe.InitialDelaySeconds)*time.Second) {
		return
	}
	for good, bad := int32(0), int32(0); ; {
		err := c.ask(ctx, plan, probe)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			good, bad = good+1, 0
		} else {
			good, bad = 0, bad+1
			c.event(corev1.EventTypeWarning, "Unhealthy", "%s probe failed: %v", kind, err)
		}
		if good >= max(probe.SuccessThreshold, 1) && !verdict(true) {
			return
		}
		if bad >= orElse(probe.FailureThreshold, 3) && !verdict(false) {
			return
		}
		if !sleep(ctx, period) {
			return
		}
	}
}

func seconds(n, otherwise int32) time.Duration {
	return time.Duration(orElse(n, otherwise)) * time.Second
}

// orElse returns a default for specs that an API server has not completed.
func orElse(n, otherwise int32) int32 {
	if n == 0 {
		return otherwise
	}
	return n
}
