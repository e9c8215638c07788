package main

import (
	"bufio"
	"strconv"
	"strings"
	"sync"
	"testing"
)

func TestReadReply(t *testing.T) {
	r := bufio.NewReader(strings.NewReader(mixedReplies))
	want := []reply{{text: "OK"}, {n: 12}, {text: "hello"}, {null: true}, {}, {null: true}, {}, {n: 3}, {text: "PONG"}}
	for i, w := range want {
		if got, err := readReply(r); got != w || err != nil {
			t.Errorf("reply %d: %+v, %v; want %+v", i, got, err, w)
		}
	}
	for _, bad := range []string{"", "?\r\n", "$x\r\n", ":\r\n", "+\n", "-ERR no\r\n", "$5\r\nhel"} {
		if rep, err := readReply(bufio.NewReader(strings.NewReader(bad))); err == nil {
			t.Errorf("%q read as %+v", bad, rep)
		}
	}
}

func TestInfoFields(t *testing.T) {
	fields := infoFields("# Server\r\nredis_version:7.4.0\r\n\r\n# Memory\r\nused_memory:12\r\nexecutable:/a:b\r\n")
	want := map[string]string{"redis_version": "7.4.0", "used_memory": "12", "executable": "/a:b"}
	if len(fields) != len(want) {
		t.Errorf("fields %v", fields)
	}
	for name, value := range want {
		if fields[name] != value {
			t.Errorf("%s is %q, want %q", name, fields[name], value)
		}
	}
}

func TestClient(t *testing.T) {
	addr := fakeServer(t, func(args []string) string {
		switch args[0] {
		case "DBSIZE":
			return ":3\r\n"
		case "INFO":
			return "$15\r\nused_memory:7\r\n\r\n"
		}
		return "-ERR unknown\r\n"
	})
	c, err := dial(addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	if err := c.expectKeys(3); err != nil {
		t.Error(err)
	}
	if err := c.expectKeys(4); err == nil {
		t.Error("no error for a wrong number of keys")
	}
	if n, err := c.infoInt("used_memory"); n != 7 || err != nil {
		t.Errorf("used_memory: %d, %v", n, err)
	}
	if _, err := c.infoInt("absent"); err == nil {
		t.Error("no error for an absent field")
	}
	if _, err := c.do("NOPE", "x"); err == nil || !strings.Contains(err.Error(), "NOPE x") {
		t.Errorf("error reply: %v", err)
	}
	var got []int64
	two := appendRequest(appendRequest(nil, "DBSIZE"), "DBSIZE")
	if err := c.pipeline(two, 2, func(_ int, rep reply) { got = append(got, rep.n) }); err != nil || len(got) != 2 {
		t.Errorf("pipeline: %v, %v", got, err)
	}
}

func TestPipelined(t *testing.T) {
	const n = 4*pipelineDepth + 7
	var mu sync.Mutex
	seen := make(map[string]int)
	addr := fakeServer(t, func(args []string) string {
		mu.Lock()
		defer mu.Unlock()
		seen[args[1]]++
		return "+OK\r\n"
	})
	err := pipelined(addr, n, func(b []byte, i int) []byte { return appendRequest(b, "SET", strconv.Itoa(i), "x") })
	if err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if seen[strconv.Itoa(i)] != 1 {
			t.Fatalf("request %d was sent %d times", i, seen[strconv.Itoa(i)])
		}
	}
	bad := fakeServer(t, func([]string) string { return "-OOM command not allowed\r\n" })
	if err := pipelined(bad, 10, setRequest); err == nil || !strings.Contains(err.Error(), "OOM") {
		t.Errorf("error replies: %v", err)
	}
}
