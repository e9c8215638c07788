package main

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"radish/persist/fsys"
)

// The lengths of the buffers into which redis-check-aof reads lines. They bound what it takes for a line.
const (
	manifestLine   = 1024
	annotationLine = 1023
	numberLine     = 127
)

// scan is the check of one file.
type scan struct {
	t    *tool
	name string // as in the messages
	path string
	last bool // of the files of its manifest

	f    *os.File
	r    *bufio.Reader
	size int64
	off  int64 // of what r reads next
	eof  bool  // a read has met the end of the file

	good  int64 // up to here the file is good
	multi int   // 1 between MULTI and EXEC
	line  int64 // counts lines over all files of a run
	epos  int64 // where an error is
	err   string
}

// checkFile checks a file. name is how messages call it.
func (t *tool) checkFile(name, path string, last, preamble bool) result {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.printf("Cannot open file %s: %s, aborting...\n", path, fsys.ErrorText(err))
		return quit
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.printf("Cannot stat file: %s, aborting...\n", name)
		return quit
	}
	if info.Size() == 0 {
		return empty
	}
	s := &scan{t: t, name: name, path: path, last: last, f: f, size: info.Size(), line: t.line}
	if preamble && !s.preamble() {
		return quit
	}
	s.r = bufio.NewReaderSize(f, 1<<20)
	return s.run()
}

// preamble checks an RDB file in front, and goes behind it.
func (s *scan) preamble() bool {
	t := s.t
	length, ok := t.rdb(t.out, s.f, s.path)
	if ok {
		_, err := s.f.Seek(length, io.SeekStart)
		ok = err == nil
	}
	if !ok {
		t.printf("RDB preamble of AOF file is not sane, aborting.\n")
		return false
	}
	t.printf("RDB preamble is OK, proceeding with AOF tail...\n")
	s.off = length
	return true
}

// run reads the file to its end, or to what is wrong.
func (s *scan) run() result {
	t := s.t
	for n := 0; ; n++ {
		if n%4096 == 0 {
			s.progress()
		}
		if s.multi == 0 {
			s.good = s.off
		}
		next, err := s.r.Peek(1)
		if err == io.EOF {
			s.eof = true
			break
		}
		if err != nil {
			t.printf("Failed to read from AOF %s, aborting...\n", s.name)
			return quit
		}
		s.eof = false
		if next[0] == '#' {
			if r := s.annotation(); r != valid {
				return r
			}
			continue
		}
		if next[0] != '*' {
			t.printf("AOF %s format error\n", s.name)
			break
		}
		if !s.command() {
			break
		}
	}
	t.line = s.line
	s.clear()
	return s.verdict()
}

// verdict says what was found, and repairs it if that is wanted.
func (s *scan) verdict() result {
	t := s.t
	if s.eof && s.multi != 0 && s.err == "" {
		s.fail("Reached EOF before reading EXEC for MULTI")
	}
	if s.err != "" {
		t.printf("%s\n", s.err)
	}
	diff := s.size - s.good
	if diff == 0 && t.timestamp != 0 {
		t.printf("Truncate nothing in AOF %s to timestamp %d\n", s.name, t.timestamp)
		return valid
	}
	t.printf("AOF analyzed: filename=%s, size=%d, ok_up_to=%d, ok_up_to_line=%d, diff=%d\n", s.name, s.size, s.good, s.line+1, diff)
	if diff <= 0 {
		return valid
	}
	if !t.fix {
		t.printf("AOF %s is not valid. Use the --fix option to try fixing it.\n", s.name)
		return quit
	}
	if !s.last {
		t.printf("Failed to truncate AOF %s because it is not the last file\n", s.name)
		return quit
	}
	t.printf("This will shrink the AOF %s from %d bytes, with %d bytes, to %d bytes\n", s.name, s.size, diff, s.good)
	t.printf("Continue? [y/N]: ")
	answer, _ := t.in.ReadByte()
	if answer != 'y' && answer != 'Y' {
		t.printf("Aborting...\n")
		return quit
	}
	if err := s.cut(s.good); err != nil {
		t.printf("Failed to truncate AOF %s\n", s.name)
		return quit
	}
	return truncated
}

// cut makes the file shorter, for good.
func (s *scan) cut(size int64) error {
	if err := s.f.Truncate(size); err != nil {
		return err
	}
	return s.f.Sync()
}

// fail notes what is wrong at epos.
func (s *scan) fail(format string, args ...any) bool {
	s.err = fmt.Sprintf("0x%16x: %s", s.epos, fmt.Sprintf(format, args...))
	return false
}

