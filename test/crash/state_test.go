package main

import "testing"

func TestHolds(t *testing.T) {
	set := func(members ...string) map[string]bool {
		m := map[string]bool{}
		for _, s := range members {
			m[s] = true
		}
		return m
	}
	for _, c := range []struct {
		name    string
		v, got  value
		matches bool
	}{
		{"strings", value{kind: "string", text: "a"}, value{kind: "string", text: "a"}, true},
		{"other string", value{kind: "string", text: "a"}, value{kind: "string", text: "b"}, false},
		{"other type", value{kind: "string"}, value{kind: "list"}, false},
		{"deadline", value{kind: "string", from: 5, to: 7}, value{kind: "string", from: 6, to: 6}, true},
		{"late deadline", value{kind: "string", from: 5, to: 7}, value{kind: "string", from: 8, to: 8}, false},
		{"no deadline", value{kind: "string", from: 5, to: 7}, value{kind: "string"}, false},
		{"order", value{kind: "list", list: []string{"a", "b"}}, value{kind: "list", list: []string{"b", "a"}}, false},
		{"set", value{kind: "set", set: set("a", "b")}, value{kind: "set", set: set("b", "a")}, true},
		{"popped", value{kind: "set", set: set("a", "b"), unknown: 1}, value{kind: "set", set: set("b")}, true},
		{"popped too many", value{kind: "set", set: set("a", "b", "c"), unknown: 1}, value{kind: "set", set: set("b")}, false},
		{"another member", value{kind: "set", set: set("a", "b"), unknown: 1}, value{kind: "set", set: set("c")}, false},
		{"scores", value{kind: "zset", scores: map[string]int64{"a": 1}}, value{kind: "zset", scores: map[string]int64{"a": 2}}, false},
		{"fields", value{kind: "hash", fields: map[string]string{"a": "1"}}, value{kind: "hash", fields: map[string]string{"a": "1", "b": "2"}}, false},
	} {
		if got := c.v.holds(&c.got); got != c.matches {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestDifferences(t *testing.T) {
	s := state{"a": {kind: "string", text: "1"}, "b": {kind: "string", text: "2"}, "c": {kind: "set", set: map[string]bool{"x": true}, unknown: 1}}
	got := state{"a": {kind: "string", text: "1"}, "b": {kind: "string", text: "3"}, "d": {kind: "string"}}
	if d := s.differences(got); len(d) != 2 || d[0] != "b" || d[1] != "d" {
		t.Errorf("%v", d)
	}
}
