package server

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"radish/persist/fsys/fsystest"
)

// logText is what is in the log's first INCR file, a command to a line.
func logText(m *fsystest.Mem) string {
	const file = "/appendonlydir/appendonly.aof.1.incr.aof"
	var out []string
	for _, cmd := range strings.Split(string(m.ReadFile(file)), "*")[1:] {
		lines := strings.Split(strings.TrimSuffix(cmd, "\r\n"), "\r\n")
		var words []string
		for i := 2; i < len(lines); i += 2 {
			words = append(words, lines[i])
		}
		out = append(out, strings.Join(words, " "))
	}
	return strings.Join(out, "\n")
}

// TestEffects: what commands are logged as. Times are written as T, as they depend on the clock.
func TestEffects(t *testing.T) {
	for _, c := range []struct{ commands, logged string }{
		{"SET k v", "SET k v"},
		{"SET k v EX 100|SET k v PX 5000 NX|SETEX k 100 v|PSETEX k 5000 v|SET k v EXAT 33177117420", "SET k v PXAT T|SET k v PXAT T|SET k v PXAT T|SET k v PXAT 33177117420000"},
		{"SET k v|SET k w GET|SET k w KEEPTTL|SET k x NX|SET absent x XX|GET k|SETNX k v", "SET k v|SET k w|SET k w KEEPTTL"},
		{"SET k 1|EXPIRE k 100|PEXPIRE k 5000 XX|EXPIREAT k 33177117420|PERSIST k|PERSIST k", "SET k 1|PEXPIREAT k T|PEXPIREAT k T|PEXPIREAT k 33177117420000|PERSIST k"},
		{"SET k 1|EXPIRE k -1|EXPIRE k 1", "SET k 1|DEL k"},
		{"SET k 1|GETEX k EX 100|GETEX k PERSIST|GETEX k PERSIST|GETEX k|GETDEL k|GETDEL k", "SET k 1|PEXPIREAT k T|PERSIST k|DEL k"},
		{"SET k 1|GETEX k PXAT 1", "SET k 1|DEL k"},
		{"INCRBYFLOAT k 1.5|HINCRBYFLOAT h f 0.5|HINCRBY h f2 2", "SET k 1.5 KEEPTTL|HSET h f 0.5|HINCRBY h f2 2"},
		{"HSET h f 1 g 2|HEXPIRE h 100 FIELDS 3 f absent g|HINCRBYFLOAT h f 1|HPEXPIRE h 0 FIELDS 1 f|HPERSIST h FIELDS 1 g|HPERSIST h FIELDS 1 g",
			"HSET h f 1 g 2|HPEXPIREAT h T FIELDS 2 f g|MULTI|HSET h f 2|HPEXPIREAT h T FIELDS 1 f|EXEC|HDEL h f|HPERSIST h FIELDS 1 g"},
		{"SADD s a|SPOP s|SADD s a b|SPOP s 2|SPOP s", "SADD s a|SREM s a|SADD s a b|DEL s"},
		{"RPUSH l a b c|LMPOP 2 none l LEFT COUNT 2|BLPOP l 0|BRPOP l 0.01", "RPUSH l a b c|LPOP l 2|LPOP l"},
		{"RPUSH l a b c|BLMPOP 0 1 l RIGHT|BRPOPLPUSH l m 0|BLMOVE l m LEFT RIGHT 0|LMOVE m l LEFT LEFT", "RPUSH l a b c|RPOP l|RPOPLPUSH l m|LMOVE l m LEFT RIGHT|LMOVE m l LEFT LEFT"},
		{"ZADD z 1 a 2 b 3 c 4 d 5 e|ZMPOP 1 z MAX|BZMPOP 0 1 z MIN COUNT 2|BZPOPMIN z 0|BZPOPMAX z 0", "ZADD z 1 a 2 b 3 c 4 d 5 e|ZPOPMAX z|ZPOPMIN z 2|ZPOPMIN z|ZPOPMAX z"},
		{"RPUSH l 2 1|SET w1 9|SET w2 8|SORT l STORE s|SORT l BY w* STORE s", "RPUSH l 2 1|SET w1 9|SET w2 8|SORT l STORE s|MULTI|DEL s|RPUSH s 2 1|EXEC"},
		{"MULTI|SET k 1|EXEC|MULTI|SET k 1|INCR k|GET k|EXEC|MULTI|GET k|EXEC|MULTI|DEL absent|EXEC", "SET k 1|MULTI|SET k 1|INCR k|EXEC"},
		{"SELECT 3|SET k 1|MULTI|SET k 2|SELECT 4|SET k 3|EXEC|SET k 4|FLUSHDB|FLUSHALL|SWAPDB 0 1|MOVE k 2", "SELECT 3|SET k 1|MULTI|SET k 2|SELECT 4|SET k 3|EXEC|SET k 4|FLUSHDB|FLUSHALL|SWAPDB 0 1"},
		{"SET a 1|SELECT 2|MULTI|SET k 1|INCR k|EXEC|SELECT 0|MULTI|SET b 1|EXEC", "SET a 1|MULTI|SELECT 2|SET k 1|INCR k|EXEC|SELECT 0|SET b 1"},
		{"DEL absent|LPOP absent|SREM absent a|EXPIRE absent 1|FLUSHDB", "FLUSHDB"},
		{"SET k v PX 1|DEBUG SLEEP 0.01|GET k|SET k w", "SET k v PXAT T|DEL k|SET k w"},
		{"DEBUG SET-ACTIVE-EXPIRE 0|SET k v PX 1|SADD s a|DEBUG SLEEP 0.01|SUNIONSTORE d k s", "SET k v PXAT T|SADD s a|DEL k|SUNIONSTORE d k s"},
		{"DEBUG SET-ACTIVE-EXPIRE 0|SET k v PX 1|DEBUG SLEEP 0.01|MULTI|SET a 1|SWAPDB 0 1|SELECT 1|APPEND k x|EXEC", "SET k v PXAT T|MULTI|SET a 1|SWAPDB 0 1|SELECT 1|DEL k|APPEND k x|EXEC"},
		{"DEBUG SET-ACTIVE-EXPIRE 0|HSET h f 1 g 1|HPEXPIRE h 1 FIELDS 1 f|DEBUG SLEEP 0.01|HINCRBY h f 1", "HSET h f 1 g 1|HPEXPIREAT h T FIELDS 1 f|HDEL h f|HINCRBY h f 1"},
		{"CONFIG SET lazyfree-lazy-expire yes|SET k v|EXPIRE k 0", "SET k v|UNLINK k"},
	} {
		m := fsystest.NewMem()
		_, addr := startServerOn(t, m, "--appendonly", "yes", "--enable-debug-command", "yes")
		w := dial(t, addr)
		for _, line := range strings.Split(c.commands, "|") {
			if reply := w.do(line); strings.HasPrefix(reply, "-") {
				t.Errorf("%s: %s", line, reply)
			}
		}
		want := strings.ReplaceAll(c.logged, "|", "\n")
		if !strings.HasPrefix(want, "SELECT") && !strings.HasPrefix(want, "FLUSH") {
			want = "SELECT 0\n" + want
		}
		got := regexp.MustCompile(`\b1[78]\d{11}\b`).ReplaceAllString(logText(m), "T")
		if got = strings.TrimPrefix(got, "SELECT 0\nFLUSHDB"); got == "" {
			got = "FLUSHDB"
		}
		if got != want {
			t.Errorf("%s\nis logged as\n%s\nnot\n%s", c.commands, got, want)
		}
	}
}

