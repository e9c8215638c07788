package command

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// elements are the bulk strings of a flat array.
func elements(t testing.TB, reply string) []string {
	t.Helper()
	f := strings.Fields(strings.ReplaceAll(reply, "\r\n", " "))
	var out []string
	for i := 2; i < len(f); i += 2 {
		out = append(out, f[i])
	}
	if f[0] != fmt.Sprint("*", len(out)) {
		t.Fatalf("reply %.100q has %d elements", reply, len(out))
	}
	slices.Sort(out)
	return out
}

func TestKeys(t *testing.T) {
	for _, locked := range []bool{false, true} {
		h := newHarness(t)
		h.locks = locked
		h.want("keys *", "*0")
		h.run("mset", "foo1", "x", "foo2", "x", "bar", "x", "f[o", "x")
		for pattern, want := range map[string]string{
			"*": "bar f[o foo1 foo2", "foo?": "foo1 foo2", "bar": "bar", "BAR": "", "f*": "f[o foo1 foo2", "[b]*": "bar",
			`f\[o`: "f[o", "nosuch*": "",
		} {
			if got := strings.Join(elements(t, h.run("keys", pattern)), " "); got != want {
				t.Errorf("KEYS %s: %s, want %s", pattern, got, want)
			}
		}
		h.db = 1
		h.want("keys *", "*0")
	}
	newHarness(t).want("keys", "-ERR wrong number of arguments for 'keys' command")
}

// scanAll runs SCAN with options until its cursor is 0, and counts its calls.
func scanAll(h *harness, options ...string) (keys []string, calls int) {
	h.t.Helper()
	cursor := "0"
	for {
		reply := h.run(append([]string{"scan", cursor}, options...)...)
		head, list, ok := strings.Cut(strings.TrimPrefix(reply, "*2\r\n"), "\r\n*")
		if !ok {
			h.t.Fatalf("SCAN %s: %.100q", cursor, reply)
		}
		keys = append(keys, elements(h.t, "*"+list)...)
		calls++
		_, cursor, _ = strings.Cut(head, "\r\n")
		if cursor == "0" {
			slices.Sort(keys)
			return keys, calls
		}
	}
}

func TestScan(t *testing.T) {
	for _, proto := range []int{2, 3} {
		h := newHarness(t)
		h.proto = proto
		h.want("scan 0", "*2 $1 0 *0")
		var all, ones []string
		for i := range 1000 {
			k := fmt.Sprint("key:", i)
			h.run("set", k, "v")
			all = append(all, k)
			if strings.HasSuffix(k, "1") {
				ones = append(ones, k)
			}
		}
		slices.Sort(all)
		slices.Sort(ones)
		for _, c := range []struct {
			options string
			want    []string
			calls   int // at least
		}{
			{"", all, 20},
			{"COUNT 1", all, 50},
			{"count 100000", all, 1},
			{"count 9223372036854775807", all, 1},
			{"MATCH *", all, 20},
			{"match *1", ones, 20},
			{"match *1 count 500 type STRING", ones, 2},
			{"TYPE list", nil, 20},
			{"type nosuch", nil, 20},
			{"type list type string match x match *1", ones, 20},
		} {
			got, calls := scanAll(h, strings.Fields(c.options)...)
			if !slices.Equal(got, c.want) {
				t.Errorf("SCAN %s: %d keys, want %d", c.options, len(got), len(c.want))
			}
			if calls < c.calls {
				t.Errorf("SCAN %s: %d calls", c.options, calls)
			}
		}
	}
}

func TestScanErrors(t *testing.T) {
	h := newHarness(t)
	for _, c := range []struct{ cursor, want string }{
		{"", "*2 $1 0 *0"}, {"0\x00x", "*2 $1 0 *0"}, {"+0", "*2 $1 0 *0"}, {"-0", "*2 $1 0 *0"}, {"000", "*2 $1 0 *0"},
		{"18446744073709551615", "*2 $1 0 *0"}, {"-1", "*2 $1 0 *0"},
		{"18446744073709551616", "-ERR invalid cursor"}, {"-18446744073709551616", "-ERR invalid cursor"},
		{"x", "-ERR invalid cursor"}, {"1x", "-ERR invalid cursor"}, {"-", "-ERR invalid cursor"}, {"+", "-ERR invalid cursor"},
		{" 0", "-ERR invalid cursor"}, {"0 ", "-ERR invalid cursor"}, {"--1", "-ERR invalid cursor"}, {"0x1", "-ERR invalid cursor"},
	} {
		if got := short(h.run("scan", c.cursor)); got != c.want {
			t.Errorf("SCAN %q: %s, want %s", c.cursor, got, c.want)
		}
	}
	for _, c := range []struct{ line, want string }{
		{"scan", "-ERR wrong number of arguments for 'scan' command"},
		{"scan 0 count", "-ERR syntax error"},
		{"scan 0 count 0", "-ERR syntax error"},
		{"scan 0 count -1", "-ERR syntax error"},
		{"scan 0 count x", "-ERR value is not an integer or out of range"},
		{"scan 0 match", "-ERR syntax error"},
		{"scan 0 nosuch x", "-ERR syntax error"},
		{"scan x nosuch x", "-ERR invalid cursor"},
	} {
		h.want(c.line, c.want)
	}
}

func TestRandomkey(t *testing.T) {
	h := newHarness(t)
	h.want("randomkey", "$-1")
	h.proto = 3
	h.want("randomkey", "_")
	h.run("mset", "a", "1", "b", "2")
	seen := map[string]bool{}
	for range 100 {
		seen[short(h.run("randomkey"))] = true
	}
	if len(seen) != 2 || !seen["$1 a"] || !seen["$1 b"] {
		t.Errorf("keys %v", seen)
	}
}
