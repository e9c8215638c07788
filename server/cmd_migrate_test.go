package server

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"radish/config"
	"radish/persist/fsys/fsystest"
)

// placeOf is the address of a server as MIGRATE takes it.
func placeOf(addr string) string {
	host, port, _ := net.SplitHostPort(addr)
	return host + " " + port
}

func TestMigrate(t *testing.T) {
	s, here := startServer(t, "--enable-debug-command", "yes")
	_, there := startServer(t, "--enable-debug-command", "yes")
	a, b, to := dial(t, here), dial(t, there), placeOf(there)
	b.do("SELECT 9")
	for _, cmd := range []string{"SET key v", "SET key 123", "RPUSH key a b c", "SADD key a b c", "HSET key f v", "ZADD key 1 a 2 b", "SADD key 1 2 3"} {
		a.do("FLUSHALL")
		b.do("FLUSHALL")
		a.do(cmd)
		digest := a.do("DEBUG DIGEST-VALUE key")
		want(t, cmd, a.do("MIGRATE "+to+" key 9 5000 COPY"), "+OK\r\n")
		want(t, cmd, b.do("DEBUG DIGEST-VALUE key"), digest)
		want(t, cmd, a.do("MIGRATE "+to+" key 9 5000"), "-ERR Target instance replied with error: BUSYKEY Target key name already exists.\r\n")
		want(t, cmd, a.do("EXISTS key"), ":1\r\n")
		want(t, cmd, a.do("MIGRATE "+to+" key 9 5000 replace"), "+OK\r\n")
		want(t, cmd, a.do("EXISTS key"), ":0\r\n")
		want(t, cmd, b.do("DEBUG DIGEST-VALUE key"), digest)
	}
	want(t, "no key", a.do("MIGRATE "+to+" key 9 5000"), "+NOKEY\r\n")
	want(t, "no keys", a.do(`MIGRATE `+to+` "" 9 5000 KEYS`), "+NOKEY\r\n")
	want(t, "no such database", a.do("SET key v")+a.do("MIGRATE "+to+" key 16 5000"), "+OK\r\n-ERR Target instance replied with error: ERR DB index is out of range\r\n")
	want(t, "nothing is left there", b.do("FLUSHDB")+b.do("DBSIZE"), "+OK\r\n:0\r\n")
	want(t, "the key is still here", a.do("EXISTS key"), ":1\r\n")
	if n := infoField(a.do("INFO stats"), "migrate_cached_sockets"); n != "1" {
		t.Errorf("%s connections are kept", n)
	}
	s.links.closeIdle(0)
	if n := s.links.count(); n != 0 {
		t.Errorf("%d connections are kept", n)
	}
}

func TestMigrateManyKeys(t *testing.T) {
	_, here := startServer(t)
	_, there := startServer(t)
	a, b, to := dial(t, here), dial(t, there), placeOf(there)
	keys := func(name string, n int) (set, all []string) {
		set, all = []string{"MSET"}, []string{}
		for i := range n {
			set = append(set, fmt.Sprint(name, i), strings.Repeat("x", i*97%5000))
			all = append(all, fmt.Sprint(name, i))
		}
		return set, all
	}
	set, all := keys("k", 2000)
	a.do(arrayOf(set...))
	host, port, _ := net.SplitHostPort(there)
	cmd := append([]string{"MIGRATE", host, port, "", "0", "5000", "REPLACE", "KEYS", "none", "k5", "k6"}, all...) // k5, k6 are named twice
	want(t, "MIGRATE", a.do(arrayOf(cmd...)), "+OK\r\n")
	want(t, "here", a.do("DBSIZE"), ":0\r\n")
	want(t, "there", b.do("DBSIZE"), ":2000\r\n")
	want(t, "STRLEN", b.do("STRLEN k1999"), fmt.Sprintf(":%d\r\n", 1999*97%5000))

	a.do("MSET a 1 b 2 c 3 d 4")
	b.do("MSET b 0 c 0")
	want(t, "two are there", a.do("MIGRATE "+to+` "" 0 5000 KEYS a b c d`), "-ERR Target instance replied with error: BUSYKEY Target key name already exists.\r\n")
	want(t, "here", a.do("EXISTS a d")+a.do("EXISTS b c"), ":0\r\n:2\r\n")
	want(t, "there", b.do("MGET a b c d"), "*4\r\n$1\r\n1\r\n$1\r\n0\r\n$1\r\n0\r\n$1\r\n4\r\n")
	want(t, "twice", a.do("MIGRATE "+to+` "" 1 5000 KEYS b b`), "-ERR Target instance replied with error: BUSYKEY Target key name already exists.\r\n")
	want(t, "here", a.do("EXISTS b"), ":0\r\n")
}

