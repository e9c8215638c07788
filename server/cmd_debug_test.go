package server

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"radish/config"
)

func TestDebugSubcommands(t *testing.T) {
	_, addr := startServer(t, "--enable-debug-command", "yes")
	w := dial(t, addr)
	const unknown = "-ERR unknown subcommand or wrong number of arguments for '%'. Try DEBUG HELP.\r\n"
	for _, c := range []struct{ do, want string }{
		{"DEBUG", "-ERR wrong number of arguments for 'debug' command\r\n"},
		{"DEBUG NOSUCH", strings.Replace(unknown, "%", "NOSUCH", 1)},
		{"DEBUG sleep", strings.Replace(unknown, "%", "sleep", 1)},
		{"DEBUG sleep 1 2", strings.Replace(unknown, "%", "sleep", 1)},
		{"DEBUG JMAP", strings.Replace(unknown, "%", "JMAP", 1)},
		{"DEBUG ERROR \"MYERR what a\\r\\nday\"", "-MYERR what a  day\r\n"},
		{"DEBUG LOG hello", "+OK\r\n"},
		{"DEBUG STRINGMATCH-TEST", "+No pattern made the server crash: test passed\r\n"},
		{"DEBUG RELOAD", "+OK\r\n"},
		{"DEBUG RELOAD NOSAVE NOWHERE", "-ERR DEBUG RELOAD only supports the MERGE, NOFLUSH and NOSAVE options.\r\n"},
		{"DEBUG LOADAOF", "-ERR Error trying to load the AOF files, check server logs.\r\n"},
		{"DEBUG CONFIG-REWRITE-FORCE-ALL", "-ERR CONFIG-REWRITE-FORCE-ALL failed: The server is running without a config file\r\n"},
		{"DEBUG REPLYBUFFER PEAK-RESET-TIME never", "+OK\r\n"},
		{"DEBUG REPLYBUFFER PEAK-RESET-TIME 10", "+OK\r\n"},
		{"DEBUG REPLYBUFFER PEAK-RESET-TIME x", "-ERR value is not an integer or out of range\r\n"},
		{"DEBUG REPLYBUFFER RESIZING 0", "+OK\r\n"},
		{"DEBUG REPLYBUFFER x 0", strings.Replace(unknown, "%", "REPLYBUFFER", 1)},
	} {
		want(t, c.do, w.do(c.do), c.want)
	}
	help := w.do("DEBUG HELP")
	for _, text := range []string{"\r\n+SLEEP <seconds>\r\n", "\r\n+OBJECT <key>\r\n", "\r\n+HELP\r\n"} {
		if !strings.Contains(help, text) {
			t.Errorf("no %q in %q", text, help)
		}
	}
}

func TestDebugNeedsPermission(t *testing.T) {
	_, addr := startServer(t)
	want(t, "DEBUG", dial(t, addr).do("DEBUG SLEEP 0"), "-"+string(errDebugOff)+"\r\n")
}

// TestDebugErrorIsNotCounted: it is a reply like others, as in Redis.
func TestDebugErrorIsNotCounted(t *testing.T) {
	s, addr := startServer(t, "--enable-debug-command", "local")
	w := dial(t, addr)
	want(t, "DEBUG ERROR", w.do("DEBUG ERROR OOPS"), "-OOPS\r\n")
	if g := s.gather(); g.errors != 0 || len(g.perError) != 0 {
		t.Errorf("%d errors are counted: %v", g.errors, g.perError)
	}
}

func TestDebugChangeReplID(t *testing.T) {
	s, addr := startServer(t, "--enable-debug-command", "yes")
	before := *s.replID.Load()
	want(t, "DEBUG CHANGE-REPL-ID", dial(t, addr).do("DEBUG CHANGE-REPL-ID"), "+OK\r\n")
	if after := *s.replID.Load(); after == before || len(after) != 40 {
		t.Errorf("%s became %s", before, after)
	}
}

func TestDebugRewriteAll(t *testing.T) {
	file := filepath.Join(t.TempDir(), "redis.conf")
	if err := os.WriteFile(file, []byte("enable-debug-command yes\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load([]string{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(cfg, quiet{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.store.Close()
	c, w := debugCtx(s, "debug", "config-rewrite-force-all")
	if err := s.cmdDebug(c); err != nil {
		t.Fatal(err)
	}
	text, _ := os.ReadFile(file)
	if string(w.Buf) != "+OK\r\n" || !strings.Contains(string(text), "\nmaxclients 10000\n") {
		t.Errorf("%q: %s", w.Buf, text)
	}
}
