package server

import (
	"os"
	"testing"
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