func TestMigrateKeepsDeadlines(t *testing.T) {
	_, here := startServer(t)
	_, there := startServer(t)
	a, b, to := dial(t, here), dial(t, there), placeOf(there)
	a.do("SET key v PX 100000")
	a.do("SET lapsed v PX 1")
	a.do("HSET hash f v g w")
	a.do("HPEXPIRE hash 100000 FIELDS 1 f")
	time.Sleep(5 * time.Millisecond)
	want(t, "MIGRATE", a.do("MIGRATE "+to+` "" 0 5000 KEYS key lapsed hash`), "+OK\r\n")
	if ms, _ := strconv.Atoi(strings.TrimSpace(b.do("PTTL key")[1:])); ms < 90000 || ms > 100000 {
		t.Errorf("PTTL is %d", ms)
	}
	want(t, "lapsed", b.do("EXISTS lapsed"), ":0\r\n")
	if ttl := b.do("HPTTL hash FIELDS 2 f g"); !strings.HasPrefix(ttl, "*2\r\n:9") || !strings.HasSuffix(ttl, "\r\n:-1\r\n") {
		t.Errorf("HPTTL: %q", ttl)
	}
}

func TestMigrateAuth(t *testing.T) {
	_, here := startServer(t)
	_, there := startServer(t, "--requirepass", "secret")
	a, b, to := dial(t, here), dial(t, there), placeOf(there)
	b.do("AUTH secret")
	const refused = "-ERR Target instance replied with error: "
	for _, c := range [][2]string{
		{"AUTH secret", "+OK\r\n"}, {"AUTH2 default secret", "+OK\r\n"}, {"COPY AUTH secret REPLACE", "+OK\r\n"},
		{"", refused + "NOAUTH Authentication required.\r\n"}, {"AUTH wrong", refused + "WRONGPASS invalid username-password pair or user is disabled.\r\n"},
		{"AUTH2 nobody secret", refused + "WRONGPASS invalid username-password pair or user is disabled.\r\n"},
		{"AUTH", "-ERR syntax error\r\n"}, {"AUTH2 default", "-ERR syntax error\r\n"}, {"AUTH keys", refused + "WRONGPASS invalid username-password pair or user is disabled.\r\n"},
	} {
		a.do("SET key v")
		b.do("DEL key")
		want(t, c[0], a.do("MIGRATE "+to+" key 0 5000 "+c[0]), c[1])
		there, here := ":1\r\n", ":0\r\n"
		if c[1] != "+OK\r\n" {
			there, here = ":0\r\n", ":1\r\n"
		} else if strings.HasPrefix(c[0], "COPY") {
			here = ":1\r\n"
		}
		want(t, c[0], b.do("EXISTS key")+a.do("EXISTS key"), there+here)
	}
	b.do("CONFIG SET requirepass other")
	want(t, "an old password on a connection that was kept", a.do("MIGRATE "+to+" key 0 5000 AUTH secret"),
		refused+"WRONGPASS invalid username-password pair or user is disabled.\r\n")
}

func TestMigrateArguments(t *testing.T) {
	_, addr := startServer(t)
	w := dial(t, addr)
	w.do("SET key v")
	const notInt, noHost = "-ERR value is not an integer or out of range\r\n", "-IOERR error or timeout connecting to the client\r\n"
	const refused = "-IOERR error or timeout writing to target instance\r\n"
	for _, c := range [][2]string{
		{"h 1 key 0", "-ERR wrong number of arguments for 'migrate' command\r\n"},
		{"h 1 key x 0", notInt}, {"h 1 key 0 x", notInt}, {"h 1 key 0 99999999999999999999", notInt},
		{"h 1 key 0 0 what", "-ERR syntax error\r\n"},
		{"h 1 key 0 0 KEYS a", "-ERR When using MIGRATE KEYS option, the key argument must be set to the empty string\r\n"},
		{"h 1 none 0 0", "+NOKEY\r\n"}, {`"" 1 key 0 0`, noHost}, {"127.0.0.1 1 key 0 50", refused}, {"127.0.0.1 x key 0 50", refused}, {"127.0.0.1 65537 key 0 50", refused},
		{"127.0.0.1 -1 key 0 9223372036854775807", noHost},
	} {
		want(t, c[0], w.do("MIGRATE "+c[0]), c[1])
	}
	for cmd, keys := range map[string]string{
		"MIGRATE h 1 key 0 10":                               "*1\r\n$3\r\nkey\r\n",
		`MIGRATE h 1 "" 0 10 COPY KEYS a b`:                  "*2\r\n$1\r\na\r\n$1\r\nb\r\n",
		`MIGRATE h 1 "" 0 10 AUTH KEYS KEYS a`:               "*1\r\n$1\r\na\r\n",
		`MIGRATE h 1 "" 0 10 AUTH2 KEYS KEYS REPLACE keys a`: "*1\r\n$1\r\na\r\n",
	} {
		want(t, cmd, w.do("COMMAND GETKEYS "+cmd), keys)
	}
}

