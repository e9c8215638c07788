package redislog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// logTo makes a logger whose lines land in the buffer, at a fixed time.
func logTo(t *testing.T, o Options) (*Logger, *bytes.Buffer) {
	t.Helper()
	var buf bytes.Buffer
	o.Stdout = &buf
	l, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	l.SetPID(4711)
	l.now = func() time.Time { return time.Date(2026, 3, 7, 8, 9, 10, 11_000_000, time.UTC) }
	return l, &buf
}

func TestRedisFormat(t *testing.T) {
	l, buf := logTo(t, Options{})
	l.Debugf("one %d", 1)
	l.Verbosef("two")
	l.SetRole(RoleReplica)
	l.Noticef("say \"x\" <&> \\ %s", "\tü")
	l.SetRole(RoleChild)
	l.Warningf("100%%")
	l.Log(Notice, "")
	l.Log(Nothing, "never")
	want := "4711:M 07 Mar 2026 08:09:10.011 . one 1\n" +
		"4711:M 07 Mar 2026 08:09:10.011 - two\n" +
		"4711:S 07 Mar 2026 08:09:10.011 * say \"x\" <&> \\ \tü\n" +
		"4711:C 07 Mar 2026 08:09:10.011 # 100%\n" +
		"4711:C 07 Mar 2026 08:09:10.011 *\n"
	if got := buf.String(); got != want {
		t.Errorf("lines:\n%s\nwant:\n%s", got, want)
	}
}

func TestJSONFormat(t *testing.T) {
	l, buf := logTo(t, Options{JSON: true})
	l.Warningf("disk %q", "full")
	want := `{"level":"warning","pid":4711,"role":"M","time":"2026-03-07T08:09:10.011Z","message":"disk \"full\""}` + "\n"
	if got := buf.String(); got != want {
		t.Errorf("got %s want %s", got, want)
	}
	buf.Reset()
	l.Raw(Notice, "a\n\nb\n")
	if n := strings.Count(buf.String(), "\n"); n != 3 {
		t.Errorf("raw text became %d messages, want 3", n)
	}
	for line := range strings.Lines(buf.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("not JSON: %s", line)
		}
	}
}

func TestThreshold(t *testing.T) {
	for threshold := Debug; threshold <= Nothing; threshold++ {
		l, buf := logTo(t, Options{})
		l.SetLevel(threshold)
		for level := Debug; level <= Nothing; level++ {
			l.Log(level, level.String())
			if want := level >= threshold && level != Nothing; l.Enabled(level) != want ||
				strings.Contains(buf.String(), level.String()) != want {
				t.Errorf("threshold %v: level %v written %v, want %v", threshold, level, !want, want)
			}
		}
		before := buf.Len()
		l.Raw(Notice, "logo\n")
		if got, want := buf.Len() > before, Notice >= threshold; got != want {
			t.Errorf("threshold %v: raw text written %v, want %v", threshold, got, want)
		}
	}
	if got := Level(9).String(); got != "unknown" {
		t.Errorf("name of no level: %q", got)
	}
}

func TestLongMessageIsCut(t *testing.T) {
	l, buf := logTo(t, Options{})
	l.Log(Notice, strings.Repeat("x", 5000))
	if n := strings.Count(buf.String(), "x"); n != MaxMessage {
		t.Errorf("%d bytes of the message written, want %d", n, MaxMessage)
	}
}

func TestConcurrentLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	l, err := New(Options{File: path})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 50 {
				l.SetRole("MSC"[i%3])
				l.Noticef("g%d i%d", g, i)
			}
		})
	}
	wg.Wait()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	shape := regexp.MustCompile(`^\d+:[MSC] \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d\.\d{3} \* g\d i\d+\n$`)
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		if !shape.MatchString(line) {
			t.Errorf("torn line %q", line)
		}
	}
	if n != 400 {
		t.Errorf("%d lines, want 400", n)
	}
}

func BenchmarkLine(b *testing.B) {
	l, err := New(Options{File: filepath.Join(b.TempDir(), "log")})
	if err != nil {
		b.Fatal(err)
	}
	for i := range b.N {
		l.Noticef("Accepted %s:%d", "127.0.0.1", i)
	}
}

func ExampleLogger_Enabled() {
	l, _ := New(Options{Level: Notice})
	fmt.Println(l.Enabled(Debug), l.Enabled(Warning))
	// Output: false true
}
