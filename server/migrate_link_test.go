package server

import (
	"fmt"
	"net"
	"testing"
	"time"
)

func TestMigrateLinks(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			defer nc.Close()
		}
	}()
	var p migrateLinks
	stop := make(chan struct{})
	open := func(password string) *migrateLink {
		t.Helper()
		l, err := p.open(&migrateOpts{host: "127.0.0.1", port: ln.Addr().(*net.TCPAddr).Port, timeout: time.Second, auth: password != "", password: []byte(password)}, stop)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	kept := func(n int) {
		t.Helper()
		if p.count() != n {
			t.Errorf("%d are kept, want %d", p.count(), n)
		}
	}
	a, b := open(""), open("")
	kept(0)
	p.giveBack(a)
	p.giveBack(b)
	kept(1)
	if c := open(""); c != b {
		t.Error("not the one that was kept")
	} else if d := open("secret"); d == b || d.target == b.target {
		t.Error("a connection for everybody")
	} else {
		c.broken = true
		p.giveBack(c)
		p.giveBack(d)
	}
	kept(1)
	for i := range maxMigrateLinks + 5 {
		p.giveBack(open(fmt.Sprint(i)))
	}
	kept(maxMigrateLinks)
	p.closeIdle(time.Hour)
	kept(maxMigrateLinks)
	l := open("")
	kept(maxMigrateLinks)
	p.closeIdle(0)
	kept(0)
	close(stop)
	if _, err := l.readLine(); err == nil {
		t.Error("still open")
	} else if (&brokenLink{err: err}).timeout() {
		t.Errorf("%v is a time-out", err)
	}
}