func TestMigrateHidesPasswords(t *testing.T) {
	s := &Server{cfg: config.Default()}
	spec := s.migrateSpec()
	for line, shown := range map[string]string{
		"migrate h 1 k 0 1 AUTH p COPY":           "migrate h 1 k 0 1 AUTH (redacted) COPY",
		"migrate h 1 k 0 1 auth2 u p":             "migrate h 1 k 0 1 auth2 (redacted) (redacted)",
		"migrate h 1 k 0 1 COPY KEYS auth p":      "migrate h 1 k 0 1 COPY KEYS auth p",
		"migrate h 1 k 0 1 AUTH2 u":               "migrate h 1 k 0 1 AUTH2 u",
		"migrate h 1 k 0 1 AUTH keys AUTH2 a b x": "migrate h 1 k 0 1 AUTH (redacted) AUTH2 (redacted) (redacted) x",
	} {
		var args [][]byte
		for _, a := range strings.Fields(line) {
			args = append(args, []byte(a))
		}
		hide := migrateSecrets(args)
		for _, i := range hide {
			args[i] = []byte("(redacted)")
		}
		var got []string
		for _, a := range args {
			got = append(got, string(a))
		}
		want(t, spec.Name, strings.Join(got, " "), shown)
	}
}

// target is a server that does what a test wants.
type target struct {
	net.Listener
	conns atomic.Int64
	wg    sync.WaitGroup
}

// startTarget answers each command with what answer says, and closes the connection when that is "". n counts connections from 1.
func startTarget(t *testing.T, answer func(n int64, args []string) string) *target {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &target{Listener: ln}
	end := make(chan struct{})
	t.Cleanup(func() {
		ln.Close()
		close(end)
		s.wg.Wait()
	})
	s.wg.Go(func() {
		for {
			nc, err := ln.Accept()
			if err != nil {
				return
			}
			n := s.conns.Add(1)
			s.wg.Go(func() {
				<-end
				nc.Close()
			})
			s.wg.Go(func() {
				defer nc.Close()
				r := bufio.NewReader(nc)
				for {
					args, err := readRequest(r)
					if err != nil {
						return
					}
					reply := answer(n, args)
					if reply == "" {
						return
					}
					io.WriteString(nc, reply)
				}
			})
		}
	})
	return s
}

func readRequest(r *bufio.Reader) (args []string, err error) {
	number := func(kind byte) (int, error) {
		line, err := r.ReadString('\n')
		if err != nil || line[0] != kind {
			return 0, errors.Join(err, errors.New(line))
		}
		return strconv.Atoi(strings.TrimSpace(line[1:]))
	}
	n, err := number('*')
	for range n {
		size, err := number('$')
		if err != nil {
			return nil, err
		}
		b := make([]byte, size+2)
		if _, err := io.ReadFull(r, b); err != nil {
			return nil, err
		}
		args = append(args, string(b[:size]))
	}
	return args, err
}

