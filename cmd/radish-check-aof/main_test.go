package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"radish/persist"
	"radish/resp"
)

func command(words ...string) string {
	args := make([][]byte, len(words))
	for i, w := range words {
		args[i] = []byte(w)
	}
	return string(resp.AppendRequest(nil, args...))
}

// check runs the program in a folder with files; what follows the arguments is what is typed.
func check(t *testing.T, files map[string]string, typed string, args ...string) (status int, out, dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	var b, bar bytes.Buffer
	tool := tool{name: "radish-check-aof", in: bufio.NewReader(strings.NewReader(typed)), out: &b, bar: &bar,
		rdb: func(out io.Writer, r io.Reader, name string) (int64, bool) {
			fmt.Fprintf(out, "[RDB] %s\n", name)
			text, err := io.ReadAll(r)
			i := bytes.Index(text, []byte("END"))
			return int64(i + 3), err == nil && i >= 0
		}}
	status = tool.run(args)
	return status, regexp.MustCompile(`(?m)^\d+:C \d\d \w\w\w \d{4} [\d:.]{12} # `).ReplaceAllString(b.String(), "LOG "), dir
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{{}, {"--fix", "a", "b"}, {"--mend", "a"}, {"1", "2", "3", "4"}} {
		status, out, _ := check(t, nil, "", args...)
		if status != 1 || out != "Usage: radish-check-aof [--fix|--truncate-to-timestamp $timestamp] <file.manifest|file.aof>\n" {
			t.Errorf("%v: %d %q", args, status, out)
		}
	}
	if status, out, _ := check(t, nil, "", "--truncate-to-timestamp", "12x", "f"); status != 1 || out != "Invalid timestamp, aborting...\n" {
		t.Errorf("%d %q", status, out)
	}
	if status, out, _ := check(t, nil, "", "none"); status != 1 || out != "Cannot open file none: No such file or directory\n" {
		t.Errorf("%d %q", status, out)
	}
}

// What redis-check-aof prints of the same files; see also its source for the texts.
func TestOldStyle(t *testing.T) {
	good := command("a", "b") + "#TS:5\r\n" + command("MULTI") + command("c") + command("EXEC")
	const begin = "Start checking Old-Style AOF\n"
	notValid := "AOF f is not valid. Use the --fix option to try fixing it.\n"
	for _, c := range []struct {
		text, out string
		status    int
	}{
		{"", "AOF f is empty\n", 0},
		{good, "AOF analyzed: filename=f, size=65, ok_up_to=65, ok_up_to_line=15, diff=0\nAOF f is valid\n", 0},
		{"REDIS...END" + good, "[RDB] f\nRDB preamble is OK, proceeding with AOF tail...\n" +
			"AOF analyzed: filename=f, size=76, ok_up_to=76, ok_up_to_line=15, diff=0\nAOF f is valid\n", 0},
		{"REDIS...", "[RDB] f\nRDB preamble of AOF file is not sane, aborting.\n", 1},
		{good + "*1\r\n$3\r\nab", "0x              49: Expected to read 5 bytes, got 2 bytes\n" +
			"AOF analyzed: filename=f, size=75, ok_up_to=65, ok_up_to_line=17, diff=10\n" + notValid, 1},
		{good + "x", "AOF f format error\nAOF analyzed: filename=f, size=66, ok_up_to=65, ok_up_to_line=15, diff=1\n" + notValid, 1},
		{"*1\r\n:3\r\n", "0x               4: Expected prefix '$', got: ':'\nAOF analyzed: filename=f, size=8, ok_up_to=0, ok_up_to_line=2, diff=8\n" + notValid, 1},
		{"*1\r\n$1\r\nabc", "0x               8: Expected \\r\\n, got: 6263\nAOF analyzed: filename=f, size=11, ok_up_to=0, ok_up_to_line=3, diff=11\n" + notValid, 1},
		{"*1\r\n$-1\r\n", "0x               4: Expected to read string of -1 bytes, which is not in the suitable range\n" +
			"AOF analyzed: filename=f, size=9, ok_up_to=0, ok_up_to_line=3, diff=9\n" + notValid, 1},
		{command("MULTI") + command("multi"), "0x              17: Unexpected MULTI in AOF f\nAOF analyzed: filename=f, size=30, ok_up_to=0, ok_up_to_line=7, diff=30\n" + notValid, 1},
		{command("EXEC"), "0x               8: Unexpected EXEC in AOF f\nAOF analyzed: filename=f, size=14, ok_up_to=0, ok_up_to_line=4, diff=14\n" + notValid, 1},
		{command("MULTI") + command("a"), "0x              17: Reached EOF before reading EXEC for MULTI\nAOF analyzed: filename=f, size=26, ok_up_to=0, ok_up_to_line=7, diff=26\n" + notValid, 1},
		{"*1\r\n$99999999999\r\n", "0x              12: Expected to read 100000000001 bytes, got 0 bytes\n" +
			"AOF analyzed: filename=f, size=18, ok_up_to=0, ok_up_to_line=3, diff=18\n" + notValid, 1},
	} {
		status, out, _ := check(t, map[string]string{"f": c.text}, "", "f")
		if status != c.status || out != begin+c.out {
			t.Errorf("%q: %d\n%swant\n%s", c.text, status, out, begin+c.out)
		}
	}
}

