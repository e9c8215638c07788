//go:build linux

package main

import (
	"strconv"
	"strings"
	"testing"
)

func TestMemoryFigures(t *testing.T) {
	m := memoryFigures{empty: 100, full: 1100, after: 220}
	if m.growthPerKey(10) != 100 || m.left() != 0.2 {
		t.Errorf("%v B a key, %v left", m.growthPerKey(10), m.left())
	}
}

func TestSetWithTTL(t *testing.T) {
	var texts []string
	for range 2 {
		args := requestsIn(t, setWithTTL(nil, 12))[0]
		texts = append(texts, strings.Join(args, " "))
		ttl, err := strconv.Atoi(args[4])
		if err != nil || ttl < minTTL || ttl >= minTTL+ttlSpread || args[3] != "EX" {
			t.Errorf("%v", args)
		}
	}
	if texts[0] != texts[1] {
		t.Errorf("%q and then %q", texts[0], texts[1])
	}
}

func TestMeasureMemory(t *testing.T) {
	b := &bench{fleet: redisFleet(t), quick: true}
	const keys = 50_000
	deleted := false
	m, err := measureMemory(b, theirs, keys, setRequest, func(_ *server, c *client) error {
		deleted = true
		return c.expectKeys(keys / keptOneOf)
	})
	if err != nil {
		t.Fatal(err)
	}
	if perKey := m.growthPerKey(keys); perKey < 48 || perKey > 400 || !deleted || m.after <= m.empty {
		t.Errorf("%+v, %v B a key", m, perKey)
	}
}

func TestMeasureIdle(t *testing.T) {
	b := &bench{fleet: redisFleet(t), quick: true}
	perConn, err := measureIdle(b, theirs, 500)
	if err != nil || perConn < 500 || perConn > 50_000 {
		t.Errorf("%v B a connection, %v", perConn, err)
	}
}
