// Package goredis uses the server through go-redis, in RESP2 and RESP3. It is a module of its own so that
// the dependencies of go-redis are not those of the server: cd test/clients/goredis && go test ./...
package goredis

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"radish/test/harness"
)

func TestMain(m *testing.M) { os.Exit(harness.Main(m)) }

// run runs a test in both protocols, each with a server of its own.
func run(t *testing.T, f func(t *testing.T, s *harness.Server, r *redis.Client)) {
	for _, protocol := range []int{2, 3} {
		t.Run("RESP"+strconv.Itoa(protocol), func(t *testing.T) {
			s := harness.Start(t, harness.Radish(t))
			f(t, s, client(t, s, redis.Options{Protocol: protocol}))
		})
	}
}

func client(t *testing.T, s *harness.Server, o redis.Options) *redis.Client {
	o.Addr = s.Addr
	r := redis.NewClient(&o)
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// is fails the test if a command's result is another one.
func is[T any](t *testing.T, cmd interface {
	Result() (T, error)
	Args() []any
}, want T,
) {
	t.Helper()
	got, err := cmd.Result()
	if err != nil && !errors.Is(err, redis.Nil) || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("%.200v: %.200v, %v; want %.200v", cmd.Args(), got, err, want)
	}
}

// fails fails the test if a command does not answer with an error that has the text.
func fails(t *testing.T, cmd redis.Cmder, text string) {
	t.Helper()
	if err := cmd.Err(); err == nil || !strings.Contains(err.Error(), text) {
		t.Fatalf("%v: %v, not %q", cmd.Args(), err, text)
	}
}

func TestStrings(t *testing.T) {
	run(t, func(t *testing.T, _ *harness.Server, r *redis.Client) {
		ctx := context.Background()
		is(t, r.Set(ctx, "k", "v", 0), "OK")
		is(t, r.Get(ctx, "k"), "v")
		is(t, r.Get(ctx, "none"), "")
		is(t, r.SetArgs(ctx, "k", "w", redis.SetArgs{Mode: "XX", Get: true}), "v")
		is(t, r.SetArgs(ctx, "k", "x", redis.SetArgs{Mode: "NX"}), "")
		is(t, r.Set(ctx, "k", "w", 100*time.Second), "OK")
		is(t, r.GetEx(ctx, "k", 200*time.Second), "w")
		is(t, r.GetDel(ctx, "k"), "w")
		is(t, r.SetNX(ctx, "n", 1, 0), true)
		is(t, r.Do(ctx, "GETSET", "n", 5), any("1"))
		is(t, r.Incr(ctx, "n"), 6)
		is(t, r.IncrBy(ctx, "n", 36), 42)
		is(t, r.DecrBy(ctx, "n", 2), 40)
		is(t, r.IncrByFloat(ctx, "n", 0.5), 40.5)
		is(t, r.Append(ctx, "a", "ohmytext"), 8)
		is(t, r.SetRange(ctx, "b", 0, "mynewtext"), 9)
		is(t, r.LCS(ctx, &redis.LCSQuery{Key1: "a", Key2: "b"}), &redis.LCSMatch{MatchString: "mytext"})
		m, err := r.LCS(ctx, &redis.LCSQuery{Key1: "a", Key2: "b", Idx: true, WithMatchLen: true}).Result()
		if err != nil || m.Len != 6 || len(m.Matches) != 2 || m.Matches[0].MatchLen != 4 {
			t.Fatalf("LCS IDX: %v, %v", m, err)
		}
		is(t, r.GetRange(ctx, "a", 0, 1), "oh")
		is(t, r.StrLen(ctx, "a"), 8)
		is(t, r.MSet(ctx, "a", 1, "b", 2), "OK")
		is(t, r.MSetNX(ctx, "b", 1, "c", 2), false)
		is(t, r.MGet(ctx, "a", "none"), []any{"1", nil})
		big := strings.Repeat("x\r\n\x00", 1<<20)
		is(t, r.Set(ctx, "big", big, 0), "OK")
		is(t, r.Get(ctx, "big"), big)
	})
}

func TestBitmaps(t *testing.T) {
	run(t, func(t *testing.T, _ *harness.Server, r *redis.Client) {
		ctx := context.Background()
		is(t, r.SetBit(ctx, "k", 7, 1), 0)
		is(t, r.GetBit(ctx, "k", 7), 1)
		is(t, r.BitCount(ctx, "k", &redis.BitCount{Start: 0, End: 6, Unit: "BIT"}), 0)
		is(t, r.BitPos(ctx, "k", 1), 7)
		is(t, r.BitPosSpan(ctx, "k", 0, 3, -1, "bit"), 3)
		is(t, r.BitOpNot(ctx, "d", "k"), 1)
		is(t, r.BitField(ctx, "k", "SET", "u8", 0, 255, "OVERFLOW", "SAT", "INCRBY", "u8", 0, 10), []int64{1, 255})
		is(t, r.BitFieldRO(ctx, "k", "i8", 0), []int64{-1})
	})
}

