package server

import (
	"fmt"
	"strings"
	"testing"
)

// arrayOf is a command as an array, for arguments of any bytes.
func arrayOf(args ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "*%d\r\n", len(args))
	for _, a := range args {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(a), a)
	}
	return strings.TrimSuffix(b.String(), "\r\n")
}

// bulkOf is the text of a bulk reply.
func bulkOf(reply string) string {
	_, text, _ := strings.Cut(reply, "\r\n")
	return strings.TrimSuffix(text, "\r\n")
}

// Values of all sizes: the bigger ones go through workers.
func TestDumpAndRestore(t *testing.T) {
	_, addr := startServer(t, "--enable-debug-command", "yes")
	w := dial(t, addr)
	for _, n := range []int{1, 10, 1000, 100000} {
		set, zset, list := []string{"SADD", "set"}, []string{"ZADD", "zset"}, []string{"RPUSH", "list"}
		for i := range n {
			set = append(set, fmt.Sprint("member", i))
			zset = append(zset, fmt.Sprint(i%77), fmt.Sprint("member", i))
			list = append(list, fmt.Sprint(i))
		}
		w.do("FLUSHALL")
		for _, cmd := range [][]string{set, zset, list, {"SET", "string", strings.Repeat("text ", n*10)}} {
			w.do(arrayOf(cmd...))
			key := cmd[1]
			payload := bulkOf(w.do("DUMP " + key))
			want(t, "RESTORE", w.do(arrayOf("RESTORE", "copy", "0", payload)), "+OK\r\n")
			if a, b := w.do("DEBUG DIGEST-VALUE "+key), w.do("DEBUG DIGEST-VALUE copy"); a != b {
				t.Errorf("%s of %d: %s, %s", key, n, a, b)
			}
			want(t, "RESTORE again", w.do(arrayOf("RESTORE", "copy", "0", payload)), "-BUSYKEY Target key name already exists.\r\n")
			want(t, "RESTORE with an old time", w.do(arrayOf("RESTORE", "copy", "5", payload, "REPLACE", "ABSTTL")), "+OK\r\n")
			want(t, "EXISTS", w.do("EXISTS copy"), ":0\r\n")
			want(t, "RESTORE of half", w.do(arrayOf("RESTORE", "copy", "0", payload[:len(payload)/2])), "-ERR DUMP payload version or checksum are wrong\r\n")
			w.send("MULTI", arrayOf("RESTORE", "copy", "0", payload), "DEL copy", "EXEC")
			for _, r := range []string{"+OK\r\n", "+QUEUED\r\n", "+QUEUED\r\n", "*2\r\n+OK\r\n:1\r\n"} {
				want(t, "transaction", w.reply(), r)
			}
		}
	}
}

func TestSanitize(t *testing.T) {
	_, addr := startServer(t, "--enable-debug-command", "yes")
	w := dial(t, addr)
	twice := "\x14\x0d\x0d\x00\x00\x00\x02\x00\x81a\x02\x81a\x02\xff" + "\x0b\x00checksum"
	sanitized := func(n string) {
		t.Helper()
		if got := infoField(w.do("INFO stats"), "dump_payload_sanitizations"); got != n {
			t.Errorf("%q values were looked at, want %s", got, n)
		}
	}
	w.do("DEBUG SET-SKIP-CHECKSUM-VALIDATION 1")
	want(t, "RESTORE", w.do(arrayOf("RESTORE", "k", "0", twice)), "+OK\r\n")
	want(t, "SCARD", w.do("SCARD k"), ":2\r\n")
	sanitized("0")
	for i, mode := range []string{"yes", "clients"} {
		w.do("CONFIG SET sanitize-dump-payload " + mode)
		want(t, mode, w.do(arrayOf("RESTORE", "k", "0", twice, "REPLACE")), "-ERR Bad data format\r\n")
		sanitized(fmt.Sprint(i + 1))
	}
	want(t, "the key is still there", w.do("SCARD k"), ":2\r\n")
	w.do("DEBUG SET-SKIP-CHECKSUM-VALIDATION 0")
	want(t, "RESTORE", w.do(arrayOf("RESTORE", "k", "0", twice, "REPLACE")), "-ERR DUMP payload version or checksum are wrong\r\n")
}
