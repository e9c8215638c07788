package aof

import (
	"testing"
	"time"
)

func TestRewriteDue(t *testing.T) {
	for _, c := range []struct {
		current, base int64
		percentage    int
		minSize       int64
		growth        int64
		due           bool
	}{
		{200, 100, 100, 10, 100, true},
		{199, 100, 100, 10, 99, false},
		{200, 100, 0, 10, 0, false},
		{200, 100, 100, 200, 0, false},
		{50, 0, 100, 10, 4900, true},
		{50, 100, 100, 10, -50, false},
	} {
		if growth, due := RewriteDue(c.current, c.base, c.percentage, c.minSize); growth != c.growth || due != c.due {
			t.Errorf("%+v: %d %v", c, growth, due)
		}
	}
}

func TestLimiter(t *testing.T) {
	var l Limiter
	now := time.Unix(1700000000, 0)
	if limited, _ := l.Limited(2, now); limited {
		t.Error("limited after two failures")
	}
	for _, minutes := range []int{1, 2, 4, 8, 16, 32, 60, 60} {
		limited, note := l.Limited(3, now)
		if !limited || note == "" {
			t.Fatal("not limited")
		}
		now = now.Add(time.Duration(minutes)*time.Minute - time.Second)
		if limited, note := l.Limited(3, now); !limited || note != "" {
			t.Errorf("not limited for %d minutes, or %q", minutes, note)
		}
		now = now.Add(time.Second)
		if limited, _ := l.Limited(3, now); limited {
			t.Errorf("limited for more than %d minutes", minutes)
		}
	}
	l.Limited(0, now)
	if _, note := l.Limited(3, now); note != "Background AOF rewrite has repeatedly failed and triggered the limit, will retry in 1 minutes" {
		t.Error(note)
	}
}