func TestGeneric(t *testing.T) {
	run(t, func(t *testing.T, _ *harness.Server, r *redis.Client) {
		ctx := context.Background()
		var pairs []any
		for i := range 1000 {
			pairs = append(pairs, "key:"+strconv.Itoa(i), i)
		}
		is(t, r.MSet(ctx, pairs...), "OK")
		is(t, r.DBSize(ctx), 1000)
		seen := map[string]bool{}
		for it := r.ScanType(ctx, 0, "key:*", 50, "string").Iterator(); it.Next(ctx); {
			seen[it.Val()] = true
		}
		if len(seen) != 1000 {
			t.Fatalf("SCAN found %d keys", len(seen))
		}
		if n := len(r.Keys(ctx, "key:99?").Val()); n != 10 {
			t.Fatalf("KEYS found %d keys", n)
		}
		is(t, r.Exists(ctx, "key:1", "none"), 1)
		is(t, r.Touch(ctx, "key:1", "none"), 1)
		is(t, r.Type(ctx, "key:1"), "string")
		is(t, r.Del(ctx, "key:1", "key:2"), 2)
		is(t, r.Unlink(ctx, "key:3"), 1)
		is(t, r.Rename(ctx, "key:4", "other"), "OK")
		is(t, r.RenameNX(ctx, "key:5", "other"), false)
		is(t, r.Copy(ctx, "other", "another", 2, false), 1)
		is(t, r.Move(ctx, "other", 1), true)
		is(t, r.ExpireNX(ctx, "key:6", 100*time.Second), true)
		is(t, r.ExpireGT(ctx, "key:6", 50*time.Second), false)
		is(t, r.PExpireAt(ctx, "key:6", time.UnixMilli(4102444800999)), true)
		is(t, r.PExpireTime(ctx, "key:6"), 4102444800999*time.Millisecond)
		is(t, r.Persist(ctx, "key:6"), true)
		is(t, r.TTL(ctx, "key:6"), -1)
		is(t, r.TTL(ctx, "none"), -2)
		is(t, r.ObjectEncoding(ctx, "key:7"), "int")
		if k := r.RandomKey(ctx).Val(); !seen[k] && k != "another" {
			t.Fatalf("RANDOMKEY: %q", k)
		}
		is(t, r.FlushDBAsync(ctx), "OK")
		is(t, r.DBSize(ctx), 0)
		is(t, r.FlushAll(ctx), "OK")
	})
}

func TestServer(t *testing.T) {
	run(t, func(t *testing.T, s *harness.Server, r *redis.Client) {
		ctx := context.Background()
		is(t, r.Ping(ctx), "PONG")
		is(t, r.Echo(ctx, "hi"), "hi")
		if info := r.Info(ctx, "server").Val(); !strings.Contains(info, "redis_version:7.4.0\r\n") {
			t.Fatalf("INFO server: %s", info)
		}
		is(t, r.ConfigSet(ctx, "slowlog-max-len", "64"), "OK")
		is(t, r.ConfigGet(ctx, "slowlog-max-len"), map[string]string{"slowlog-max-len": "64"})
		is(t, r.ConfigResetStat(ctx), "OK")
		is(t, r.CommandGetKeys(ctx, "MSET", "a", "1", "b", "2"), []string{"a", "b"})
		flags, err := r.CommandGetKeysAndFlags(ctx, "SET", "k", "v").Result()
		if err != nil || len(flags) != 1 || flags[0].Key != "k" {
			t.Fatalf("COMMAND GETKEYSANDFLAGS: %v, %v", flags, err)
		}
		infos, err := r.Command(ctx).Result()
		if err != nil || infos["get"] == nil || infos["get"].Arity != 2 || !infos["get"].ReadOnly {
			t.Fatalf("COMMAND: %d, %v, %v", len(infos), infos["get"], err)
		}
		if names := r.CommandList(ctx, &redis.FilterBy{Pattern: "bit*"}).Val(); len(names) != 5 {
			t.Fatalf("COMMAND LIST: %v", names)
		}
		if now, err := r.Time(ctx).Result(); err != nil || time.Since(now).Abs() > time.Minute {
			t.Fatalf("TIME: %v, %v", now, err)
		}
		is(t, r.Set(ctx, "k", "v", 0), "OK")
		if n, err := r.MemoryUsage(ctx, "k").Result(); err != nil || n <= 0 {
			t.Fatalf("MEMORY USAGE: %v, %v", n, err)
		}
		is(t, r.ConfigSet(ctx, "slowlog-log-slower-than", "0"), "OK")
		is(t, r.Get(ctx, "k"), "v")
		logs, err := r.SlowLogGet(ctx, -1).Result()
		if err != nil || len(logs) == 0 || logs[0].Args[0] != "get" {
			t.Fatalf("SLOWLOG GET: %v, %v", logs, err)
		}
		fails(t, r.Do(ctx, "NOSUCH", "x"), "ERR unknown command 'NOSUCH', with args beginning with: 'x'")
		fails(t, r.Do(ctx, "GET"), "ERR wrong number of arguments for 'get' command")
		is(t, r.ConfigSet(ctx, "requirepass", "secret"), "OK")
		fails(t, client(t, s, redis.Options{}).Ping(ctx), "NOAUTH")
		fails(t, client(t, s, redis.Options{Password: "wrong"}).Ping(ctx), "WRONGPASS")
		is(t, client(t, s, redis.Options{Username: "default", Password: "secret", DB: 3}).Ping(ctx), "PONG")
	})
}

