package command

import (
	"slices"
	"testing"
)

func TestStringAndBitmapRows(t *testing.T) {
	h := newHarness(t)
	keys := func(line ...string) []KeyRef {
		args := make([][]byte, len(line))
		for i := range line {
			args[i] = []byte(line[i])
		}
		refs, err := h.table.Resolve(args).AppendKeys(nil, args)
		if err != nil {
			t.Errorf("%v: %v", line, err)
		}
		return refs
	}
	const (
		reads  = KeyRO | KeyAccess
		writes = KeyOW | KeyUpdate
		both   = KeyRW | KeyAccess | KeyUpdate
	)
	for _, c := range []struct {
		line []string
		want []KeyRef
	}{
		{[]string{"set", "a", "get"}, []KeyRef{{1, writes}}},
		{[]string{"set", "a", "b", "ex", "1"}, []KeyRef{{1, writes}}},
		{[]string{"set", "a", "b", "nx", "GeT"}, []KeyRef{{1, both}}},
		{[]string{"mset", "a", "1", "b", "2"}, []KeyRef{{1, writes}, {3, writes}}},
		{[]string{"mget", "a", "b"}, []KeyRef{{1, reads}, {2, reads}}},
		{[]string{"strlen", "a"}, []KeyRef{{1, KeyRO}}},
		{[]string{"lcs", "a", "b", "IDX"}, []KeyRef{{1, reads}, {2, reads}}},
		{[]string{"bitop", "and", "d", "a", "b"}, []KeyRef{{2, writes}, {3, reads}, {4, reads}}},
		{[]string{"bitfield", "a"}, []KeyRef{{1, reads}}},
		{[]string{"bitfield", "a", "get", "u8", "0", "overflow", "sat"}, []KeyRef{{1, reads}}},
		{[]string{"bitfield", "a", "get", "u8", "0", "incrby", "u8", "0", "1"}, []KeyRef{{1, both}}},
		{[]string{"bitfield", "a", "get", "u8"}, []KeyRef{{1, both}}},
	} {
		if got := keys(c.line...); !slices.Equal(got, c.want) {
			t.Errorf("%v: keys %v, want %v", c.line, got, c.want)
		}
	}
	for _, s := range append(stringSpecs(), bitmapSpecs()...) {
		if _, err := ParseSyntax(s.Syntax); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
}
