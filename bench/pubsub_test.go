//go:build linux

package main

import (
	"bufio"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestPubSubCases(t *testing.T) {
	limits := map[string]float64{}
	for _, c := range pubsubCases() {
		limits[c.String()] = c.limit
	}
	for name, limit := range map[string]float64{
		"CPU per message to 1 subscriber, pipelines of 16":                0.80,
		"CPU per message delivered to 1,000 subscribers, pipelines of 16": 0.80,
	} {
		if limits[name] != limit {
			t.Errorf("%s: limit %v", name, limits[name])
		}
	}
}

// TestMeasurePublish publishes to a few subscribers, who must get all.
func TestMeasurePublish(t *testing.T) {
	s, err := redisFleet(t).start(theirs, options{})
	if err != nil {
		t.Fatal(err)
	}
	requests := newRing(64, func(b []byte, _ int) []byte { return appendRequest(b, "PUBLISH", pubsubChannel, value32) })
	sample, err := measurePublish(s, pubsubCase{subscribers: 5, pattern: "x%d*", patterns: 10, pipeline: 4}, requests)
	if err != nil {
		t.Fatal(err)
	}
	if sample.perCommand < 10 || sample.perCommand > 1e6 {
		t.Errorf("%+v", sample)
	}
}

func TestReadEvents(t *testing.T) {
	var b strings.Builder
	for i := range lapsingKeys {
		b.Write(appendRequest(nil, "message", "__keyevent@0__:expired", fmt.Sprint(i)))
	}
	begin := time.Now().Add(-time.Second)
	l, err := readEvents(bufio.NewReader(strings.NewReader(b.String())), func(key string) (time.Time, bool) { return begin, true })
	if err != nil {
		t.Fatal(err)
	}
	if len(l.late) != lapsingKeys || l.missing != 0 || l.late[0] < time.Second {
		t.Errorf("%d events, %d missing", len(l.late), l.missing)
	}
	if _, err := readEvents(bufio.NewReader(strings.NewReader("*3\r\n")), nil); err == nil {
		t.Error("no error at the end")
	}
}

func TestCountedSource(t *testing.T) {
	s := &countedSource{request: []byte("ab"), left: 5}
	if got := string(s.next(2)) + string(s.next(2)); got != "abababab" || s.next(2) != nil {
		t.Errorf("%q", got)
	}
}