// TestEffectsOfServing: who waits is served behind the command that serves.
func TestEffectsOfServing(t *testing.T) {
	m := fsystest.NewMem()
	_, addr := startServerOn(t, m, "--appendonly", "yes")
	a, b, c := dial(t, addr), dial(t, addr), dial(t, addr)
	a.send("BLMOVE l m LEFT RIGHT 0")
	b.send("BZMPOP 0 1 z MIN COUNT 3")
	eventually(t, "two clients wait", func() bool { return savedField(c, "clients", "blocked_clients") == "2" })
	for _, line := range []string{"MULTI", "RPUSH l x y", "INCR n", "ZADD z 1 a 2 b", "EXEC"} {
		c.do(line)
	}
	want(t, "BLMOVE", a.reply(), "$1\r\nx\r\n")
	b.reply()
	want(t, "log", logText(m), strings.Join([]string{"MULTI", "SELECT 0", "RPUSH l x y", "INCR n", "ZADD z 1 a 2 b", "EXEC", "LMOVE l m LEFT RIGHT", "ZPOPMIN z 2"}, "\n"))
}

// TestEffectsOfTheServer: lapsing and eviction are logged too, though no command asks for them.
func TestEffectsOfTheServer(t *testing.T) {
	m := fsystest.NewMem()
	_, addr := startServerOn(t, m, "--appendonly", "yes", "--maxmemory-policy", "allkeys-random")
	w := dial(t, addr)
	w.do("SET k v PX 5")
	w.do("HSET h f 1 g 2 i 3")
	w.do("HPEXPIRE h 5 FIELDS 2 f g")
	eventually(t, "both are logged", func() bool {
		text := logText(m)
		return strings.Contains(text, "\nDEL k") && (strings.Contains(text, "\nHDEL h f g") || strings.Contains(text, "\nHDEL h g f"))
	})
	for i := range 100 {
		w.do("SET " + strings.Repeat("x", i+1) + " " + strings.Repeat("v", 1000))
	}
	w.do("CONFIG SET maxmemory 1")
	eventually(t, "evicted keys are logged", func() bool { return strings.Count(logText(m), "\nDEL x") == 100 })
}