func TestConnection(t *testing.T) {
	run(t, func(t *testing.T, s *harness.Server, r *redis.Client) {
		ctx := context.Background()
		one := client(t, s, redis.Options{Protocol: r.Options().Protocol, ClientName: "check", PoolSize: 1})
		is(t, one.ClientGetName(ctx), "check")
		id := one.ClientID(ctx).Val()
		info, err := one.ClientInfo(ctx).Result()
		if err != nil || info.ID != id || info.Name != "check" || info.Resp != r.Options().Protocol || info.LibName == "" {
			t.Fatalf("CLIENT INFO: %+v, %v", info, err)
		}
		if list := r.ClientList(ctx).Val(); !strings.Contains(list, "name=check") {
			t.Fatalf("CLIENT LIST: %s", list)
		}
		is(t, r.ClientKillByFilter(ctx, "ID", strconv.FormatInt(id, 10)), 1)
		is(t, one.Ping(ctx), "PONG") // it connects again
		if again := one.ClientID(ctx).Val(); again == id {
			t.Fatal("the connection was not killed")
		}
		is(t, r.ClientPause(ctx, 20*time.Millisecond), true)
		is(t, r.Ping(ctx), "PONG")
		is(t, r.ClientUnpause(ctx), true)
		is(t, r.ClientUnblock(ctx, id), 0)
	})
}

func TestPipeline(t *testing.T) {
	run(t, func(t *testing.T, _ *harness.Server, r *redis.Client) {
		ctx := context.Background()
		cmds, err := r.Pipelined(ctx, func(p redis.Pipeliner) error {
			for i := range 10000 {
				p.Set(ctx, "p"+strconv.Itoa(i%100), i, 0)
				p.Incr(ctx, "count")
			}
			return nil
		})
		if err != nil || len(cmds) != 20000 || cmds[19999].(*redis.IntCmd).Val() != 10000 {
			t.Fatalf("%d replies, %v", len(cmds), err)
		}
		cmds, err = r.Pipelined(ctx, func(p redis.Pipeliner) error {
			p.Set(ctx, "k", "v", 0)
			p.Incr(ctx, "k")
			p.Get(ctx, "k")
			return nil
		})
		if err == nil || cmds[1].Err() == nil || cmds[2].(*redis.StringCmd).Val() != "v" {
			t.Fatalf("%v, %v", cmds, err)
		}
	})
}

func TestManyGoroutines(t *testing.T) {
	run(t, func(t *testing.T, _ *harness.Server, r *redis.Client) {
		ctx := context.Background()
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				for range 200 {
					if err := r.Incr(ctx, "n").Err(); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		is(t, r.Get(ctx, "n"), "10000")
	})
}

func TestReconnect(t *testing.T) {
	run(t, func(t *testing.T, s *harness.Server, r *redis.Client) {
		ctx := context.Background()
		is(t, r.Set(ctx, "k", "v", 0), "OK")
		s.Restart()
		is(t, r.Ping(ctx), "PONG")
		is(t, r.Get(ctx, "k"), "")
		s.Stop()
		if err := r.Ping(ctx).Err(); err == nil {
			t.Fatal("PING of a server that is gone")
		}
		s.Restart()
		is(t, r.Ping(ctx), "PONG")
	})
}
