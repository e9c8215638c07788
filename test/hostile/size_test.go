package hostile

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"

	"radish/test/harness"
)

// TestMillionArguments sends commands of as many arguments as Redis allows, and one more than a million.
func TestMillionArguments(t *testing.T) {
	const n = 1_000_000
	v := start(t)
	v.attack(t, func() {
		c := v.Conn(t)
		defer c.Close()
		keys := strings.Repeat(bulk("k"), n-1)
		for _, tc := range []struct{ name, want string }{
			{"MGET", fmt.Sprintf("*%d\r\n%s", n-1, strings.Repeat("$-1\r\n", n-1))},
			{"EXISTS", ":0\r\n"},
			{"PING", "-ERR wrong number of arguments for 'ping' command\r\n"},
			{"DEL", ":0\r\n"},
		} {
			request := "*" + strconv.Itoa(n) + "\r\n" + bulk(tc.name) + keys
			go func() { _ = c.Write([]byte(request)) }()
			reply, err := c.Read()
			if err != nil || string(reply.Raw) != tc.want {
				t.Fatalf("%s of %d arguments: %v, %.200q", tc.name, n, err, reply.Raw)
			}
		}
	})
}

// TestClaimsCostNothing opens connections that announce much and send nothing.
func TestClaimsCostNothing(t *testing.T) {
	v := start(t)
	v.attack(t, func() {
		claims := []string{
			"*1048576\r\n", "*1048576\r\n$4\r\nMGET\r\n", "*2147483647\r\n$1\r\na\r\n",
			"*2\r\n$4\r\nECHO\r\n$536870912\r\n", "*2\r\n$4\r\nECHO\r\n$536870912\r\nabc", "*1\r\n$536870912\r\n",
		}
		conns := make([]*harness.Conn, 300)
		for i := range conns {
			conns[i] = v.Conn(t)
			if err := conns[i].Write([]byte(claims[i%len(claims)])); err != nil {
				t.Fatal(err)
			}
		}
		v.waitFor(t, "connected_clients", func(n int64) bool { return n >= int64(len(conns)) })
		v.checkGrowth(t, 64*mb)
		for _, c := range conns {
			c.Close()
		}
	})
}

// TestBigBulk writes and reads a value of the biggest size that there is. The server may need little more
// memory than the value while it comes in, and one copy of it on the way out.
func TestBigBulk(t *testing.T) {
	const size = 512 * mb
	v := start(t)
	v.attack(t, func() {
		c := v.Conn(t)
		defer c.Close()
		chunk := bytes.Repeat([]byte("0123456789abcdef"), mb/16)
		if err := c.Write([]byte("*3\r\n" + bulk("SET") + bulk("big") + "$" + strconv.Itoa(size) + "\r\n")); err != nil {
			t.Fatal(err)
		}
		for range size / len(chunk) {
			if err := c.Write(chunk); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.Write([]byte("\r\n")); err != nil {
			t.Fatal(err)
		}
		if r, err := c.Read(); err != nil || string(r.Raw) != "+OK\r\n" {
			t.Fatalf("SET of %d bytes: %v, %.200q", size, err, r.Raw)
		}
		v.checkGrowth(t, size*13/10)
		if n := c.Int("STRLEN", "big"); n != size {
			t.Fatalf("STRLEN is %d", n)
		}
		v.readBig(t, c, size, chunk)
		v.checkGrowth(t, size*22/10)
	})
}

// readBig asks for the value without keeping it.
func (v *victim) readBig(t *testing.T, c *harness.Conn, size int, chunk []byte) {
	t.Helper()
	if err := c.Send("GET", "big"); err != nil {
		t.Fatal(err)
	}
	header := "$" + strconv.Itoa(size) + "\r\n"
	got := make([]byte, len(chunk))
	if _, err := io.ReadFull(c.Net, got[:len(header)]); err != nil || string(got[:len(header)]) != header {
		t.Fatalf("GET: %v, %.50q", err, got)
	}
	for range size / len(chunk) {
		if _, err := io.ReadFull(c.Net, got); err != nil || !bytes.Equal(got, chunk) {
			t.Fatalf("GET: %v, or another value", err)
		}
	}
	if _, err := io.ReadFull(c.Net, got[:2]); err != nil {
		t.Fatal(err)
	}
}
