package hostile

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"radish/test/harness"
)

// send opens a connection, sends bytes, ends our direction and reads all that comes. A server that closes
// with some of our bytes unread resets the connection; that is no fault.
func send(t *testing.T, s *harness.Server, b []byte) []byte {
	t.Helper()
	c := s.Conn(t)
	defer c.Close()
	_ = c.Write(b)
	_ = c.CloseWrite()
	got, err := c.ReadToEnd()
	if err != nil && strings.Contains(err.Error(), "timeout") {
		t.Errorf("after %.100q the connection stays open", b)
	}
	return got
}

func TestBadRequests(t *testing.T) {
	v := start(t)
	huge := strings.Repeat("9", 70000)
	requests := []string{
		"*-1\r\n", "*0\r\n", "*-2\r\n", "*1\r\n$-1\r\n", "*1\r\n$-2\r\nPING\r\n",
		"*9223372036854775807\r\n", "*9223372036854775808\r\n", "*-9223372036854775808\r\n",
		"*18446744073709551616\r\n", "*2147483647\r\n", "*2147483648\r\n", "*4294967297\r\n$4\r\nPING\r\n",
		"*1\r\n$9223372036854775807\r\n", "*1\r\n$18446744073709551615\r\n", "*1\r\n$536870913\r\n",
		"*1\r\n$2147483647\r\n", "*1\r\n$4294967300\r\nPING\r\n", "*abc\r\n", "*\r\n", "*1\r\n$abc\r\n",
		"*1\r\n$\r\n", "*1\r\nPING\r\n", "*" + huge, "*1\r\n$" + huge, "*" + huge + "\r\n", "$1\r\n", "*1\r\n$1\r\n",
		huge, huge + "\r\n", strings.Repeat("a ", 40000) + "\r\n", strings.Repeat("\"", 70000), "\"", "'\r\n",
		strings.Repeat("*1\r\n", 1000), strings.Repeat("*0\r\n", 10000), strings.Repeat("\r\n", 10000),
		strings.Repeat("\n", 70000), strings.Repeat("\x00", 70000), strings.Repeat("*", 70000),
		"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + strings.Repeat("\xa5\x00\x0d\x0a", 128),
		"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "POST / HTTP/1.1\r\nHost: localhost\r\n\r\nSET k v\r\n",
		"HELO mail.example.com\r\n", "\xff\xfb\x1f\xff\xfb\x20", "{\"a\":1}\r\n",
	}
	v.attack(t, func() {
		for range 3 {
			for _, r := range requests {
				send(t, v.Server, []byte(r))
			}
		}
	})
}

// TestGarbage sends random bytes, and requests in which random bytes were changed.
func TestGarbage(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	v := start(t)
	good := bytes.Join([][]byte{
		harness.Command("SET", "k", "value"), harness.Command("GET", "k"), []byte("INCRBY n 5\r\n"),
		harness.Command("MGET", "a", "b", "c"), harness.Command("BITFIELD", "b", "SET", "u8", "0", "255"),
	}, nil)
	v.attack(t, func() {
		for range 1500 {
			b := bytes.Clone(good)
			if r.IntN(3) == 0 {
				b = make([]byte, r.IntN(3000))
			}
			for range 1 + r.IntN(1+len(b)/4) {
				if len(b) > 0 {
					b[r.IntN(len(b))] = "\r\n*$0129-\x00\xff\" '"[r.IntN(14)]
				}
			}
			send(t, v.Server, b)
		}
	})
}

// pipeline is a sequence of requests of all shapes, and the replies to it.
func pipeline(key string) (requests, replies []string) {
	for _, p := range [][2]string{
		{string(harness.Command("DEL", key)), ""},
		{string(harness.Command("SET", key, "a\r\nb")), "+OK\r\n"},
		{string(harness.Command("GET", key)), bulk("a\r\nb")},
		{"PING inline\r\n", bulk("inline")},
		{"\r\n", ""}, {"*0\r\n", ""},
		{string(harness.Command("APPEND", key, "")), ":4\r\n"},
		{"STRLEN \"" + key + "\"\n", ":4\r\n"},
		{string(harness.Command("GET")), "-ERR wrong number of arguments for 'get' command\r\n"},
		{string(harness.Command("MGET", key, "none")), "*2\r\n" + bulk("a\r\nb") + "$-1\r\n"},
		{string(harness.Command("DEL", key)), ":1\r\n"},
	} {
		requests, replies = append(requests, p[0]), append(replies, p[1])
	}
	replies[0] = ":0\r\n"
	return requests, replies
}

// TestPipelineCutEverywhere ends the connection after every byte of a pipeline: what was whole is
// answered, and nothing else.
func TestPipelineCutEverywhere(t *testing.T) {
	v := start(t)
	v.attack(t, func() {
		requests, replies := pipeline("cut")
		all := strings.Join(requests, "")
		for cut := range len(all) + 1 {
			v.admin.Ok("DEL", "cut") // for the first reply
			want, n := "", 0
			for i, r := range requests {
				if n += len(r); n <= cut {
					want += replies[i]
				}
			}
			if got := send(t, v.Server, []byte(all[:cut])); string(got) != want {
				t.Fatalf("cut after %d bytes, %q:\ngot  %q\nwant %q", cut, all[max(0, cut-20):cut], got, want)
			}
			v.abort(t, strings.ReplaceAll(all[:cut], "cut", "abo"))
		}
	})
}

// abort sends bytes and resets the connection without looking at the replies.
func (v *victim) abort(t *testing.T, s string) {
	t.Helper()
	c := v.Conn(t)
	_ = c.Write([]byte(s))
	reset(t, c)
}

func TestOneByteAtATime(t *testing.T) {
	v := start(t)
	v.attack(t, func() {
		requests, replies := pipeline("slow")
		c := v.Conn(t)
		for _, b := range []byte(strings.Join(requests, "")) {
			if err := c.Write([]byte{b}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(200 * time.Microsecond)
		}
		if err := c.CloseWrite(); err != nil {
			t.Fatal(err)
		}
		got, err := c.ReadToEnd()
		if want := strings.Join(replies, ""); err != nil || string(got) != want {
			t.Fatalf("%v\ngot  %q\nwant %q", err, got, want)
		}
		c.Close()
	})
}

// TestHalfRequestsWait leaves requests unfinished on many connections, and finishes them later.
func TestHalfRequestsWait(t *testing.T) {
	v := start(t)
	v.attack(t, func() {
		requests, replies := pipeline("half")
		all, want := strings.Join(requests, ""), strings.Join(replies, "")
		conns := make([]*harness.Conn, 300)
		for i := range conns {
			conns[i] = v.Conn(t)
			part := strings.ReplaceAll(all, "half", fmt.Sprintf("h%03d", i))
			if err := conns[i].Write([]byte(part[:i%len(part)])); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(300 * time.Millisecond)
		for i, c := range conns {
			part := strings.ReplaceAll(all, "half", fmt.Sprintf("h%03d", i))
			if err := c.Write([]byte(part[i%len(part):])); err != nil {
				t.Fatal(err)
			}
			_ = c.CloseWrite()
			if got, err := c.ReadToEnd(); err != nil || string(got) != want {
				t.Fatalf("connection %d: %v\ngot  %q\nwant %q", i, err, got, want)
			}
			c.Close()
		}
		v.checkGrowth(t, 32*mb)
	})
}