// TestBigEffects: of what a worker takes over piece by piece the log still needs the whole.
func TestBigEffects(t *testing.T) {
	m := fsystest.NewMem()
	_, addr := startServerOn(t, m, "--appendonly", "yes")
	w := dial(t, addr)
	value := strings.Repeat("x", 9<<20)
	for _, args := range [][]string{{"SET", "a", value}, {"SETEX", "b", "1000", value}, {"MSET", "c", value, "d", value}, {"APPEND", "e", value}, {"RPUSH", "l", value}} {
		w.write(encoded(args...))
		w.reply()
	}
	_, addr = startServerOn(t, m.Kill(), "--appendonly", "yes")
	w = dial(t, addr)
	for _, k := range []string{"a", "b", "c", "d", "e"} {
		if got := w.do("GET " + k); strings.Count(got, "x") != len(value) {
			t.Errorf("%s has %d of %d bytes", k, strings.Count(got, "x"), len(value))
		}
	}
	if got := w.do("LINDEX l 0"); strings.Count(got, "x") != len(value) {
		t.Errorf("l has %d of %d bytes", strings.Count(got, "x"), len(value))
	}
}

// keyOf is a key of a shard.
func keyOf(s *Server, prefix string, shard func(int) bool) string {
	for i := 0; ; i++ {
		k := prefix + strconv.Itoa(i)
		if shard(s.store.ShardOf(s.store.Key([]byte(k)).H)) {
			return k
		}
	}
}

// TestLapsedElsewhere: what a command has taken for gone is deleted by it only where it may write.
func TestLapsedElsewhere(t *testing.T) {
	s, addr := startServerOn(t, fsystest.NewMem(), "--appendonly", "yes", "--enable-debug-command", "yes")
	w, o := dial(t, addr), dial(t, addr)
	o.do("DEBUG SET-ACTIVE-EXPIRE 0")
	here := func(i int) bool { return i == 0 }
	there := func(i int) bool { return i != 0 }
	a, b, c := keyOf(s, "a", here), keyOf(s, "b", here), keyOf(s, "c", there)
	lapse := func(keys ...string) {
		for _, k := range keys {
			o.do("RPUSH " + k + " 1")
			o.do("PEXPIRE " + k + " 1")
		}
		time.Sleep(5 * time.Millisecond)
	}
	lapse(b, c)
	w.send("BLPOP " + b + " " + a + " " + c + " 0")
	eventually(t, "it waits", func() bool { return savedField(o, "clients", "blocked_clients") == "1" })
	shard := s.store.ShardOf(s.store.Key([]byte(c)).H)
	s.store.LockLong(shard)
	before := s.expiredKeys.Load()
	o.do("RPUSH " + a + " v")
	w.reply()
	if n := s.expiredKeys.Load() - before; n > 1 {
		t.Errorf("%d keys are deleted while the shard of one of them is locked", n)
	}
	s.store.UnlockLong(shard)

	source, dest := keyOf(s, "source", here), keyOf(s, "dest", there)
	o.do("RPUSH " + dest + " x") // so that SORT changes something
	lapse(source)
	before = s.expiredKeys.Load()
	s.store.RLock(0)
	w.send("SORT " + source + " BY w_* STORE " + dest)
	want(t, "SORT", w.reply(), ":0\r\n")
	if n := s.expiredKeys.Load() - before; n != 0 {
		t.Error("a key is deleted while others read its shard")
	}
	s.store.RUnlock(0)
}
