//go:build linux

package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestLatenessMiddle(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		l     lateness
		want  time.Duration
		known bool
	}{
		{lateness{late: []time.Duration{ms}}, ms, true},
		{lateness{late: []time.Duration{ms, 2 * ms, 3 * ms}}, 2 * ms, true},
		{lateness{late: []time.Duration{ms, 2 * ms}, missing: 2}, 2 * ms, true},
		{lateness{late: []time.Duration{ms}, missing: 2}, 0, false},
		{lateness{missing: 1}, 0, false},
	} {
		if got, known := c.l.middle(); got != c.want || known != c.known {
			t.Errorf("%+v: %v, %v", c.l, got, known)
		}
	}
	if text := longestText(lateness{late: []time.Duration{ms}, missing: 2}); text != "> 30,000 ms" {
		t.Errorf("%q", text)
	}
	if text := goneText(lateness{late: []time.Duration{ms}, missing: 2}); text != "1 of 3" {
		t.Errorf("%q", text)
	}
}

// A server that deletes each key delay after its deadline, but never the last.
func TestWatchLapsing(t *testing.T) {
	const far, n, delay = 1000, 20, 10 * time.Millisecond
	var deadlines []time.Time
	for i := range n {
		deadlines = append(deadlines, time.Now().Add(200*time.Millisecond+time.Duration(i)*5*time.Millisecond))
	}
	addr := fakeServer(t, func(args []string) string {
		if strings.ToUpper(args[0]) != "DBSIZE" {
			return "-ERR unexpected\r\n"
		}
		left := far + 1
		for _, d := range deadlines[:n-1] {
			if time.Since(d) < delay {
				left++
			}
		}
		return fmt.Sprintf(":%d\r\n", left)
	})
	l, err := watchLapsing(&server{addr: addr}, far, deadlines, 300*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.late) != n-1 || l.missing != 1 {
		t.Fatalf("%d gone, %d missing", len(l.late), l.missing)
	}
	if first := l.late[0]; first < delay || first > delay+100*time.Millisecond {
		t.Errorf("gone %v late, not %v", first, delay)
	}
	if l.resolution <= 0 {
		t.Error("no resolution")
	}
}
