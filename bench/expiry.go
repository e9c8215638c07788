//go:build linux

package main

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

const (
	farKeys      = 1_000_000
	lapsingKeys  = 1000
	lapseWithin  = time.Second      // the deadlines of lapsingKeys are spread over it
	lapseWait    = 30 * time.Second // how long after the last deadline keys are waited for
	pollEvery    = 100 * time.Microsecond
	untilLapsing = 2 * time.Second // from setting the keys to the first deadline
)

// lateness is how long after their deadlines keys were gone, in ascending order. Keys that were still
// there at the end are not in it.
type lateness struct {
	late       []time.Duration
	missing    int
	resolution time.Duration // the longest time between two looks
}

// middle is the median over all keys, those included that never went: false if the middle one is of these.
func (l lateness) middle() (time.Duration, bool) {
	rank := (len(l.late) + l.missing + 1) / 2
	if rank > len(l.late) {
		return 0, false
	}
	return l.late[rank-1], true
}

// expirySection measures how late untouched keys are deleted that lapse beside a million with far deadlines.
func expirySection(b *bench) ([]row, error) {
	var results [2]lateness
	for _, k := range []kind{ours, theirs} {
		var err error
		if results[k], err = b.measureExpiry(k); err != nil {
			return nil, fmt.Errorf("%v: %w", k, err)
		}
		b.logf("%v: %s gone, middle %s, longest %s, looked every %v at the longest", k, goneText(results[k]),
			middleText(results[k]), longestText(results[k]), results[k].resolution)
	}
	note := fmt.Sprintf("gone within %v: %s and %s; DBSIZE was looked at every %.1f ms at the longest", lapseWait,
		goneText(results[ours]), goneText(results[theirs]), milliseconds(max(results[ours].resolution, results[theirs].resolution)))
	what := fmt.Sprintf("how late %d untouched keys are gone beside %d others: the middle one", lapsingKeys, b.scaled(farKeys, 10))
	middle := row{what: what, ours: middleText(results[ours]), theirs: middleText(results[theirs]), limit: "≤ 5.00 ms",
		verdict: broken, note: note}
	if late, known := results[ours].middle(); known && late <= 5*time.Millisecond {
		middle.verdict = holds
	}
	longest := row{what: "the same, the last one", ours: longestText(results[ours]), theirs: longestText(results[theirs]),
		limit: "≤ 50.0 ms", verdict: broken, note: note}
	if r := results[ours]; r.missing == 0 && r.late[len(r.late)-1] <= 50*time.Millisecond {
		longest.verdict = holds
	}
	return []row{middle, longest}, nil
}

func goneText(l lateness) string { return fmt.Sprintf("%d of %d", len(l.late), len(l.late)+l.missing) }

func middleText(l lateness) string {
	if late, known := l.middle(); known {
		return figure(milliseconds(late), "ms")
	}
	return "> " + figure(milliseconds(lapseWait), "ms")
}

func longestText(l lateness) string {
	if l.missing > 0 {
		return "> " + figure(milliseconds(lapseWait), "ms")
	}
	return figure(milliseconds(l.late[len(l.late)-1]), "ms")
}

func (b *bench) measureExpiry(k kind) (lateness, error) {
	s, err := b.fleet.start(k, options{})
	if err != nil {
		return lateness{}, err
	}
	defer s.stop()
	far := b.scaled(farKeys, 10)
	if err := pipelined(s.addr, far, setWithTTL); err != nil {
		return lateness{}, err
	}
	first := time.Now().Add(untilLapsing)
	deadlines := make([]time.Time, lapsingKeys)
	for i := range deadlines {
		ms := first.UnixMilli() + int64(i)*lapseWithin.Milliseconds()/lapsingKeys
		deadlines[i] = time.UnixMilli(ms)
	}
	err = pipelined(s.addr, lapsingKeys, func(buf []byte, i int) []byte {
		return appendRequest(buf, "SET", numberedKey("due:", i), value32, "PXAT", strconv.FormatInt(deadlines[i].UnixMilli(), 10))
	})
	if err != nil {
		return lateness{}, err
	}
	return watchLapsing(s, far, deadlines, lapseWait)
}

// watchLapsing looks at DBSIZE until only the far keys are left, or wait after the last deadline. Which key is
// gone DBSIZE does not tell, so the n-th that goes counts as the one with the n-th deadline: of all ways to
// match them this makes the longest lateness least. deadlines are in ascending order.
func watchLapsing(s *server, far int, deadlines []time.Time, wait time.Duration) (lateness, error) {
	c, err := dial(s.addr)
	if err != nil {
		return lateness{}, err
	}
	defer c.close()
	if err := c.expectKeys(far + len(deadlines)); err != nil {
		return lateness{}, err
	}
	var l lateness
	end := deadlines[len(deadlines)-1].Add(wait)
	last := time.Now()
	for len(l.late) < len(deadlines) && last.Before(end) {
		rep, err := c.do("DBSIZE")
		if err != nil {
			return l, err
		}
		now := time.Now()
		l.resolution = max(l.resolution, now.Sub(last))
		last = now
		gone := far + len(deadlines) - int(rep.n)
		for len(l.late) < min(gone, len(deadlines)) {
			l.late = append(l.late, now.Sub(deadlines[len(l.late)]))
		}
		time.Sleep(pollEvery)
	}
	l.missing = len(deadlines) - len(l.late)
	slices.Sort(l.late)
	return l, nil
}