// annotation reads a line that starts with #. Anything but valid ends the check.
func (s *scan) annotation() result {
	t := s.t
	s.epos = s.off
	line, err := s.readLine(annotationLine)
	if err != nil && err != io.EOF {
		t.printf("Failed to read annotations from AOF %s, aborting...\n", s.path)
		return quit
	}
	if t.timestamp == 0 || !strings.HasPrefix(line, "#TS:") {
		return valid
	}
	ts, rest, inRange := strtol(line[4:])
	switch {
	case !inRange || !strings.HasPrefix(rest, "\r"):
		t.printf("Invalid timestamp annotation\n")
	case ts <= t.timestamp:
		return valid
	case s.epos == 0:
		t.printf("AOF %s has nothing before timestamp %d, aborting...\n", s.path, t.timestamp)
	case !s.last:
		t.printf("Failed to truncate AOF %s to timestamp %d to offset %d because it is not the last file.\n", s.path, t.timestamp, s.epos)
		t.printf("If you insist, please delete all files after this file according to the manifest file and delete the corresponding " +
			"records in manifest file manually. Then re-run redis-check-aof.\n")
	default:
		if err := s.cut(s.epos); err != nil {
			t.printf("Failed to truncate AOF %s to timestamp %d\n", s.path, t.timestamp)
			return quit
		}
		return timestampTruncated
	}
	return quit
}

// command reads a command.
func (s *scan) command() bool {
	argc, ok := s.number('*')
	if !ok {
		return false
	}
	for i := int64(0); i < argc; i++ {
		word, ok := s.argument(i == 0)
		if !ok {
			return false
		}
		switch strings.ToLower(word) {
		case "multi":
			if s.multi++; s.multi != 1 {
				return s.fail("Unexpected MULTI in AOF %s", s.path)
			}
		case "exec":
			if s.multi--; s.multi != 0 {
				return s.fail("Unexpected EXEC in AOF %s", s.path)
			}
		}
	}
	return true
}

// argument reads an argument; word is it if it is wanted and short.
func (s *scan) argument(want bool) (word string, ok bool) {
	n, ok := s.number('$')
	if !ok {
		return "", false
	}
	if n < 0 || n > math.MaxInt64-2 {
		return "", s.fail("Expected to read string of %d bytes, which is not in the suitable range", n)
	}
	s.epos = s.off
	if have := s.size - s.off; n+2 > have {
		s.eof = true
		return "", s.fail("Expected to read %d bytes, got %d bytes", n+2, have)
	}
	if want && n < 16 {
		text := make([]byte, n)
		if _, err := io.ReadFull(s.r, text); err != nil {
			return "", s.fail("Expected to read %d bytes, got %d bytes", n+2, 0)
		}
		word, _, _ = strings.Cut(string(text), "\x00")
	} else if got, err := io.CopyN(io.Discard, s.r, n); err != nil {
		return "", s.fail("Expected to read %d bytes, got %d bytes", n+2, got)
	}
	var end [2]byte
	if got, err := io.ReadFull(s.r, end[:]); err != nil {
		return "", s.fail("Expected to read %d bytes, got %d bytes", n+2, n+int64(got))
	}
	s.off += n + 2
	return word, s.newline(string(end[:]))
}

// number reads a line with a count or a length. Without anything to read it fails and says nothing.
func (s *scan) number(prefix byte) (n int64, ok bool) {
	s.epos = s.off
	line, err := s.readLine(numberLine)
	if line == "" && err != nil {
		return 0, false
	}
	if line[0] != prefix {
		return 0, s.fail("Expected prefix '%c', got: '%s'", prefix, line[:1])
	}
	n, rest, _ := strtol(line[1:])
	return n, s.newline(rest)
}

// newline wants text to start with a line end.
func (s *scan) newline(text string) bool {
	if !strings.HasPrefix(text, "\r\n") {
		text += "\x00\x00"
		// As C prints its signed characters.
		return s.fail("Expected \\r\\n, got: %02x%02x", uint32(int8(text[0])), uint32(int8(text[1])))
	}
	s.line++
	return true
}

func (s *scan) readLine(longest int) (string, error) {
	line, err := readLine(s.r, longest)
	s.off += int64(len(line))
	s.eof = s.eof || err == io.EOF
	return line, err
}

// readLine is C's fgets: a line with its end, cut at so many bytes.
func readLine(r *bufio.Reader, longest int) (string, error) {
	var line []byte
	for len(line) < longest {
		c, err := r.ReadByte()
		if err != nil {
			return string(line), err
		}
		if line = append(line, c); c == '\n' {
			break
		}
	}
	return string(line), nil
}

// strtol is C's strtol in base 10, with what follows the number. Out of range it is the nearest there is.
func strtol(text string) (v int64, rest string, inRange bool) {
	trimmed := strings.TrimLeft(text, " \t\n\v\f\r")
	end := 0
	if trimmed != "" && (trimmed[0] == '-' || trimmed[0] == '+') {
		end++
	}
	digits := end
	for end < len(trimmed) && '0' <= trimmed[end] && trimmed[end] <= '9' {
		end++
	}
	if end == digits {
		return 0, text, true
	}
	v, err := strconv.ParseInt(trimmed[:end], 10, 64)
	return v, trimmed[end:], err == nil
}

const barWidth = 50

// progress draws how much of a file is done.
func (s *scan) progress() {
	if s.t.bar == nil {
		return
	}
	done := int(s.off * barWidth / max(s.size, 1))
	fmt.Fprintf(s.t.bar, "\r[%-*s] %3d%%", barWidth, strings.Repeat("#", done), s.off*100/max(s.size, 1))
}

// clear removes the bar.
func (s *scan) clear() {
	if s.t.bar != nil {
		fmt.Fprintf(s.t.bar, "\r%*s\r", barWidth+8, "")
	}
}
