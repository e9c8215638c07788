//go:build linux

package main

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestLoadgenCountsAllReplies(t *testing.T) {
	var served atomic.Int64
	addr := fakeServer(t, func([]string) string {
		served.Add(1)
		return "$32\r\n" + value32 + "\r\n"
	})
	for _, spin := range []bool{false, true} {
		served.Store(0)
		g, err := dialLoad(addr, 5, spin)
		if err != nil {
			t.Fatal(err)
		}
		defer g.close()
		var latencies []int64
		counted := 0
		err = g.run(newRing(100, setRequest), 3, &latencies, func(done int) bool {
			counted = done
			return done >= 300
		})
		if err != nil {
			t.Fatal(err)
		}
		if counted < 300 || served.Load() < int64(counted) {
			t.Errorf("spin %v: counted %d, served %d", spin, counted, served.Load())
		}
		if int64(len(latencies)*3) != served.Load() {
			t.Errorf("spin %v: %d latencies of 3 requests each, %d requests served", spin, len(latencies), served.Load())
		}
	}
}

func TestLoadgenEndsWithItsSource(t *testing.T) {
	var served atomic.Int64
	addr := fakeServer(t, func([]string) string {
		served.Add(1)
		return "+OK\r\n"
	})
	g, err := dialLoad(addr, 4, false)
	if err != nil {
		t.Fatal(err)
	}
	defer g.close()
	if err := g.run(newInsertSource(50), 1, nil, func(int) bool { return false }); err != nil {
		t.Fatal(err)
	}
	if served.Load() != 50 {
		t.Errorf("%d of 50 inserts", served.Load())
	}
}

func TestLoadgenLatency(t *testing.T) {
	const pause = 20 * time.Millisecond
	addr := fakeServer(t, func([]string) string {
		time.Sleep(pause)
		return "+OK\r\n"
	})
	g, err := dialLoad(addr, 1, false)
	if err != nil {
		t.Fatal(err)
	}
	defer g.close()
	var latencies []int64
	if err := g.run(newInsertSource(3), 1, &latencies, func(int) bool { return false }); err != nil {
		t.Fatal(err)
	}
	for _, l := range latencies {
		if time.Duration(l) < pause || time.Duration(l) > 50*pause {
			t.Errorf("a reply after %v took %v", pause, time.Duration(l))
		}
	}
}

func TestLoadgenFails(t *testing.T) {
	for text, want := range map[string]string{"": "unexpected EOF", "-ERR no\r\n": "ERR no"} {
		addr := fakeServer(t, func([]string) string { return text })
		g, err := dialLoad(addr, 2, false)
		if err != nil {
			t.Fatal(err)
		}
		defer g.close()
		err = g.run(newRing(10, setRequest), 1, nil, func(int) bool { return false })
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("reply %q: %v", text, err)
		}
	}
	if g, err := dialLoad("127.0.0.1:1", 1, false); err == nil {
		g.close()
		t.Error("connected to nobody")
	}
}
