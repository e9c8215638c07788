package command

import (
	"fmt"
	"strings"
	"testing"
)

// TestAppendKeys has a specification of each kind, and the keys that it finds in requests: indexes, or "error".
func TestAppendKeys(t *testing.T) {
	rng := func(begin, last, step int) KeySpec {
		return KeySpec{Flags: KeyRO, Begin: begin, Last: last, Step: step}
	}
	streams := KeySpec{Flags: KeyRO, Keyword: "STREAMS", StartFrom: 1, Last: -1, Step: 1, Limit: 2}
	fromEnd := KeySpec{Flags: KeyRO, Keyword: "KEYS", StartFrom: -2, Last: -1, Step: 1}
	keynum := KeySpec{Flags: KeyRO, Begin: 2, KeyNum: true, FirstKey: 1, Step: 1}
	notKey := KeySpec{Flags: KeyNotKey, Begin: 1, Step: 1}
	for _, c := range []struct {
		name  string
		keys  []KeySpec
		legal string // first, last, step, "simple" and "movable"
		reqs  string // request=indexes, separated by semicolons
	}{
		{"none", nil, "0 0 0 simple", "x a=[]"},
		{"get", []KeySpec{rng(1, 0, 1)}, "1 1 1 simple", "x a=[1]; x a b=[1]"},
		{"del", []KeySpec{rng(1, -1, 1)}, "1 -1 1 simple", "x a=[1]; x a b c=[1 2 3]"},
		{"mset", []KeySpec{rng(1, -1, 2)}, "1 -1 2 simple", "x a 1=[1]; x a 1 b=[1 3]; x a 1 b 2=[1 3]"},
		{"rename", []KeySpec{rng(1, 0, 1), rng(2, 0, 1)}, "1 2 1 simple", "x a b=[1 2]; x a=error"},
		{"bitop", []KeySpec{rng(2, 0, 1), rng(3, -1, 1)}, "2 -1 1 simple", "x and a b c=[2 3 4]"},
		{"blpop", []KeySpec{rng(1, -2, 1)}, "1 -2 1 simple", "x a b 0=[1 2]; x a=error"},
		{"apart", []KeySpec{rng(1, 0, 1), rng(3, 0, 1)}, "1 1 1 movable", "x a - b=[1 3]"},
		{"xread", []KeySpec{streams}, "0 0 0 movable", "x count 1 streams a b 1 2=[4 5]; x a=[]; x Streams a=error"},
		{"migrate", []KeySpec{fromEnd}, "0 0 0 movable", "x a keys b c=[3 4]; x keys keys a=[3]; x a b=[]"},
		{"eval", []KeySpec{keynum}, "0 0 0 movable",
			"x s 2 a b c=[3 4]; x s 0=error; x s 3 a b=error; x s -1 a=error; x s y=error; x s=error; x s 9223372036854775807 a=error"},
		{"spublish", []KeySpec{notKey}, "1 1 1", "x a=[]"},
	} {
		s := row("x")
		s.Arity, s.Keys, s.Syntax, s.Flags = -1, c.keys, "", s.Flags|NoMandatoryKeys
		if c.keys == nil || c.name == "spublish" {
			s.Flags &^= NoMandatoryKeys
			s.Arity = -2
		}
		table, err := NewTable([]Spec{s})
		if err != nil {
			t.Fatal(c.name, err)
		}
		got := table.Lookup([]byte("x"))
		legal := shapeOf(got)
		if legal != c.legal {
			t.Errorf("%s: %q, want %q", c.name, legal, c.legal)
		}
		for _, req := range strings.Split(c.reqs, "; ") {
			line, want, _ := strings.Cut(req, "=")
			if found := findKeys(got, line); found != want {
				t.Errorf("%s: %s: keys %s, want %s", c.name, line, found, want)
			}
		}
	}
}

func shapeOf(s *Spec) string {
	first, last, step, simple := s.SimpleKeys()
	shape := fmt.Sprintf("%d %d %d", first, last, step)
	if simple {
		shape += " simple"
	}
	if s.KeyMovable() {
		shape += " movable"
	}
	return shape
}

func findKeys(s *Spec, line string) string {
	var args [][]byte
	for _, f := range strings.Fields(line) {
		args = append(args, []byte(f))
	}
	refs, err := s.AppendKeys(nil, args)
	if err != nil {
		return "error"
	}
	found := []int{}
	for _, r := range refs {
		found = append(found, r.Index)
	}
	return fmt.Sprint(found)
}

// TestGetKeys: where specifications cannot tell, the row's function does; where they can, it is not asked.
func TestGetKeys(t *testing.T) {
	asked := func([][]byte) ([]KeyRef, error) { return []KeyRef{{Index: 2, Flags: KeyRW}}, nil }
	for _, c := range []struct {
		name string
		key  KeySpec
		want string
	}{
		{"plain", KeySpec{Flags: KeyRO, Begin: 1, Step: 1}, "[1]"},
		{"variable", KeySpec{Flags: KeyRO | KeyVariable, Begin: 1, Step: 1}, "[2]"},
		{"incomplete", KeySpec{Flags: KeyRO | KeyIncomplete, Begin: 1, Step: 1}, "[2]"},
		{"unknown begin", KeySpec{Flags: KeyRO, UnknownBegin: true}, "[2]"},
		{"unknown find", KeySpec{Flags: KeyRO, Begin: 1, UnknownFind: true}, "[2]"},
	} {
		s := row("x")
		s.Keys, s.GetKeys = []KeySpec{c.key}, asked
		table, err := NewTable([]Spec{s})
		if err != nil {
			t.Fatal(c.name, err)
		}
		x := table.Lookup([]byte("x"))
		if got := findKeys(x, "x a b"); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if _, _, _, simple := x.SimpleKeys(); simple != (c.name == "plain" || c.name == "variable") {
			t.Errorf("%s: simple %v", c.name, simple)
		}
	}
}
