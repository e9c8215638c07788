package config

import (
	"math"
	"strings"
	"testing"
)

func TestParseMemory(t *testing.T) {
	for _, c := range []struct {
		s    string
		want uint64
		ok   bool
	}{
		{"0", 0, true}, {"", 0, true}, {"kb", 0, true}, {"100", 100, true}, {"7b", 7, true}, {"7B", 7, true},
		{"1k", 1000, true}, {"1Kb", 1024, true}, {"2m", 2e6, true}, {"2MB", 2 << 20, true},
		{"3g", 3e9, true}, {"3gb", 3 << 30, true}, {"007mb", 7 << 20, true},
		{"18446744073709551615", math.MaxUint64, true}, {"99999999999999999999", math.MaxUint64, true},
		{"17179869185gb", 1 << 30, true}, // wraps
		{strings.Repeat("0", 127), 0, true}, {strings.Repeat("0", 128), 0, false},
		{"-1", 0, false}, {"+1", 0, false}, {" 1", 0, false}, {"1 ", 0, false}, {"1tb", 0, false}, {"1.5g", 0, false}, {"5%", 0, false},
	} {
		if got, ok := ParseMemory(c.s); got != c.want || ok != c.ok {
			t.Errorf("ParseMemory(%q) = %d, %v, want %d, %v", c.s, got, ok, c.want, c.ok)
		}
	}
}

func TestFormatMemory(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0", 1: "1", 1000: "1000", 1024: "1kb", 1536: "1536", 1 << 20: "1mb", 3 << 19: "1536kb", 5 << 30: "5gb",
	} {
		if got := formatMemory(n); got != want {
			t.Errorf("formatMemory(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestParseInteger(t *testing.T) {
	for s, want := range map[string]bool{
		"0": true, "-1": true, "9223372036854775807": true, "-9223372036854775808": true,
		"": false, "-": false, "-0": false, "01": false, "+1": false, " 1": false, "1_0": false, "0x1": false,
		"9223372036854775808": false,
	} {
		if _, ok := parseInteger(s); ok != want {
			t.Errorf("parseInteger(%q): %v, want %v", s, ok, want)
		}
	}
}

func TestScanInteger(t *testing.T) {
	for _, c := range []struct {
		s            string
		base         int
		n            int64
		all, inRange bool
	}{
		{"12", 10, 12, true, true}, {" \t+7", 10, 7, true, true}, {"-7x", 10, -7, false, true}, {"", 10, 0, true, true},
		{" ", 10, 0, false, true}, {"x", 10, 0, false, true}, {"-", 10, 0, false, true},
		{"99999999999999999999", 10, math.MaxInt64, true, false}, {"-99999999999999999999", 10, math.MinInt64, true, false},
		{"0777", 8, 0o777, true, true}, {"78", 8, 7, false, true},
	} {
		n, all, inRange := scanInteger(c.s, c.base)
		if n != c.n || all != c.all || inRange != c.inRange {
			t.Errorf("scanInteger(%q, %d) = %d, %v, %v", c.s, c.base, n, all, inRange)
		}
	}
}

func TestNumber(t *testing.T) {
	perm := number{kind: octal, max: 0o777, unsigned: true}
	percent := number{kind: memoryOrPercent, min: -100, max: math.MaxInt64}
	for _, c := range []struct {
		n    number
		s    string
		want int64
		err  string
	}{
		{ints(0, 10), "10", 10, ""},
		{ints(0, 10), "11", 11, "argument must be between 0 and 10 inclusive"},
		{ints(-1, 10), "-2", -2, "argument must be between -1 and 10 inclusive"},
		{ints(0, 10), "1kb", 0, "argument couldn't be parsed into an integer"},
		{sizes(1, uintMax), "0", 0, "argument must be between 1 and 4294967295 inclusive"},
		{sizes(0, 10), "-1", -1, "argument must be between 0 and 10 inclusive"},
		{memLongs(1, longMax), "0", 0, "argument must be between 1 and 9223372036854775807 inclusive"},
		{memLongs(1, longMax), "1kb", 1024, ""},
		{memLongs(1, longMax), "x", 0, "argument must be a memory value"},
		{memLongs(1, longMax), "9223372036854775808", math.MinInt64, "argument must be between 1 and 9223372036854775807 inclusive"},
		{memSizes(0, longMax), "9223372036854775808", math.MinInt64, "argument must be between 0 and 9223372036854775807 inclusive"},
		{memSizes(0, noLimit), "18446744073709551615", -1, ""},
		{percent, "100%", -100, ""},
		{percent, "0%", 0, ""},
		{percent, "1g", 1e9, ""},
		{percent, "101%", -101, "percentage argument must be less or equal to 100"},
		{percent, "-1%", 0, "argument must be a memory or percent value"},
		{percent, "%", 0, "argument must be a memory or percent value"},
		{percent, "1.5%", 0, "argument must be a memory or percent value"},
		{perm, "755", 0o755, ""},
		{perm, "", 0, ""},
		{perm, "1000", 0o1000, "argument must be between 0 and 777 inclusive"},
		{perm, "-1", -1, "argument must be between 0 and 777 inclusive"},
		{perm, "8", 0, "argument couldn't be parsed as an octal number"},
		{perm, "7777777777777777777777777", 0, "argument couldn't be parsed as an octal number"},
		{ints(0, 10), "1\x00x", 1, ""},
	} {
		got, err := c.n.parse(c.s)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if text != c.err || c.err == "" && got != c.want {
			t.Errorf("%+v parse %q = %d, %q, want %d, %q", c.n, c.s, got, text, c.want, c.err)
		}
	}
}

func TestNumberFormat(t *testing.T) {
	percent := number{kind: memoryOrPercent}
	for _, c := range []struct {
		n           number
		v           int64
		long, short string
	}{
		{ints(0, 1), 2048, "2048", "2048"},
		{memLongs(0, 1), 2048, "2048", "2kb"},
		{percent, 2048, "2048", "2kb"},
		{percent, -5, "5%", "5%"},
		{number{kind: octal}, 0o750, "750", "750"},
	} {
		if long, short := c.n.format(c.v), c.n.formatShort(c.v); long != c.long || short != c.short {
			t.Errorf("%+v %d: %s and %s, want %s and %s", c.n, c.v, long, short, c.long, c.short)
		}
	}
}
