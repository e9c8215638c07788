package server

import (
	"strings"
	"testing"
)

// TestGateOrder: of several reasons to refuse a command a client hears the one that Redis 7.2 gives, and what a full memory refuses inside MULTI.
func TestGateOrder(t *testing.T) {
	_, addr := startServer(t, "--maxmemory", "1")
	const oom = "-OOM command not allowed when used memory > 'maxmemory'.\r\n"
	const abort = "-EXECABORT Transaction discarded because of previous errors.\r\n"
	const noMulti = "-ERR Command not allowed inside a transaction\r\n"
	cannot := func(name string) string {
		return "-ERR Can't execute '" + name + "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context\r\n"
	}
	cannotExec := "-EXECABORT Transaction discarded because of: " + strings.TrimPrefix(cannot("exec"), "-ERR ")
	for _, c := range []struct{ before, do, want, exec string }{
		{"MULTI", "MULTI", oom, abort},
		{"MULTI", "WATCH a", oom, abort},
		{"MULTI", "SAVE", noMulti, abort},
		{"MULTI", "SUBSCRIBE x", oom, abort},
		{"MULTI", "MONITOR", oom, abort},
		{"MULTI", "GET a", oom, abort},
		{"MULTI", "UNWATCH", oom, abort},
		{"MULTI", "SLOWLOG RESET", oom, abort},
		{"MULTI", "SET a", "-ERR wrong number of arguments for 'set' command\r\n", abort},
		{"MULTI", "DISCARD", "+OK\r\n", "-ERR EXEC without MULTI\r\n"},
		{"MULTI", "RESET", "+RESET\r\n", "-ERR EXEC without MULTI\r\n"},
		{"SUBSCRIBE x", "SET a 1", oom, cannotExec},
		{"SUBSCRIBE x", "GET a", cannot("get"), cannotExec},
		{"SUBSCRIBE x", "SLOWLOG RESET", cannot("slowlog|reset"), cannotExec},
		{"SUBSCRIBE x", "LATENCY RESET", cannot("latency|reset"), cannotExec},
		{"SUBSCRIBE x", "RESET", "+RESET\r\n", "-ERR EXEC without MULTI\r\n"},
		{"GET a", "SLOWLOG RESET", "+OK\r\n", "-ERR EXEC without MULTI\r\n"},
	} {
		w := dial(t, addr)
		w.do(c.before)
		want(t, c.before+", "+c.do, w.do(c.do), c.want)
		want(t, c.before+", "+c.do+", EXEC", w.do("EXEC"), c.exec)
	}
}
