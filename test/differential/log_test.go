package differential

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"radish/test/harness"
)

// TestLog runs random commands from several clients on a server with an append only file, kills it, and has the file loaded: by the server started
// again, and, but for what it does not know, by redis-server. RADISH_SEED and RADISH_COMMANDS are those of TestRandom.
func TestLog(t *testing.T) {
	seed := uint64(time.Now().UnixNano()) % 1e9
	if os.Getenv("RADISH_SEED") != "" {
		seed = uint64(envInt(t, "RADISH_SEED", 0))
	}
	n := envInt(t, "RADISH_COMMANDS", 4000)
	for _, preamble := range []string{"yes", "no"} {
		for _, fields := range []bool{false, true} {
			t.Run(fmt.Sprintf("seed=%d preamble=%s fields=%v", seed, preamble, fields), func(t *testing.T) {
				s := harness.Start(t, harness.Radish(t), "--appendonly", "yes", "--aof-use-rdb-preamble", preamble, "--appendfsync", "no", "--io-threads", "2")
				var wg sync.WaitGroup
				for i := range 4 {
					c := s.Conn(t)
					wg.Go(func() { runLogged(t, c, seed+uint64(i), n/4, fields, i == 0) })
				}
				wg.Wait()
				time.Sleep(30 * time.Millisecond) // what had a few ms to live is gone
				c := s.Conn(t)
				want := digests(c)
				s.Crash()
				c = s.Conn(t)
				sameDigests(t, "loaded", digests(c), want)
				if !fields {
					loadsInRedis(t, s)
				}
				c.Ok("BGREWRITEAOF")
				c.AwaitRewrite()
				s.Crash()
				c = s.Conn(t)
				sameDigests(t, "rewritten and loaded", digests(c), want)
				if !fields {
					loadsInRedis(t, s)
				}
			})
		}
	}
}

// digests are those of all keys, with deadline and type.
func digests(c *harness.Conn) map[string]string {
	all := map[string]string{}
	for n := range 16 {
		db := strconv.Itoa(15 - n)
		c.Ok("SELECT", db)
		for _, k := range c.Ok("KEYS", "*").Value.Elems {
			key := string(k.Text)
			typ := c.Do("TYPE", key).String()
			value := c.Do("DEBUG", "DIGEST-VALUE", key).String()
			if typ == "+zset" { // not its digest: while a sorted set is compact, a score of -0 becomes 0, as in Redis 7.2
				value = strings.ReplaceAll(c.Do("ZRANGE", key, "0", "-1", "WITHSCORES").String(), `"-0"`, `"0"`)
			}
			all[fmt.Sprintf("%s %q", db, key)] = fmt.Sprint(value, c.Do("PEXPIRETIME", key), typ)
		}
	}
	return all
}

func sameDigests(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	for k := range want {
		if got[k] != want[k] {
			t.Errorf("%s: %s is %s, not %s", what, k, got[k], want[k])
		}
	}
	for k := range got {
		if want[k] == "" {
			t.Errorf("%s: there is %s", what, k)
		}
	}
}

// loadsInRedis has redis-server load a copy of the files, and compares all keys.
func loadsInRedis(t *testing.T, s *harness.Server) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(filepath.Join(dir, "appendonlydir"), os.DirFS(filepath.Join(s.Dir, "appendonlydir"))); err != nil {
		t.Fatal(err)
	}
	redis := harness.Start(t, harness.Redis(t), "--dir", dir, "--appendonly", "yes")
	theirs, ours := redis.Conn(t), s.Conn(t)
	for n := range 16 {
		db := strconv.Itoa(n)
		theirs.Ok("SELECT", db)
		ours.Ok("SELECT", db)
		keys := map[string]bool{}
		for _, c := range []*harness.Conn{theirs, ours} {
			for _, k := range c.Ok("KEYS", "*").Value.Elems {
				keys[string(k.Text)] = true
			}
		}
		for k := range keys {
			for _, look := range [][]string{{"DEBUG", "DIGEST-VALUE", k}, {"PEXPIRETIME", k}} {
				a, b := theirs.Do(look...), ours.Do(look...)
				if a.String() != b.String() && !sameScores(theirs, ours, k) {
					t.Errorf("db %s, key %q, %s: redis-server says %s, not %s", db, k, look[0], a, b)
				}
			}
		}
	}
}

// sameScores says whether a key is the same sorted set in both: redis-server 7.0 prints scores, and makes digests of them, in another way than 7.2.
func sameScores(theirs, ours *harness.Conn, key string) bool {
	ck := Check{Doubles: true}
	look := []string{"ZRANGE", key, "0", "-1", "WITHSCORES"}
	a, b := theirs.Do(look...), ours.Do(look...)
	return !a.IsError() && !b.IsError() && ck.differ(a, b) == ""
}

