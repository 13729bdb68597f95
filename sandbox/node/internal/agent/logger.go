//nolint:revive // virtual-kubelet's log.Logger says what its methods are for.
package agent

import (
	"fmt"
	"log/slog"

	"github.com/virtual-kubelet/virtual-kubelet/log"
)

// logger forwards virtual-kubelet's errors and drops its other messages.
type logger struct{ *slog.Logger }

func (l logger) Debug(...any)          {}
func (l logger) Debugf(string, ...any) {}
func (l logger) Info(...any)           {}
func (l logger) Infof(string, ...any)  {}

func (l logger) Warn(...any)                       {}
func (l logger) Warnf(string, ...any)              {}
func (l logger) Error(args ...any)                 { l.Logger.Error(fmt.Sprint(args...)) }
func (l logger) Errorf(format string, args ...any) { l.Logger.Error(fmt.Sprintf(format, args...)) }

// Fatal and Fatalf do not exit: only main does.
func (l logger) Fatal(args ...any)                 { l.Error(args...) }
func (l logger) Fatalf(format string, args ...any) { l.Errorf(format, args...) }

// Most fields belong to traces. Only the error is logged, without its stack.

func (l logger) WithField(string, any) log.Logger { return l }
func (l logger) WithFields(log.Fields) log.Logger { return l }
func (l logger) WithError(err error) log.Logger   { return logger{l.With("err", fmt.Sprint(err))} }
