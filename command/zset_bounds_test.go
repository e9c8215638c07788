package command

import (
	"math"
	"testing"
)

func TestParseScoreBound(t *testing.T) {
	for s, want := range map[string]float64{
		"1": 1, "-1.5": -1.5, "+2": 2, "1e3": 1000, "0x10": 16, "inf": math.Inf(1), "-Infinity": math.Inf(-1), "": 0, " \t1": 1, "1\x00x": 1, "\x00": 0,
		"1e999": math.Inf(1), "-1e999": math.Inf(-1), "1e-999": 0, "  -0x1p3": -8, "5.": 5, ".5": 0.5,
	} {
		f, ex, ok := parseScoreBound([]byte(s))
		if !ok || ex || f != want {
			t.Errorf("%q is %v, %v, want %v", s, f, ok, want)
		}
		if f, ex, ok = parseScoreBound([]byte("(" + s)); !ok || !ex || f != want {
			t.Errorf("(%q is %v, %v, want %v", s, f, ok, want)
		}
	}
	for _, s := range []string{"x", "1x", "1 ", "nan", "NaN", " ", "((1", "1_000", "0x", "--1", "1e", "infinit"} {
		if f, _, ok := parseScoreBound([]byte(s)); ok {
			t.Errorf("%q is %v", s, f)
		}
	}
}

func TestParseLexBound(t *testing.T) {
	for s, inf := range map[string]int{"-": -1, "+": 1, "[": 0, "(": 0, "[a": 0, "(-": 0} {
		b, ok := parseLexBound([]byte(s))
		if !ok || b.Inf != inf || b.Ex != (s[0] == '(') || inf == 0 && string(b.Member) != s[1:] {
			t.Errorf("%q is %+v, %v", s, b, ok)
		}
	}
	for _, s := range []string{"", "a", "--", "+a", "]a"} {
		if b, ok := parseLexBound([]byte(s)); ok {
			t.Errorf("%q is %+v", s, b)
		}
	}
}

func FuzzScoreBound(f *testing.F) {
	for _, s := range []string{"1", "(1e999", " 0x1.8p3", "(", "1\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if score, _, ok := parseScoreBound(b); ok && math.IsNaN(score) {
			t.Errorf("%q is no number", b)
		}
		parseLexBound(b)
	})
}
