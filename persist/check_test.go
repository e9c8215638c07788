package persist

import (
	"bytes"
	"strings"
	"testing"

	"radish/persist/rdb"
)

func TestCheckRDB(t *testing.T) {
	s := newStore(t)
	fill(s, true)
	f := save(s, RecordOptions{Version: rdb.VersionFields}, true)
	var out bytes.Buffer
	n, ok := CheckRDB(&out, strings.NewReader(string(f)+"tail"), "name")
	if !ok {
		t.Fatal(out.String())
	}
	if n != int64(len(f)) {
		t.Errorf("%d bytes, want %d", n, len(f))
	}
	for _, line := range []string{"[offset 0] Checking RDB file name\n", "] AUX FIELD redis-ver = '7.2.6'\n", "] Selecting DB ID 14\n", "] Checksum OK\n",
		`] \o/ RDB looks OK! \o/` + "\n", "[info] 45 keys read\n[info] 6 expires\n[info] 6 already expired\n"} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("%q is missing in\n%s", line, out.String())
		}
	}
	for n := 0; n < len(f); n += 1 + len(f)/100 {
		out.Reset()
		if _, ok := CheckRDB(&out, bytes.NewReader(f[:n]), "name"); ok || !strings.Contains(out.String(), "] Unexpected EOF reading RDB file\n") {
			t.Fatalf("%d bytes:\n%s", n, out.String())
		}
	}
}