func TestMigrateOverBrokenConnections(t *testing.T) {
	_, addr := startServer(t)
	w := dial(t, addr)
	var keys []string // that were restored
	var do func(n int64, args []string) string
	var mu sync.Mutex
	s := startTarget(t, func(n int64, args []string) string {
		mu.Lock()
		defer mu.Unlock()
		if args[0] == "RESTORE" {
			keys = append(keys, args[1])
		}
		return do(n, args)
	})
	ok := func(int64, []string) string { return "+OK\r\n" }
	answer := func(fn func(n int64, args []string) string) {
		mu.Lock()
		defer mu.Unlock()
		do = fn
	}
	migrate := func(args string) string {
		mu.Lock()
		keys = nil
		mu.Unlock()
		return w.do("MIGRATE " + placeOf(s.Addr().String()) + ` "" 0 200 ` + args)
	}
	reset := func() int64 {
		w.do("MSET a 1 b 2 c 3")
		return s.conns.Load()
	}
	left := func() string { return w.do("EXISTS a b c") }

	before := reset()
	answer(ok)
	want(t, "good", migrate("COPY KEYS a b")+migrate("KEYS a b"), "+OK\r\n+OK\r\n")
	want(t, "good", left(), ":1\r\n")
	if n := s.conns.Load() - before; n != 1 {
		t.Errorf("%d connections", n)
	}

	before = reset()
	kept := before
	answer(func(n int64, args []string) string {
		if n == kept {
			return ""
		}
		return "+OK\r\n"
	})
	want(t, "kept and broken", migrate("KEYS a b c"), "+OK\r\n")
	want(t, "kept and broken", left(), ":0\r\n")
	if n := s.conns.Load() - before; n != 1 {
		t.Errorf("%d connections more", n)
	}

	before = reset()
	answer(func(int64, []string) string { return "" })
	want(t, "broken", migrate("KEYS a b c"), "-IOERR error or timeout reading to target instance\r\n")
	if n := s.conns.Load() - before; n != 1 {
		t.Errorf("%d connections more", n)
	}
	want(t, "broken", left(), ":3\r\n")

	answer(func(_ int64, args []string) string {
		if len(keys) == 3 {
			return ""
		}
		return "+OK\r\n"
	})
	want(t, "broken after two", migrate("KEYS a b c"), "-IOERR error or timeout reading to target instance\r\n")
	want(t, "broken after two", left(), ":1\r\n")

	reset()
	answer(func(_ int64, args []string) string {
		switch len(keys) {
		case 1:
			return "-WHAT now\r\n"
		case 3:
			return ""
		}
		return "+OK\r\n"
	})
	want(t, "refused and broken", migrate("KEYS a b c"), "-ERR Target instance replied with error: WHAT now\r\n")
	want(t, "refused and broken", left(), ":2\r\n")

	reset()
	answer(func(int64, []string) string { return "HTTP/1.1 400 Bad Request\r\n" })
	want(t, "no Redis", migrate("KEYS a b c"), "-ERR Target instance replied with error: HTTP/1.1 400 Bad Request\r\n")
	want(t, "no Redis", left()+fmt.Sprint(keys), ":3\r\n[]")
}

// TestMigrateWaits: while the target does not answer, everything else goes on; after the time-out the key is still there.
func TestMigrateWaits(t *testing.T) {
	_, addr := startServer(t)
	silent := startTarget(t, func(_ int64, args []string) string {
		if args[0] == "RESTORE" {
			time.Sleep(600 * time.Millisecond)
		}
		return "+OK\r\n"
	})
	w := dial(t, addr)
	w.do("SET key v")
	var waiting []*wire
	for range 20 { // more than there are workers
		m := dial(t, addr)
		m.send("MIGRATE " + placeOf(silent.Addr().String()) + " key 0 300")
		waiting = append(waiting, m)
	}
	eventually(t, "connected", func() bool { return silent.conns.Load() == 20 })
	start := time.Now()
	for range 20 {
		want(t, "SET", w.do("SET key v"), "+OK\r\n")
		want(t, "KEYS", w.do("KEYS *"), "*1\r\n$3\r\nkey\r\n")
	}
	if d := time.Since(start); d > 200*time.Millisecond {
		t.Errorf("others waited for %v", d)
	}
	for _, m := range waiting {
		want(t, "MIGRATE", m.reply(), "-IOERR error or timeout reading to target instance\r\n")
	}
	want(t, "GET", w.do("GET key"), "$1\r\nv\r\n")
}

