//go:build unix

package redislog

import (
	"errors"
	"log/syslog"
	"net"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

func TestSyslog(t *testing.T) {
	sock := filepath.Join(t.TempDir(), "dev-log")
	conn, err := net.ListenPacket("unixgram", sock)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	l, _ := logTo(t, Options{Syslog: true, Ident: "store", Facility: 17})
	l.syslog.dial = func(p syslog.Priority, tag string) (*syslog.Writer, error) {
		return syslog.Dial("unixgram", sock, p, tag)
	}
	// Facility 17 is local1; severities are debug 7, info 6, notice 5, warning 4.
	for _, c := range []struct {
		level Level
		want  string
	}{{Debug, "143"}, {Verbose, "142"}, {Notice, "141"}, {Warning, "140"}} {
		l.Log(c.level, "hello")
		buf := make([]byte, 1024)
		if err := conn.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
			t.Fatal(err)
		}
		n, _, err := conn.ReadFrom(buf)
		if err != nil {
			t.Fatal(err)
		}
		if shape := regexp.MustCompile(`^<` + c.want + `>.* store\[\d+\]: hello\n?$`); !shape.Match(buf[:n]) {
			t.Errorf("level %v: datagram %q", c.level, buf[:n])
		}
	}
	l.Raw(Notice, "logo")
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

func TestSyslogWithoutDaemon(t *testing.T) {
	l, buf := logTo(t, Options{Syslog: true, Ident: "store", Facility: 16})
	dials := 0
	l.syslog.dial = func(syslog.Priority, string) (*syslog.Writer, error) {
		dials++
		return nil, errors.New("no daemon")
	}
	l.Noticef("a")
	l.Noticef("b")
	if dials != 1 {
		t.Errorf("%d attempts to connect within the waiting time, want 1", dials)
	}
	if buf.Len() == 0 {
		t.Error("nothing on standard output")
	}
	l.syslog.lastFail = time.Now().Add(-2 * syslogRetry)
	l.Noticef("c")
	if dials != 2 {
		t.Errorf("%d attempts after the waiting time, want 2", dials)
	}
}
