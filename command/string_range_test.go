package command

import "testing"

func TestAppend(t *testing.T) {
	h := newHarness(t)
	h.want("APPEND k 12", ":2")
	if e := h.encoding("k"); e != "int" {
		t.Errorf("encoding %s", e)
	}
	h.want("APPEND k 3", ":3")
	h.want("GET k", "$3 123")
	if got := h.run("APPEND", "k", ""); got != ":3\r\n" {
		t.Errorf("%q", got)
	}
	if got := h.run("APPEND", "empty", ""); got != ":0\r\n" {
		t.Errorf("%q", got)
	}
	h.wantEvents("append k, append k, append k, append empty")
	h.want("SETEX k 10 v", "+OK")
	h.want("APPEND k w", ":2")
	h.wantDeadline("k", 10_000)
	h.env.MaxBulkLen.Store(4)
	h.want("APPEND k 12", ":4")
	h.want("APPEND k 3", tooBig)
	h.want("APPEND new 12345", ":5") // an argument that passed the request reader
	h.want("GET k", "$4 vw12")
}

func TestSetrange(t *testing.T) {
	h := newHarness(t)
	empty := func(key, offset, want string) {
		t.Helper()
		if got := short(h.run("SETRANGE", key, offset, "")); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	empty("k", "5", ":0")
	empty("k", "9999999999999", ":0")
	h.wantDeadline("k", -1)
	h.want("SETRANGE k 2 ab", ":4")
	h.want("GET k", "$4 \x00\x00ab")
	h.want("SETRANGE k 1 xyz", ":4")
	h.want("GET k", "$4 \x00xyz")
	empty("k", "1", ":4")
	h.wantEvents("setrange k, setrange k")
	h.want("SETEX n 10 1234", "+OK")
	h.want("SETRANGE n 1 9", ":4")
	h.want("GET n", "$4 1934")
	h.wantDeadline("n", 10_000)
	if e := h.encoding("n"); e != "raw" {
		t.Errorf("encoding %s", e)
	}
	h.want("SETRANGE k -1 x", "-ERR offset is out of range")
	h.want("SETRANGE k a x", notInt)
	h.want("SETRANGE k 9223372036854775807 x", tooBig)
	h.want("SETRANGE none 536870911 xx", tooBig)
	h.env.MaxBulkLen.Store(4)
	h.want("SETRANGE k 3 x", ":4")
	h.want("SETRANGE k 4 x", tooBig)
}

func TestGetrange(t *testing.T) {
	h := newHarness(t)
	h.want("SET k 12345", "+OK")
	for line, reply := range map[string]string{
		"GETRANGE k 0 -1":                    "$5 12345",
		"GETRANGE k 1 3":                     "$3 234",
		"GETRANGE k -2 -1":                   "$2 45",
		"GETRANGE k -100 1":                  "$2 12",
		"GETRANGE k -100 -100":               "$1 1",
		"GETRANGE k -1 -2":                   "$0 ",
		"GETRANGE k -5 -9":                   "$0 ",
		"GETRANGE k 3 1":                     "$0 ",
		"GETRANGE k 4 9223372036854775807":   "$1 5",
		"GETRANGE k 5 10":                    "$0 ",
		"GETRANGE k -9223372036854775808 -1": "$5 12345",
		"SUBSTR k 1 -2":                      "$3 234",
		"GETRANGE none 0 -1":                 "$0 ",
		"GETRANGE k a 1":                     notInt,
		"GETRANGE none 1 1.0":                notInt,
	} {
		h.want(line, reply)
	}
	h.run("SET", "k", "")
	h.want("GETRANGE k 0 -1", "$0 ")
	h.want("GETRANGE k 0 0", "$0 ")
}
