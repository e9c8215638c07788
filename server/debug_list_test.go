package server

import (
	"regexp"
	"strings"
	"testing"
)

func TestDebugLists(t *testing.T) {
	_, addr := startServer(t, "--enable-debug-command", "yes", "--rdbcompression", "no")
	w := dial(t, addr)
	w.do("RPUSH small a 5 " + strings.Repeat("x", 100))
	for range 20 {
		w.do("RPUSH big " + strings.Repeat("y", 1000))
	}
	w.do("SET s v")
	for _, c := range []struct{ do, want string }{
		{"DEBUG LISTPACK small", `\+Listpack structure printed into the log`},
		{"DEBUG LISTPACK big", `-ERR Not a listpack encoded object\.`},
		{"DEBUG LISTPACK s", `-ERR Not a listpack encoded object\.`},
		{"DEBUG LISTPACK none", `-ERR no such key`},
		{"DEBUG QUICKLIST big", `\+Quicklist structure printed into the log`},
		{"DEBUG QUICKLIST big 1", `\+Quicklist structure printed into the log`},
		{"DEBUG QUICKLIST small", `-ERR Not a quicklist encoded object\.`},
		{"DEBUG QUICKLIST none", `-ERR no such key`},
		{"DEBUG QUICKLIST-PACKED-THRESHOLD 100b", `\+OK`},
		{"DEBUG QUICKLIST-PACKED-THRESHOLD 0", `\+OK`},
		{"DEBUG QUICKLIST-PACKED-THRESHOLD 4gb", `-ERR argument must be a memory value bigger than 1 and smaller than 4gb`},
		{"DEBUG QUICKLIST-PACKED-THRESHOLD x", `-ERR argument must be a memory value bigger than 1 and smaller than 4gb`},
		{"DEBUG OBJECT small", `\+Value at:\S+ refcount:1 encoding:listpack serializedlength:119 lru:\d+ lru_seconds_idle:0`},
		{"DEBUG OBJECT big", `\+Value at:\S+ refcount:1 encoding:quicklist serializedlength:2\d{4} lru:\d+ lru_seconds_idle:0 ql_nodes:3 ql_avg_node:6\.67 ql_listpack_max:-2 ql_compressed:0 ql_uncompressed_size:2\d{4}`},
	} {
		if got := w.do(c.do); !regexp.MustCompile("^" + c.want + "\r\n$").MatchString(got) {
			t.Errorf("%s: %q", c.do, got)
		}
	}
}
