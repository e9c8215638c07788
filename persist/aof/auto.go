package aof

import (
	"fmt"
	"time"
)

// RewriteDue says whether a file of current bytes, which had base bytes after the last rewrite, has grown enough for an automatic
// rewrite (auto-aof-rewrite-percentage, auto-aof-rewrite-min-size), and by how many percent it has.
func RewriteDue(current, base int64, percentage int, minSize int64) (growth int64, due bool) {
	if percentage == 0 || current <= minSize {
		return 0, false
	}
	growth = current*100/max(base, 1) - 100
	return growth, growth >= int64(percentage)
}

const (
	limitAfter = 3 // failures in a row
	limitMax   = time.Hour
)

// Limiter delays automatic rewrites after three failures in a row: by a minute, then 2, 4, ... to an hour, as Redis's
// aofRewriteLimited. The zero value is ready. It is for one goroutine.
type Limiter struct {
	delay time.Duration
	until time.Time
}

// Limited says whether a rewrite must wait, after so many failures in a row. note is what to log then, at level warning, if it has
// not been logged for this delay.
func (l *Limiter) Limited(failures int64, now time.Time) (limited bool, note string) {
	if failures < limitAfter {
		*l = Limiter{}
		return false, ""
	}
	if !l.until.IsZero() {
		if now.Before(l.until) {
			return true, ""
		}
		l.until = time.Time{}
		return false, ""
	}
	l.delay = min(max(2*l.delay, time.Minute), limitMax)
	l.until = now.Add(l.delay)
	return true, fmt.Sprintf("Background AOF rewrite has repeatedly failed and triggered the limit, will retry in %d minutes", l.delay/time.Minute)
}
