package main

import (
	"bufio"
	"bytes"
	"slices"
	"testing"
)

func TestAppendRequest(t *testing.T) {
	if got := string(appendRequest(nil, "GET", "ab", "")); got != "*3\r\n$3\r\nGET\r\n$2\r\nab\r\n$0\r\n\r\n" {
		t.Errorf("%q", got)
	}
}

func TestNumberedKey(t *testing.T) {
	if got := numberedKey(keyPrefix, 1234567); got != "key:000001234567" || len(got) != 16 {
		t.Errorf("%q", got)
	}
	if len(value32) != 32 {
		t.Errorf("the value has %d bytes", len(value32))
	}
}

// requestsIn splits bytes into requests.
func requestsIn(t *testing.T, b []byte) [][]string {
	t.Helper()
	var all [][]string
	r := bufio.NewReader(bytes.NewReader(b))
	for {
		if _, err := r.Peek(1); err != nil {
			return all
		}
		args, err := readRequest(r)
		if err != nil {
			t.Fatalf("%q: %v", b, err)
		}
		all = append(all, args)
	}
}

func TestRing(t *testing.T) {
	r := newRing(5, setRequest)
	var keys []string
	for range 4 {
		requests := requestsIn(t, r.next(2))
		if len(requests) != 2 {
			t.Fatalf("%d requests", len(requests))
		}
		for _, args := range requests {
			keys = append(keys, args[1][14:])
		}
	}
	if want := []string{"00", "01", "02", "03", "00", "01", "02", "03"}; !slices.Equal(keys, want) {
		t.Errorf("keys %v, want %v", keys, want)
	}
	whole := newRing(3, setRequest)
	for range 2 {
		if n := len(requestsIn(t, whole.next(3))); n != 3 {
			t.Errorf("a ring of 3 gave %d", n)
		}
	}
}

func TestInsertSource(t *testing.T) {
	s := newInsertSource(3)
	for i := range 3 {
		want := []string{"SET", numberedKey(keyPrefix, i), value32}
		if got := requestsIn(t, s.next(1)); len(got) != 1 || !slices.Equal(got[0], want) {
			t.Errorf("request %d: %v", i, got)
		}
	}
	if s.next(1) != nil {
		t.Error("a request after the last")
	}
}

func TestWorkloads(t *testing.T) {
	lengths := map[string]int{"PING": 1, "SET": 3, "GET": 2, "INCR": 2, "MSET of 10": 1 + 2*msetKeys}
	for _, w := range cpuWorkloads() {
		for _, args := range requestsIn(t, w.ring(20).next(20)) {
			if len(args) != lengths[w.name] {
				t.Errorf("%s: %v", w.name, args)
			}
		}
		if !bytes.Equal(w.ring(20).next(20), w.ring(20).next(20)) {
			t.Errorf("%s: two rings differ", w.name)
		}
		delete(lengths, w.name)
	}
	if len(lengths) > 0 {
		t.Errorf("no workload for %v", lengths)
	}
}
