package server

import (
	"testing"
	"time"
)

func TestKeyLoadDelay(t *testing.T) {
	_, addr := startServer(t, "--enable-debug-command", "yes", "--key-load-delay", "1000")
	w, other := dial(t, addr), dial(t, addr)
	w.do("DEBUG POPULATE 100")
	begin := time.Now()
	want(t, "DEBUG RELOAD", w.do("DEBUG RELOAD"), "+OK\r\n")
	if d := time.Since(begin); d < 100*time.Millisecond {
		t.Errorf("100 keys are loaded within %v", d)
	}
	w.do("CONFIG SET key-load-delay 100000000")
	w.send("DEBUG RELOAD NOSAVE")
	eventually(t, "loading", func() bool { return infoField(other.do("INFO persistence"), "loading") == "1" })
	other.do("CONFIG SET key-load-delay -1000")
	want(t, "DEBUG RELOAD", w.reply(), "+OK\r\n")
	want(t, "DBSIZE", w.do("DBSIZE"), ":100\r\n")
}
