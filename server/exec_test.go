package server

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"radish/command"
	"radish/resp"
)

// watched runs commands between WATCH k and EXEC, on another connection, and gives the reply of EXEC.
func watched(t *testing.T, addr string, before, meanwhile []string) string {
	t.Helper()
	w, other := dial(t, addr), dial(t, addr)
	other.do("FLUSHALL")
	for _, c := range before {
		other.do(c)
	}
	want(t, "WATCH", w.do("WATCH k"), "+OK\r\n")
	for _, c := range meanwhile {
		if c == "(wait)" {
			time.Sleep(10 * time.Millisecond)
			continue
		}
		other.do(c)
	}
	w.do("MULTI")
	w.do("PING")
	return w.do("EXEC")
}

func TestWatch(t *testing.T) {
	_, addr := startServer(t, "--enable-debug-command", "yes")
	const ran, failed = "*1\r\n+PONG\r\n", "*-1\r\n"
	off, on := "DEBUG SET-ACTIVE-EXPIRE 0", "DEBUG SET-ACTIVE-EXPIRE 1"
	for _, c := range []struct {
		name              string
		before, meanwhile []string
		want              string
	}{
		{"nothing happens", []string{"SET k v"}, []string{"GET k", "SET other v"}, ran},
		{"a change", []string{"SET k v"}, []string{"SET k w"}, failed},
		{"a key comes and goes", nil, []string{"SET k w", "DEL k"}, failed},
		{"a flush of the key", []string{"SET k v"}, []string{"FLUSHALL"}, failed},
		{"a flush of its database", []string{"SET k v"}, []string{"FLUSHDB"}, failed},
		{"a flush of another database", []string{"SET k v"}, []string{"SELECT 1", "FLUSHDB"}, ran},
		{"a flush without the key", []string{"SET other v"}, []string{"FLUSHALL"}, ran},
		{"a swap that takes the key", []string{"SET k v"}, []string{"SWAPDB 0 1"}, failed},
		{"a swap that brings the key", []string{"SELECT 1", "SET k v"}, []string{"SWAPDB 0 1"}, failed},
		{"a swap without the key", []string{"SET other v"}, []string{"SWAPDB 1 0"}, ran},
		{"a swap of others", []string{"SET k v"}, []string{"SWAPDB 1 2"}, ran},
		{"a swap that brings a lapsed key", []string{off, "SELECT 1", "SET k v PX 1", "DEBUG SLEEP 0.01"}, []string{"SWAPDB 0 1", on}, ran},
		{"a swap inside EXEC", []string{"SET k v"}, []string{"MULTI", "SWAPDB 0 1", "EXEC"}, failed},
		{"the key lapses, unseen", []string{off, "SET k v PX 100"}, []string{"(wait)", "DEBUG SLEEP 0.15", on}, failed},
		{"a stale key is deleted", []string{off, "SET k v PX 1", "DEBUG SLEEP 0.01"}, []string{"GET k", "DEL k", on}, ran},
		{"a stale key is flushed", []string{off, "SET k v PX 1", "DEBUG SLEEP 0.01"}, []string{"FLUSHDB", on}, ran},
		{"a stale key is made anew", []string{off, "SET k v PX 1", "DEBUG SLEEP 0.01"}, []string{"SET k v", on}, failed},
		{"populate", nil, []string{"DEBUG POPULATE 1", "RENAME key:0 k"}, failed},
	} {
		if got := watched(t, addr, c.before, c.meanwhile); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	want(t, "a key that lapses", watched(t, addr, []string{"SET k v PX 200"}, []string{"DEBUG SLEEP 0.25", "(wait)"}), failed)
}

// TestHitsAndMisses: they are counted on the loop, on workers and inside EXEC.
func TestHitsAndMisses(t *testing.T) {
	s, addr := startServer(t)
	w := dial(t, addr)
	w.do("SET k v")
	w.do("CONFIG RESETSTAT")
	w.send("GET k", "GET nosuch", "MULTI", "GET k", "MGET k nosuch nosuch", "EXEC")
	for range 6 {
		w.reply()
	}
	if g := s.gather(); g.hits != 3 || g.misses != 3 {
		t.Errorf("%d hits and %d misses, want 3 and 3", g.hits, g.misses)
	}
	w.send("MULTI", "GET k", "GET nosuch", "CLIENT LIST", "EXEC") // CLIENT LIST needs a worker
	for range 5 {
		w.reply()
	}
	if g := s.gather(); g.hits != 4 || g.misses != 4 {
		t.Errorf("%d hits and %d misses, want 4 and 4", g.hits, g.misses)
	}
	w.do("CONFIG RESETSTAT")
	if g := s.gather(); g.hits != 0 || g.misses != 0 {
		t.Errorf("%d hits and %d misses after a reset", g.hits, g.misses)
	}
}

// TestExecIsRefused: EXEC that does not pass the gates ends the transaction, and says why.
func TestExecIsRefused(t *testing.T) {
	_, clients := newTestServer(t, 1)
	cl := clients[0]
	const why, arity = "-EXECABORT Transaction discarded because of: ", "wrong number of arguments for 'exec' command\r\n"
	const oom = "OOM command not allowed when used memory > 'maxmemory'.\r\n"
	for _, c := range []struct{ do, want string }{
		{"exec x", why + arity},
		{"multi", "+OK\r\n"},
		{"exec x", why + arity},
		{"exec", "-ERR EXEC without MULTI\r\n"},
		{"set a b", "+OK\r\n"},
		{"multi", "+OK\r\n"},
		{"set a c", "+QUEUED\r\n"},
		{"(maxmemory 1)", ""},
		{"exec", why + oom},
		{"get a", "$1\r\nb\r\n"},
		{"multi", "+OK\r\n"},
		{"get a", "-" + oom},
		{"exec", "-EXECABORT Transaction discarded because of previous errors.\r\n"},
		{"(maxmemory 0)", ""},
		{"multi", "+OK\r\n"},
		{"get a", "+QUEUED\r\n"},
		{"(maxmemory 1)", ""},
		{"exec", "*1\r\n$1\r\nb\r\n"},
		{"multi", "+OK\r\n"},
		{"discard", "+OK\r\n"},
	} {
		f := strings.Fields(strings.Trim(c.do, "()"))
		if f[0] == "maxmemory" {
			if err := cl.srv.cfg.Set([][2]string{{f[0], f[1]}}, localChange()); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want(t, c.do, run(cl, f...), c.want)
	}
}

// TestLongExecLeavesTheLoop: a transaction over a big value runs on a worker, while others of the same loop are served.
func TestLongExecLeavesTheLoop(t *testing.T) {
	_, addr := startServer(t, "--io-threads", "1")
	w := dial(t, addr)
	w.do("SETRANGE big 8388608 x") // 8 MB
	w.do("MULTI")
	for range 100 {
		w.do("BITCOUNT big")
	}
	w.send("EXEC")
	other := dial(t, addr)
	begin := time.Now()
	if got := other.do("PING"); got != "+PONG\r\n" {
		t.Fatal(got)
	}
	took := time.Since(begin)
	if got := w.reply(); got != "*100\r\n"+strings.Repeat(":4\r\n", 100) {
		t.Errorf("EXEC replied %.40q", got)
	}
	if whole := time.Since(begin); took > whole/2 {
		t.Errorf("PING took %v of the %v that EXEC took", took, whole)
	}
}

// doMany runs a command with n numbers as arguments, some at a time.
func doMany(w *wire, cmd string, n int) {
	for i := 0; i < n; {
		line := []byte(cmd)
		for range 5000 {
			line = strconv.AppendInt(append(line, ' '), int64(i), 10)
			i++
		}
		w.do(string(line))
	}
}

// TestExecOfManyElements: commands that are called fast, or work on a small value, make a transaction long by their counts.
func TestExecOfManyElements(t *testing.T) {
	_, addr := startServer(t, "--io-threads", "1")
	other := dial(t, addr)
	doMany(other, "SADD big", 400_000)
	other.do("SADD small a")
	for _, c := range []string{"SPOP big 300000", "SRANDMEMBER small -3000000"} {
		w := dial(t, addr)
		w.do("MULTI")
		w.do(c)
		begin := time.Now()
		w.send("EXEC")
		time.Sleep(5 * time.Millisecond)
		other.do("PING")
		took := time.Since(begin)
		other.do("SADD " + strings.Fields(c)[1] + " x") // has to wait
		if whole := time.Since(begin); took > whole/2 {
			t.Errorf("%s: PING took %v of the %v that EXEC took", c, took, whole)
		}
	}
}

// TestHitsOfOffloaded: a key that a worker looks up once more counts once.
func TestHitsOfOffloaded(t *testing.T) {
	s, addr := startServer(t)
	w := dial(t, addr)
	doMany(w, "RPUSH l", 300_000)
	w.do("CONFIG RESETSTAT")
	w.send("CLIENT REPLY SKIP", "LRANGE l 0 -1", "LPOS l nosuch")
	w.reply()
	if g := s.gather(); g.hits != 2 || g.misses != 0 {
		t.Errorf("%d hits and %d misses, want 2 and 0", g.hits, g.misses)
	}
}

// TestExecLeavesNoEffects: when the log is turned on in the midst of a transaction, what is behind that is in the log's base. Nothing is left for who
// records the command EXEC, without its locks.
func TestExecLeavesNoEffects(t *testing.T) {
	s, clients := newTestServer(t, 1)
	cl := clients[0]
	turnsOn := &command.Spec{Name: "set", Flags: command.Write, Handler: func(c *command.Ctx) error {
		s.env.Logging.Store(true)
		c.Effect([]byte("SET"), []byte("k"), []byte("v"))
		c.Dirty++
		return nil
	}}
	run(cl, "MULTI")
	cl.tx.queue.Add(turnsOn, [][]byte{[]byte("set")}, 0, 0)
	var w resp.Writer
	c := &command.Ctx{Env: &s.env, Reply: &w, Client: cl, DB: s.store.DB(0, 1), Args: [][]byte{[]byte("EXEC")}}
	c.Spec = s.table.Lookup([]byte("exec"))
	if err := s.cmdExec(c); err != nil {
		t.Fatal(err)
	}
	if c.Effects.N != 0 || c.Dirty != 1 {
		t.Errorf("%d effects %q, dirty %d", c.Effects.N, c.Effects.Text(), c.Dirty)
	}
}
