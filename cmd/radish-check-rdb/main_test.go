package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func sample(name string) string { return filepath.Join("..", "..", "testdata", "rdb", name) }

func TestRun(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad")
	if err := os.WriteFile(bad, []byte("REDIS0010\xfe\x00\x14\x04name\x0d\x0d\x00\x00\x00\x02\x00\x81a\x02\x81a\x02\xff\xff"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args           []string
		status         int
		stdout, stderr string
	}{
		{nil, 1, "", "Usage: radish-check-rdb <rdb-file-name>\n"},
		{[]string{"a", "b"}, 1, "", "Usage: radish-check-rdb <rdb-file-name>\n"},
		{[]string{"--version"}, 0, "radish-check-rdb ", ""},
		{[]string{"/no/such/file"}, 1, "[offset 0] Checking RDB file /no/such/file\n", "Cannot open file: open /no/such/file: no such file or directory\n"},
		{[]string{bad}, 1, "[offset 0] Checking RDB file " + bad + "\n[offset 11] Selecting DB ID 0\n--- RDB ERROR DETECTED ---\n" +
			"[offset 31] Internal error in RDB reading offset 31 -> Set listpack integrity check failed.\n[additional info] While doing: read-object-value\n" +
			"[additional info] Reading key 'name'\n[additional info] Reading type 20 (set-listpack)\n[info] 1 keys read\n[info] 0 expires\n[info] 0 already expired\n", ""},
		{[]string{sample("nosum.rdb")}, 0, "[offset 0] Checking RDB file", ""}, {[]string{sample("stream.rdb")}, 1, "[offset 0] Checking RDB file", ""},
	} {
		var stdout, stderr bytes.Buffer
		status := run(append([]string{"radish-check-rdb"}, c.args...), &stdout, &stderr)
		if status != c.status || !strings.HasPrefix(stdout.String(), c.stdout) || stderr.String() != c.stderr {
			t.Errorf("%q: %d\n%s\n%s", c.args, status, stdout.String(), stderr.String())
		}
	}
}

func TestProgress(t *testing.T) {
	var w bytes.Buffer
	p := &progress{r: strings.NewReader(strings.Repeat("x", 1000)), w: &w, size: 1000}
	buf := make([]byte, 500)
	for range 3 {
		p.Read(buf)
	}
	p.clear()
	want := "\r[" + strings.Repeat("=", 25) + strings.Repeat(" ", 25) + "]  50%\r[" + strings.Repeat("=", 50) + "] 100%\r" + strings.Repeat(" ", 57) + "\r"
	if w.String() != want {
		t.Errorf("%q", w.String())
	}
	none := &progress{w: &w}
	w.Reset()
	if none.clear(); w.Len() > 0 {
		t.Errorf("%q", w.String())
	}
}
