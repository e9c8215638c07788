package config

import (
	"slices"
	"strings"
	"testing"
)

func TestSplitArgs(t *testing.T) {
	for _, c := range []struct {
		line string
		want []string // nil: quotes do not balance
	}{
		{"", []string{}},
		{"  \t\v\f ", []string{}},
		{"port 6379", []string{"port", "6379"}},
		{"\v a\tb\rc\nd ", []string{"a", "b", "c", "d"}},
		{"a\vb\fc", []string{"a\vb\fc"}},
		{`""`, []string{""}},
		{`'' x`, []string{"", "x"}},
		{`"a b" c`, []string{"a b", "c"}},
		{`pre"a b"`, []string{"prea b"}},
		{`pre'a b' c`, []string{"prea b", "c"}},
		{`"\n\r\t\b\a\\\"\q"`, []string{"\n\r\t\b\a\\\"q"}},
		{`"\x41\xfF\x00"`, []string{"A\xff\x00"}},
		{`"\x4" "\xg1"`, []string{"x4", "xg1"}},
		{`'\n\'\"'`, []string{`\n'\"`}},
		{`a\n`, []string{`a\n`}},
		{"\"a\"\vb", []string{"a", "b"}},
		{`"`, nil},
		{`"a`, nil},
		{`'a`, nil},
		{`"a\"`, nil},
		{`"a\`, nil},
		{`'a\'`, nil},
		{`"a"b`, nil},
		{`'a'b`, nil},
		{`'a'"b"`, nil},
		{"a\x00b c", []string{"a"}},
		{"\"a\x00\"", nil},
	} {
		got, ok := splitArgs(c.line)
		if ok != (c.want != nil) || !slices.Equal(got, c.want) {
			t.Errorf("splitArgs(%q) = %q, %v, want %q", c.line, got, ok, c.want)
		}
	}
}

func TestQuote(t *testing.T) {
	if got, want := quote("a b\"\\\n\r\t\a\b\x00\x7f\xffz"), `"a b\"\\\n\r\t\a\b\x00\x7f\xffz"`; got != want {
		t.Errorf("quote gives %s, want %s", got, want)
	}
}

func FuzzQuote(f *testing.F) {
	f.Add("a\x00b", "\xff'\"")
	f.Fuzz(func(t *testing.T, a, b string) {
		line := quote(a) + " \t" + quote(b)
		if strings.Contains(line, "\x00") {
			t.Fatalf("%q has a zero byte", line)
		}
		if got, ok := splitArgs(line); !ok || !slices.Equal(got, []string{a, b}) {
			t.Fatalf("splitArgs(%s) = %q, %v", line, got, ok)
		}
	})
}
