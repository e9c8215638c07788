//go:build unix

package redislog

import (
	"log/syslog"
	"sync"
	"time"
)

// syslogRetry is how long a failed connection to syslog is not tried again.
const syslogRetry = time.Second

// syslogSink hands messages to the syslog daemon of this host. It connects
// with the first message and, like syslog(3), does not mind if there is no
// daemon: it tries again later.
type syslogSink struct {
	ident    string
	facility int
	dial     func(syslog.Priority, string) (*syslog.Writer, error) // nil: syslog.New

	mu       sync.Mutex
	w        *syslog.Writer
	lastFail time.Time
}

func (s *syslogSink) write(level Level, msg string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.w == nil && !s.connectLocked() {
		return
	}
	var err error
	switch level {
	case Debug:
		err = s.w.Debug(msg)
	case Verbose:
		err = s.w.Info(msg)
	case Notice:
		err = s.w.Notice(msg)
	default:
		err = s.w.Warning(msg)
	}
	if err != nil { // the writer has tried to connect once more by itself
		_ = s.w.Close()
		s.w, s.lastFail = nil, time.Now()
	}
}

func (s *syslogSink) connectLocked() bool {
	if time.Since(s.lastFail) < syslogRetry {
		return false
	}
	dial := s.dial
	if dial == nil {
		dial = syslog.New
	}
	w, err := dial(syslog.Priority(s.facility<<3)|syslog.LOG_NOTICE, s.ident)
	if err != nil {
		s.lastFail = time.Now()
		return false
	}
	s.w = w
	return true
}

func (s *syslogSink) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.w != nil {
		_ = s.w.Close()
		s.w = nil
	}
}