// runLogged sends the commands of a seed, as they are, in MULTI or in pipelines, and among them such as depend on chance and on the clock.
// Now and then whole databases are exchanged or emptied, if that is wanted.
func runLogged(t *testing.T, c *harness.Conn, seed uint64, n int, fields, databases bool) {
	g := newGenerator(seed)
	var batch [][]string
	multi := false
	flush := func() {
		sent := 0
		send := func(args ...string) {
			if err := c.Send(args...); err != nil {
				t.Error(err)
			}
			sent++
		}
		if multi {
			send("MULTI")
		}
		for _, args := range batch {
			send(args...)
		}
		if multi {
			send("EXEC")
		}
		for range sent {
			if _, err := c.Read(); err != nil {
				t.Error(err)
				return
			}
		}
		batch, multi = batch[:0], g.chance(30)
	}
	for range n {
		args := chancy(g, fields)
		if g.chance(60) {
			args = g.next().args
		}
		if databases && g.chance(1) {
			args = [][]string{{"SWAPDB", "0", "1"}, {"FLUSHDB"}, {"FLUSHALL"}, {"FLUSHDB", "ASYNC"}}[g.r.IntN(4)]
		}
		if len(args) == 0 || !loggable(args, fields) {
			continue
		}
		if batch = append(batch, args); g.chance(20) {
			flush()
		}
	}
	flush()
}

// loggable says whether a command may be sent here: one that neither waits without end nor is about the connection.
func loggable(args []string, fields bool) bool {
	name := strings.ToUpper(args[0])
	switch name {
	case "FLUSHALL", "FLUSHDB", "SWAPDB", "SELECT":
		return true
	case "DEBUG", "PFDEBUG", "PFSELFTEST", "WATCH", "MULTI", "EXEC", "DISCARD", "HELLO", "RESET", "QUIT", "CLIENT", "CONFIG", "SUBSCRIBE", "MONITOR", "KEYS":
		return false
	case "HEXPIRE", "HPEXPIRE", "HEXPIREAT", "HPEXPIREAT", "HPERSIST":
		return fields
	}
	return name != "" && (name[0] != 'B' || strings.HasPrefix(name, "BIT"))
}

// chancy is a command whose effect is another one each time.
func chancy(g *generator, fields bool) []string {
	short := strconv.Itoa(1 + g.r.IntN(8))
	count := strconv.Itoa(g.r.IntN(20))
	set, list, zset, hash, key := g.keyOf("s"), g.keyOf("l"), g.keyOf("z"), g.keyOf("h"), g.key()
	ops := [][]string{
		{"SADD", set, g.value(), g.number(), g.number(), g.value()}, {"SPOP", set}, {"SPOP", set, count}, {"SET", key, g.value(), "PX", short}, {"PSETEX", key, short, g.value()},
		{"SET", key, g.value(), "EX", "1000", "GET"}, {"GETEX", key, "PX", short}, {"GETEX", key, "EX", "100"}, {"GETEX", key, "PERSIST"}, {"GETDEL", key}, {"PEXPIRE", g.anyKey(), short},
		{"EXPIRE", g.anyKey(), "1000", g.pick("NX", "XX", "GT", "LT")}, {"EXPIRE", g.anyKey(), "-1"}, {"INCRBYFLOAT", key, "0.1"}, {"HINCRBYFLOAT", hash, g.value(), "0.1"},
		{"HSET", hash, "f" + short, g.value(), "g", g.value()}, {"LMPOP", "2", list, g.keyOf("l"), "LEFT", "COUNT", short}, {"ZMPOP", "2", zset, g.keyOf("z"), "MAX", "COUNT", short},
		{"BLPOP", list, g.keyOf("l"), "0.001"}, {"BRPOP", list, "0.001"}, {"BLMOVE", list, g.keyOf("l"), "LEFT", "RIGHT", "0.001"}, {"BRPOPLPUSH", list, g.keyOf("l"), "0.001"},
		{"BLMPOP", "0.001", "1", list, "RIGHT", "COUNT", short}, {"BZPOPMIN", zset, "0.001"}, {"BZMPOP", "0.001", "1", zset, "MIN", "COUNT", short},
		{"RPUSH", list, g.value(), g.value(), g.value()}, {"ZADD", zset, "1", g.value(), "2", g.value()}, {"SUNIONSTORE", set, g.keyOf("s"), g.keyOf("s")}, {"SORT", list, "ALPHA", "BY", "k*", "GET", "k*", "GET", "#", "STORE", g.keyOf("l")},
		{"SINTERSTORE", set, g.keyOf("s"), g.keyOf("s")}, {"ZUNIONSTORE", zset, "2", g.keyOf("z"), g.keyOf("z")}, {"RENAME", key, g.key()}, {"COPY", g.anyKey(), g.anyKey(), "REPLACE"}, {"MOVE", g.anyKey(), "1"}, {"SELECT", g.pick("0", "0", "1")},
	}
	if fields {
		ops = append(ops, []string{"HPEXPIRE", hash, short, "FIELDS", "2", "g", "f" + short}, []string{"HEXPIRE", hash, "1000", "FIELDS", "1", "g"}, []string{"HEXPIRE", hash, "0", "FIELDS", "1", "g"})
	}
	args := ops[g.r.IntN(len(ops))]
	return slices.Clone(args)
}
