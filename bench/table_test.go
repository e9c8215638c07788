package main

import (
	"strings"
	"testing"
)

func TestFigure(t *testing.T) {
	for _, c := range []struct {
		v    float64
		unit string
		want string
	}{
		{0, "", "0"}, {0.123, "", "0.12"}, {9.5, "ms", "9.50 ms"}, {12.34, "MB", "12.3 MB"}, {123.4, "", "123"},
		{1234.5, "ns", "1,234 ns"}, {1234567, "", "1,234,567"}, {-12345, "", "-12,345"}, {-1.5, "", "-1.50"},
	} {
		if got := figure(c.v, c.unit); got != c.want {
			t.Errorf("figure(%v, %q) = %q, want %q", c.v, c.unit, got, c.want)
		}
	}
}

func TestRowVerdicts(t *testing.T) {
	if r := ratioRow("x", "ns", 50, 100, 0, 0.5, ""); r.verdict != holds || r.ratio != "0.50" || r.limit != "ratio ≤ 0.50" {
		t.Errorf("%+v", r)
	}
	if r := ratioRow("x", "ns", 50, 100, 0.501, 0.5, ""); r.verdict != broken {
		t.Errorf("a ratio just above its limit: %+v", r)
	}
	if r := absoluteRow("x", "MB", 20, 3, 20, ""); r.verdict != holds || r.limit != "≤ 20.0 MB" {
		t.Errorf("%+v", r)
	}
	if r := absoluteRow("x", "MB", 20.01, 3, 20, ""); r.verdict != broken {
		t.Errorf("%+v", r)
	}
	if r := unmeasuredRow("x", "≤ 1", "why"); r.verdict.String() != "not measured" {
		t.Errorf("%+v", r)
	}
}

func TestWriteTable(t *testing.T) {
	rows := []row{
		ratioRow("CPU, per µs", "ns", 50, 100, 0, 0.75, "a|b"),
		{what: "longer than the first", ours: "1", theirs: "2"},
	}
	want := map[format]string{
		formatText: "" +
			"                        radish  redis-server  ratio  must be       holds  notes\n" +
			"CPU, per µs            50.0 ns        100 ns   0.50  ratio ≤ 0.75  yes    a|b\n" +
			"longer than the first        1             2\n",
		formatMarkdown: "" +
			"|  | radish | redis-server | ratio | must be | holds | notes |\n" +
			"|---|--:|--:|--:|---|---|---|\n" +
			"| CPU, per µs | 50.0 ns | 100 ns | 0.50 | ratio ≤ 0.75 | yes | a\\|b |\n" +
			"| longer than the first | 1 | 2 |  |  |  |  |\n",
		formatCSV: "" +
			"what,radish,redis-server,ratio,must be,holds,notes\n" +
			"\"CPU, per µs\",50.0 ns,100 ns,0.50,ratio ≤ 0.75,yes,a|b\n" +
			"longer than the first,1,2,,,,\n",
	}
	for f, text := range want {
		var b strings.Builder
		if err := writeTable(&b, rows, f); err != nil {
			t.Fatal(err)
		}
		got := b.String()
		if got != text {
			t.Errorf("format %d:\n%s\nwant\n%s", f, got, text)
		}
	}
}
