package server

import (
	"os"
	"testing"
	"time"

	"radish/config"
)

// TestShutdownAbort: what a signal has asked for can be called off until it begins.
func TestShutdownAbort(t *testing.T) {
	s, addr := startServer(t, "--enable-debug-command", "yes")
	w := dial(t, addr)
	want(t, "nothing to abort", w.do("SHUTDOWN ABORT"), "-ERR No shutdown in progress.\r\n")
	w.do("DEBUG PAUSE-CRON 1")
	ended := make(chan bool)
	go func() { ended <- s.SignalShutdown(true) }()
	eventually(t, "asked", s.endAsked.Load)
	want(t, "SHUTDOWN ABORT", w.do("SHUTDOWN ABORT"), "+OK\r\n")
	if <-ended {
		t.Error("it ends")
	}
	want(t, "PING", w.do("PING"), "+PONG\r\n")
	go func() { ended <- s.SignalShutdown(false) }()
	w.do("DEBUG PAUSE-CRON 0")
	if !<-ended {
		t.Error("it does not end")
	}
}

// TestNobodyIsServedAtTheEnd: who waits gets nothing of what the last snapshot has saved. If that fails, and the server goes on, it gets it then.
func TestNobodyIsServedAtTheEnd(t *testing.T) {
	s, addr := startServer(t)
	w, b := dial(t, addr), dial(t, addr)
	k := s.store.Key([]byte("k"))
	end := func(keyDelay string) (ended chan error) {
		t.Helper()
		b.send("BLPOP k 0")
		eventually(t, "it waits", func() bool { return s.blocked.Load() == 1 })
		s.waiting.postpone(s.store.ShardOf(k.H), 0, k.B) // as happens when a long command has what serving takes
		want(t, "RPUSH", w.do("RPUSH k a"), ":1\r\n")
		w.do("CONFIG SET rdb-key-save-delay " + keyDelay)
		ended = make(chan error, 1)
		go func() { ended <- s.endWith(config.ShutdownSave) }()
		eventually(t, "it saves", func() bool {
			_, err := os.Stat(s.tempName())
			return err == nil
		})
		want(t, "UNPAUSE", w.do("CLIENT UNPAUSE"), "+OK\r\n")
		go s.serveLater(0, []byte("k"))
		if !b.quietFor(100 * time.Millisecond) {
			t.Errorf("while the last snapshot is saved: %q", b.reply())
		}
		return ended
	}
	failed := end("100000000")
	s.abortSave()
	if err := <-failed; err != errShutdown {
		t.Errorf("%v", err)
	}
	want(t, "the server goes on", b.reply(), "*2\r\n$1\r\nk\r\n$1\r\na\r\n")
	ended := end("300000")
	want(t, "the server ends", b.rest(), "")
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestPauseOutlastsTheEnd: when the server goes on after all, so does the pause that a client has asked for.
func TestPauseOutlastsTheEnd(t *testing.T) {
	s, addr := startServer(t)
	w, other := dial(t, addr), dial(t, addr)
	for _, pause := range []string{"CLIENT PAUSE 60000 WRITE", ""} {
		if pause != "" {
			want(t, pause, w.do(pause), "+OK\r\n")
		}
		if err := os.Mkdir(dumpFile(s), 0o700); err != nil && !os.IsExist(err) {
			t.Fatal(err)
		}
		if err := s.endWith(config.ShutdownSave); err != errShutdown {
			t.Fatalf("%v", err)
		}
		other.send("SET k v")
		if paused := other.quietFor(50 * time.Millisecond); paused != (pause != "") {
			t.Errorf("%q: %v", pause, paused)
		}
		want(t, "UNPAUSE", w.do("CLIENT UNPAUSE"), "+OK\r\n")
		want(t, "SET", other.reply(), "+OK\r\n")
	}
}

func TestRemoveTemp(t *testing.T) {
	s, _ := startServer(t)
	s.RemoveTemp() // there is none
	if err := os.WriteFile(s.tempName(), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s.RemoveTemp()
	if _, err := os.Stat(s.tempName()); !os.IsNotExist(err) {
		t.Errorf("%v", err)
	}
}
