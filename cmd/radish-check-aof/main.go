// Command radish-check-aof verifies an append only file, and repairs its end. Usage, output and exit status are those of
// redis-check-aof 7.2.
//
//	radish-check-aof [--fix|--truncate-to-timestamp $timestamp] <file.manifest|file.aof>
//
// It takes a manifest, and then checks all its files, or a file of a Redis before 7, with or without an RDB preamble. --fix cuts the
// last file behind its last whole effect, after a question; --truncate-to-timestamp cuts it before the first annotation (see
// aof-timestamp-enabled) that is later. The status is 0 if all is well, or is again.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"radish/persist"
	"radish/persist/aof"
	"radish/persist/fsys"
)

func main() {
	t := tool{name: os.Args[0], in: bufio.NewReader(os.Stdin), out: os.Stdout, rdb: persist.CheckRDB}
	if info, err := os.Stderr.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		t.bar = os.Stderr
	}
	os.Exit(t.run(os.Args[1:]))
}

// tool is one run of the program.
type tool struct {
	name string
	in   *bufio.Reader
	out  io.Writer
	bar  io.Writer // for the progress bar; nil: none is wanted
	// rdb checks the RDB file that r begins with, says on out what Redis says, and returns how long it is; see persist.CheckRDB.
	rdb func(out io.Writer, r io.Reader, name string) (length int64, ok bool)

	fix       bool
	timestamp int64 // cut before what is later; 0: do not
	line      int64 // line ends read so far, in all files
}

// result is how the check of one file has ended. quit: it has said why, and the program ends with status 1.
type result int

const (
	quit result = iota
	valid
	empty
	truncated
	timestampTruncated
)

func (t *tool) run(args []string) (status int) {
	var path string
	switch {
	case len(args) == 1:
		path = args[0]
	case len(args) == 2 && args[0] == "--fix":
		path, t.fix = args[1], true
	case len(args) == 3 && args[0] == "--truncate-to-timestamp":
		var ok bool
		if t.timestamp, ok = parseTimestamp(args[1]); !ok {
			t.printf("Invalid timestamp, aborting...\n")
			return 1
		}
		path = args[2]
	default:
		t.printf("Usage: %s [--fix|--truncate-to-timestamp $timestamp] <file.manifest|file.aof>\n", t.name)
		return 1
	}
	if !t.check(path) {
		return 1
	}
	return 0
}

// parseTimestamp is strtol of the whole argument; nothing at all is 0, as in C.
func parseTimestamp(s string) (v int64, ok bool) {
	s = strings.TrimLeft(s, " \t\n\v\f\r")
	if s == "" {
		return 0, true
	}
	v, err := strconv.ParseInt(s, 10, 64)
	return v, err == nil
}

func (t *tool) printf(format string, args ...any) { fmt.Fprintf(t.out, format, args...) }

// check checks the file at path, whatever it is.
func (t *tool) check(path string) bool {
	kind, ok := t.sniff(path)
	if !ok {
		return false
	}
	if kind == manifestFile {
		return t.checkManifest(path)
	}
	t.printf("Start checking Old-Style AOF\n")
	return t.report(t.checkFile(path, path, true, kind == rdbFile), "AOF", path)
}

// report says how the check of a file has ended.
func (t *tool) report(r result, what, name string) bool {
	switch r {
	case valid:
		t.printf("%s %s is valid\n", what, name)
	case empty:
		t.printf("%s %s is empty\n", what, name)
	case timestampTruncated:
		t.printf("Successfully truncated AOF %s to timestamp %d\n", name, t.timestamp)
	case truncated:
		t.printf("Successfully truncated AOF %s\n", name)
	}
	return r != quit
}

// kind is what a file is.
type kind int

const (
	respFile kind = iota
	rdbFile
	manifestFile
)

// sniff says what a file is, by its first bytes.
func (t *tool) sniff(path string) (kind, bool) {
	f, err := os.Open(path)
	if err != nil {
		t.printf("Cannot open file %s: %s\n", path, fsys.ErrorText(err))
		return 0, false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.printf("Cannot stat file: %s\n", path)
		return 0, false
	}
	r := bufio.NewReader(f)
	magic, _ := r.Peek(5)
	if info.Size() >= 8 && string(magic) == "REDIS" {
		return rdbFile, true
	}
	for {
		line, err := readLine(r, manifestLine)
		switch {
		case err == io.EOF && line == "":
			return respFile, true
		case err != nil && err != io.EOF:
			t.printf("Cannot read file: %s\n", path)
			return 0, false
		case strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "file"):
			return manifestFile, true
		default:
			return respFile, true
		}
	}
}

// checkManifest checks a manifest and all files that it lists.
func (t *tool) checkManifest(path string) bool {
	t.printf("Start checking Multi Part AOF\n")
	man, err := aof.ReadManifest(fsys.OS(), path)
	if err != nil {
		t.manifestError(path, err)
		return false
	}
	files := man.Files()
	if man.Base != nil {
		name := man.Base.Name
		full := joinPath(path, name)
		kind, ok := t.sniff(full)
		if !ok {
			return false
		}
		form := "RESP"
		if kind == rdbFile {
			form = "RDB"
		}
		t.printf("Start to check BASE AOF (%s format).\n", form)
		if !t.report(t.checkFile(name, full, len(files) == 1, kind == rdbFile), "BASE AOF", name) {
			return false
		}
	}
	if len(man.Incr) > 0 {
		t.printf("Start to check INCR files.\n")
	}
	for i, f := range man.Incr {
		if !t.report(t.checkFile(f.Name, joinPath(path, f.Name), i == len(man.Incr)-1, false), "INCR AOF", f.Name) {
			return false
		}
	}
	t.printf("All AOF files and manifest are valid\n")
	return true
}

// manifestError says what is wrong with a manifest, in the form of a log.
func (t *tool) manifestError(path string, err error) {
	lines := []string{fmt.Sprintf("Fatal error: can't open the AOF manifest file %s for reading: %s", path, fsys.ErrorText(err))}
	if bad, ok := err.(*aof.ManifestError); ok {
		lines = bad.Lines()
	}
	for _, line := range lines {
		t.printf("%d:C %s # %s\n", os.Getpid(), time.Now().Format("02 Jan 2006 15:04:05.000"), line)
	}
}

// joinPath is the path of a file beside the manifest, written as Redis writes it.
func joinPath(manifest, name string) string {
	dir := "."
	if i := strings.LastIndexByte(filepath.ToSlash(manifest), '/'); i >= 0 {
		dir = strings.TrimRight(manifest[:i], "/")
	}
	return dir + "/" + name
}