func TestFix(t *testing.T) {
	text := command("a") + command("MULTI") + command("b")
	const question = "Start checking Old-Style AOF\n0x              22: Reached EOF before reading EXEC for MULTI\n" +
		"AOF analyzed: filename=f, size=37, ok_up_to=11, ok_up_to_line=10, diff=26\n" +
		"This will shrink the AOF f from 37 bytes, with 26 bytes, to 11 bytes\nContinue? [y/N]: "
	for _, c := range []struct {
		typed, answer string
		status        int
	}{
		{"y\n", "Successfully truncated AOF f\n", 0}, {"Yes\n", "Successfully truncated AOF f\n", 0},
		{"n\n", "Aborting...\n", 1}, {"\n", "Aborting...\n", 1}, {"", "Aborting...\n", 1},
	} {
		status, out, dir := check(t, map[string]string{"f": text}, c.typed, "--fix", "f")
		if status != c.status || out != question+c.answer {
			t.Errorf("%q: %d\n%s", c.typed, status, out)
		}
		left, err := os.ReadFile(filepath.Join(dir, "f"))
		if want := map[int]string{0: command("a"), 1: text}[status]; err != nil || string(left) != want {
			t.Errorf("%q: %q is left, %v", c.typed, left, err)
		}
	}
}

func TestManifest(t *testing.T) {
	const list = "# comment\nfile b seq 1 type b\nfile i seq 1 type i\nfile j seq 2 type i\nfile h seq 1 type h\n"
	good := map[string]string{"m": list, "b": command("a"), "i": "", "j": command("b")}
	bad := map[string]string{"m": list, "b": "REDIS..END", "i": command("a") + "*", "j": command("b")}
	invalid := map[string]string{"m": list + "!!!\n"}
	missing := map[string]string{"m": list}
	for _, c := range []struct {
		files  map[string]string
		args   string
		status int
		out    string
	}{
		{good, "m", 0, "Start to check BASE AOF (RESP format).\nAOF analyzed: filename=b, size=11, ok_up_to=11, ok_up_to_line=4, diff=0\n" +
			"BASE AOF b is valid\nStart to check INCR files.\nINCR AOF i is empty\nAOF analyzed: filename=j, size=11, ok_up_to=11, ok_up_to_line=7, diff=0\n" +
			"INCR AOF j is valid\nAll AOF files and manifest are valid\n"},
		{bad, "--fix m", 1, "Start to check BASE AOF (RDB format).\n[RDB] ./b\nRDB preamble is OK, proceeding with AOF tail...\n" +
			"AOF analyzed: filename=b, size=10, ok_up_to=10, ok_up_to_line=1, diff=0\nBASE AOF b is valid\nStart to check INCR files.\n" +
			"0x               b: Expected \\r\\n, got: 0000\nAOF analyzed: filename=i, size=12, ok_up_to=11, ok_up_to_line=4, diff=1\n" +
			"Failed to truncate AOF i because it is not the last file\n"},
		{invalid, "m", 1, "LOG \n*** FATAL AOF MANIFEST FILE ERROR ***\n\nLOG Reading the manifest file, at line 6\n\nLOG >>> '!!!'\n\n" +
			"LOG Invalid AOF manifest file format\n\n"},
		{missing, "m", 1, "Cannot open file ./b: No such file or directory\n"},
	} {
		status, out, _ := check(t, c.files, "y\n", strings.Fields(c.args)...)
		if want := "Start checking Multi Part AOF\n" + c.out; status != c.status || out != want {
			t.Errorf("%d\n%swant\n%s", status, out, want)
		}
	}
}

func TestTruncateToTimestamp(t *testing.T) {
	stamped := "#TS:10\r\n" + command("a") + "#TS:11\r\n" + command("b") + "#TS:12\r\n"
	for _, c := range []struct {
		timestamp, text, out string
		size, status         int
	}{
		{"12", stamped, "Truncate nothing in AOF f to timestamp 12\nAOF f is valid\n", 46, 0},
		{"11", stamped, "Successfully truncated AOF f to timestamp 11\n", 38, 0},
		{"10", stamped, "Successfully truncated AOF f to timestamp 10\n", 19, 0},
		{"9", stamped, "AOF f has nothing before timestamp 9, aborting...\n", 46, 1},
		{"9", command("a") + "#TS:1x\r\n", "Invalid timestamp annotation\n", 19, 1},
		{"0", stamped, "AOF analyzed: filename=f, size=46, ok_up_to=46, ok_up_to_line=7, diff=0\nAOF f is valid\n", 46, 0},
	} {
		status, out, dir := check(t, map[string]string{"f": c.text}, "", "--truncate-to-timestamp", c.timestamp, "f")
		info, err := os.Stat(filepath.Join(dir, "f"))
		if err != nil || status != c.status || out != "Start checking Old-Style AOF\n"+c.out || info.Size() != int64(c.size) {
			t.Errorf("%s: %d %q, %d bytes left", c.timestamp, status, out, info.Size())
		}
	}
	files := map[string]string{"m": "file b seq 1 type b\nfile i seq 1 type i\n", "b": stamped, "i": command("a")}
	status, out, _ := check(t, files, "", "--truncate-to-timestamp", "11", "m")
	if status != 1 || !strings.Contains(out, "Failed to truncate AOF ./b to timestamp 11 to offset 38 because it is not the last file.\nIf you insist, ") {
		t.Errorf("%d %q", status, out)
	}
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte(command("a") + "#TS:1\r\n" + command("MULTI")))
	f.Add([]byte("file b seq 1 type b\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		run := func(args ...string) int {
			tool := tool{in: bufio.NewReader(strings.NewReader("y")), out: io.Discard, rdb: persist.CheckRDB}
			return tool.run(append(args, path))
		}
		// What is fixed is good.
		if run("--fix") == 0 && run() != 0 {
			t.Fatal("not fixed")
		}
	})
}