// TestMigrateOfChangedKeys: what others write while the target takes a key is not lost.
func TestMigrateOfChangedKeys(t *testing.T) {
	_, addr := startServer(t)
	w, other := dial(t, addr), dial(t, addr)
	var change string
	var payloads []string
	times := 0
	var mu sync.Mutex
	s := startTarget(t, func(_ int64, args []string) string {
		mu.Lock()
		defer mu.Unlock()
		if args[0] == "RESTORE" {
			payloads = append(payloads, args[3])
			if args[1] == "a" && len(payloads) <= times {
				other.do(change)
			}
		}
		return "+OK\r\n"
	})
	const changed = "-ERR Some keys were changed here while the target instance took them, which has them as they were before\r\n"
	for _, c := range []struct {
		change  string
		replace string
		times   int
		reply   string
		left    string // of a and b
		sent    int    // keys
	}{
		{"SET a 2", "", 9, changed, ":1\r\n", 2},
		{"SET a 2", "REPLACE", 1, "+OK\r\n", ":0\r\n", 3},
		{"APPEND a 2", "REPLACE", 9, changed, ":1\r\n", 5},
		{"SET a 1", "", 9, "+OK\r\n", ":0\r\n", 2}, // to what it was
		{"PEXPIRE a 10000", "", 9, changed, ":1\r\n", 2},
		{"DEL a", "", 9, changed, ":0\r\n", 2},
		{"DEL a", "REPLACE", 9, changed, ":0\r\n", 2},
		{"SET a 2", "COPY", 9, "+OK\r\n", ":2\r\n", 2},
	} {
		w.do("FLUSHALL")
		w.do("MSET a 1 b 1")
		mu.Lock()
		payloads, change, times = nil, c.change, c.times
		mu.Unlock()
		want(t, c.change+c.replace, w.do("MIGRATE "+placeOf(s.Addr().String())+` "" 0 5000 `+c.replace+` KEYS a b`), c.reply)
		want(t, c.change+c.replace, w.do("EXISTS a b"), c.left)
		mu.Lock()
		if len(payloads) != c.sent {
			t.Errorf("%s %s: %d keys sent", c.change, c.replace, len(payloads))
		}
		mu.Unlock()
	}
	w.do("SET a 1 PX 50")
	slow := startTarget(t, func(_ int64, args []string) string {
		if args[0] == "RESTORE" {
			time.Sleep(60 * time.Millisecond)
		}
		return "+OK\r\n"
	})
	want(t, "a key that lapses meanwhile", w.do("MIGRATE "+placeOf(slow.Addr().String())+` a 0 5000`), "+OK\r\n")
}

func TestMigrateInExec(t *testing.T) {
	_, here := startServer(t)
	_, there := startServer(t)
	a, b, to := dial(t, here), dial(t, there), placeOf(there)
	a.do("MULTI")
	for _, cmd := range []string{"SET key v", "MIGRATE " + to + " key 0 5000", "EXISTS key", "MIGRATE " + to + " key 0 5000"} {
		want(t, cmd, a.do(cmd), "+QUEUED\r\n")
	}
	want(t, "EXEC", a.do("EXEC"), "*4\r\n+OK\r\n+OK\r\n:0\r\n+NOKEY\r\n")
	want(t, "GET", b.do("GET key"), "$1\r\nv\r\n")
}

// TestMigrateTellsOthers: a key that has moved is a key that was deleted.
func TestMigrateTellsOthers(t *testing.T) {
	_, here := startServer(t, "--notify-keyspace-events", "KEA")
	_, there := startServer(t)
	a, watcher, sub, to := dial(t, here), dial(t, here), dial(t, here), placeOf(there)
	a.do("SET key v")
	sub.do("SUBSCRIBE __keyevent@0__:del")
	watcher.do("WATCH key")
	changes := infoField(a.do("INFO persistence"), "rdb_changes_since_last_save")
	want(t, "MIGRATE", a.do("MIGRATE "+to+" key 0 5000"), "+OK\r\n")
	want(t, "message", sub.reply(), "*3\r\n$7\r\nmessage\r\n$18\r\n__keyevent@0__:del\r\n$3\r\nkey\r\n")
	watcher.do("MULTI")
	want(t, "EXEC", watcher.do("EXEC"), "*-1\r\n")
	if now := infoField(a.do("INFO persistence"), "rdb_changes_since_last_save"); changes != "1" || now != "2" {
		t.Errorf("%s changes, then %s", changes, now)
	}
}

// TestMigrateToItself: the server is no exception.
func TestMigrateToItself(t *testing.T) {
	_, addr := startServer(t)
	w := dial(t, addr)
	w.do("SET key v")
	want(t, "MIGRATE", w.do("MIGRATE "+placeOf(addr)+" key 1 5000"), "+OK\r\n")
	w.do("SELECT 1")
	want(t, "GET", w.do("GET key"), "$1\r\nv\r\n")
}

