package differential

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"radish/test/harness"
)

// TestMigrate moves values of all types from each server to the other and back, and compares what MIGRATE replies.
func TestMigrate(t *testing.T) {
	redis, radish := harness.Start(t, harness.Redis(t)), harness.Start(t, harness.Radish(t))
	r := rand.New(rand.NewPCG(1, 2))
	for _, pair := range [][2]*harness.Server{{redis, radish}, {radish, redis}} {
		from, to := pair[0].Conn(t), pair[1].Conn(t)
		to.Ok("SELECT", "9")
		port := strconv.Itoa(pair[1].Port)
		for _, n := range []int{1, 100, 5000} {
			from.Ok("FLUSHALL")
			to.Ok("FLUSHALL")
			move := []string{"MIGRATE", "127.0.0.1", port, "", "9", "5000", "KEYS", "none"}
			digests := map[string]string{}
			for _, cmd := range valuesOf(r, n, 50) {
				key := cmd[1]
				from.Do(cmd...)
				from.Do("PEXPIRE", key, "100000000")
				digests[key] = valueDigest(from, key)
				move = append(move, key)
			}
			from.Ok(move...)
			if left := from.Int("DBSIZE"); left != 0 {
				t.Errorf("%d keys are left", left)
			}
			for key, digest := range digests {
				if now := valueDigest(to, key); now != digest {
					t.Errorf("%s: %s, was %s", key, now, digest)
				}
				if ttl := to.Int("PTTL", key); ttl < 99000000 || ttl > 100000000 {
					t.Errorf("%s lapses in %d", key, ttl)
				}
			}
		}
	}
}

// TestMigrateReplies: both servers answer the same, and leave the same keys here and there.
func TestMigrateReplies(t *testing.T) {
	redis, radish := harness.Start(t, harness.Redis(t)), harness.Start(t, harness.Radish(t))
	open, locked := harness.Start(t, harness.Redis(t)), harness.Start(t, harness.Redis(t), "--requirepass", "secret")
	o, l := open.Conn(t), locked.Conn(t)
	l.Ok("AUTH", "secret")
	for _, c := range []struct {
		to   *harness.Server // nil: nobody listens
		args []string        // after host and port
	}{
		{open, []string{"a", "0", "1000"}}, {open, []string{"a", "0", "0", "COPY"}}, {open, []string{"a", "0", "-5", "replace"}}, {open, []string{"none", "0", "1000"}},
		{open, []string{"", "0", "1000", "KEYS", "a", "b", "none"}}, {open, []string{"", "0", "1000", "REPLACE", "KEYS", "a", "a"}},
		{open, []string{"", "0", "1000", "KEYS", "a", "a"}}, {open, []string{"", "0", "1000", "KEYS"}}, {open, []string{"a", "0", "1000", "KEYS", "a"}},
		{open, []string{"", "0", "1000"}}, {open, []string{"", "0", "1000", "KEYS", "busy", "a"}}, {open, []string{"", "0", "1000", "REPLACE", "KEYS", "busy", "a"}},
		{open, []string{"a", "x", "y"}}, {open, []string{"a", "x", "1000"}}, {open, []string{"a", "0", "1000", "AUTH"}}, {open, []string{"a", "0", "1000", "AUTH2", "u"}},
		{open, []string{"a", "0", "1000", "what"}}, {open, []string{"a", "0"}}, {nil, []string{"a", "0", "100"}}, {nil, []string{"none", "0", "100"}},
		{locked, []string{"a", "0", "1000"}}, {locked, []string{"a", "0", "1000", "AUTH", "secret"}}, {locked, []string{"a", "0", "1000", "AUTH", "wrong"}},
		{locked, []string{"a", "0", "1000", "AUTH2", "default", "secret"}}, {locked, []string{"a", "0", "1000", "AUTH2", "nobody", "secret"}},
		{locked, []string{"", "0", "1000", "AUTH", "secret", "KEYS", "a", "b"}},
	} {
		var outs []string
		for _, server := range []*harness.Server{redis, radish} {
			s := server.Conn(t)
			for _, conn := range []*harness.Conn{s, o, l} {
				conn.Ok("FLUSHALL")
			}
			o.Do("SET", "busy", "there")
			s.Do("MSET", "a", "1", "b", "2", "busy", "here")
			port := "1"
			if c.to != nil {
				port = strconv.Itoa(c.to.Port)
				// Redis lets others use connections that a password has opened.
				map[*harness.Server]*harness.Conn{open: o, locked: l}[c.to].Ok("CLIENT", "KILL", "TYPE", "normal")
			}
			reply := s.Do(append([]string{"MIGRATE", "127.0.0.1", port}, c.args...)...).Value.String()
			for _, conn := range []*harness.Conn{s, o, l} {
				reply += " " + conn.Do("MGET", "a", "b", "busy").Value.String()
			}
			outs = append(outs, reply)
			s.Close()
		}
		if outs[0] != outs[1] {
			t.Errorf("%q:\nRedis %s\nours  %s", c.args, outs[0], outs[1])
		}
	}
}
