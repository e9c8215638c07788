package server

import "time"

// slowLoading is key-load-delay, which tests slow loading down with: so many µs for each key, or if it is negative 1 µs for so many keys. It ends early
// when the directive changes, or the server ends.
func (s *Server) slowLoading(keys int) {
	delay := s.cfg.Load().KeyLoadDelay
	if delay == 0 {
		return
	}
	us := int64(keys) * int64(delay)
	if delay < 0 {
		us = int64(keys) / -int64(delay)
	}
	end := time.Now().Add(time.Duration(us) * time.Microsecond)
	for left := time.Until(end); left > 0; left = time.Until(end) {
		if s.ending.Load() || s.cfg.Load().KeyLoadDelay != delay {
			return
		}
		time.Sleep(min(left, 10*time.Millisecond))
	}
}