// TestEndWhileMigrating: the end of the server does not wait for a target.
func TestEndWhileMigrating(t *testing.T) {
	s, addr := startServer(t)
	silent := startTarget(t, func(int64, []string) string {
		time.Sleep(time.Second)
		return "+OK\r\n"
	})
	w := dial(t, addr)
	w.do("SET key v")
	w.send("MIGRATE " + placeOf(silent.Addr().String()) + " key 0 100000")
	eventually(t, "connected", func() bool { return silent.conns.Load() == 1 })
	start := time.Now()
	s.Shutdown(0)
	s.exit <- s.Wait() // for the one who waits at the end of the test
	if d := time.Since(start); d > 500*time.Millisecond {
		t.Errorf("took %v", d)
	}
}

// TestMigrateIsNotLogged: what is logged is that the keys are gone, also if the log is turned on meanwhile.
func TestMigrateIsNotLogged(t *testing.T) {
	m := fsystest.NewMem()
	_, addr := startServerOn(t, m)
	w, other := dial(t, addr), dial(t, addr)
	n := 0
	target := startTarget(t, func(_ int64, args []string) string {
		if args[0] == "RESTORE" {
			switch n++; n {
			case 1:
				other.do("SET b 2") // so that there is a second round
			case 3:
				other.do("CONFIG SET appendonly yes")
				rewritten(t, other)
				return "-ERR no\r\n"
			}
		}
		return "+OK\r\n"
	})
	w.do("MSET a 1 b 1")
	want(t, "MIGRATE", w.do("MIGRATE "+placeOf(target.Addr().String())+` "" 0 5000 REPLACE AUTH sesame KEYS a b`), "-ERR Target instance replied with error: ERR no\r\n")
	w.do("SET x 1")
	want(t, "log", logText(m), "SELECT 0\nSET x 1")
	_, addr = startServerOn(t, m.Kill(), "--appendonly", "yes")
	want(t, "keys", dial(t, addr).do("DBSIZE"), ":2\r\n")
}

// TestMigrateWaitsForPause: while writes are paused no key goes.
func TestMigrateWaitsForPause(t *testing.T) {
	_, addr := startServer(t)
	w, other, pauser := dial(t, addr), dial(t, addr), dial(t, addr)
	target := startTarget(t, func(_ int64, args []string) string {
		if args[0] == "RESTORE" {
			pauser.do("CLIENT PAUSE 100000 WRITE")
		}
		return "+OK\r\n"
	})
	w.do("SET a 1")
	w.send("MIGRATE " + placeOf(target.Addr().String()) + " a 0 5000")
	if !w.quietFor(50 * time.Millisecond) {
		t.Error("it does not wait")
	}
	want(t, "EXISTS", other.do("EXISTS a"), ":1\r\n")
	other.do("CLIENT UNPAUSE")
	want(t, "MIGRATE", w.reply(), "+OK\r\n")
	want(t, "EXISTS", other.do("EXISTS a"), ":0\r\n")
}

// TestMigrateToStrangers: after an answer that is neither OK nor an error the connection is not used again.
func TestMigrateToStrangers(t *testing.T) {
	_, addr := startServer(t)
	w := dial(t, addr)
	target := startTarget(t, func(conn int64, args []string) string {
		switch {
		case args[0] != "RESTORE":
			return "+OK\r\n"
		case conn == 1:
			return "$3\r\n"
		}
		return "-ERR refused\r\n"
	})
	w.do("SET a 1")
	want(t, "a strange answer", w.do("MIGRATE "+placeOf(target.Addr().String())+" a 0 5000"), "-ERR Target instance replied with error: $3\r\n")
	want(t, "another try", w.do("MIGRATE "+placeOf(target.Addr().String())+" a 0 5000"), "-ERR Target instance replied with error: ERR refused\r\n")
	want(t, "EXISTS", w.do("EXISTS a"), ":1\r\n")
}

// TestMigrateWaitsForLoading: what is half loaded is not sent.
func TestMigrateWaitsForLoading(t *testing.T) {
	s, addr := startServer(t)
	w := dial(t, addr)
	target := startTarget(t, func(int64, []string) string {
		s.setGate(gateLoading, true) // since the command has passed
		return "+OK\r\n"
	})
	w.do("SET a 1")
	w.send("MIGRATE " + placeOf(target.Addr().String()) + " a 0 5000 COPY AUTH x")
	if !w.quietFor(50 * time.Millisecond) {
		t.Error("it does not wait")
	}
	target.Close()
	s.setGate(gateLoading, false)
	w.reply()
}
