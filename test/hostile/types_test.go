package hostile

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"radish/test/harness"
)

// bigSize is the number of elements of the collections here.
const bigSize = 200_000

// element has 4 to 30 bytes; the n-th is always the same.
func element(n int) string { return "e" + strconv.Itoa(n) + strings.Repeat("-", 3+n%20) }

// fill adds bigSize elements to a key, a thousand a command. Some of several keys share elements: from is
// the first one's number.
func fill(t *testing.T, c *harness.Conn, command, key string, from int) {
	t.Helper()
	for start := from; start < from+bigSize; start += 1000 {
		args := []string{command, key}
		for i := start; i < start+1000; i++ {
			switch command {
			case "ZADD":
				args = append(args, strconv.Itoa(i), element(i))
			case "HSET":
				args = append(args, element(i), strconv.Itoa(i))
			case "GEOADD":
				args = append(args, fmt.Sprintf("%.5f", float64(i%3580)/10-179), fmt.Sprintf("%.5f", float64(i%1600)/10-79), element(i))
			default:
				args = append(args, element(i))
			}
		}
		c.Ok(args...)
	}
}

// fillAll makes a collection of each kind, and a second one of those that are brought together. Each starts
// in the smallest encoding and grows through all.
func fillAll(t *testing.T, c *harness.Conn) {
	t.Helper()
	fill(t, c, "RPUSH", "list", 0)
	fill(t, c, "HSET", "hash", 0)
	fill(t, c, "SADD", "set", 0)
	fill(t, c, "SADD", "set2", bigSize/2)
	fill(t, c, "ZADD", "zset", 0)
	fill(t, c, "ZADD", "zset2", bigSize/2)
	fill(t, c, "GEOADD", "geo", 0)
	fill(t, c, "PFADD", "hll", 0)
	for start := 0; start < bigSize; start += 1000 {
		ints, numbers := []string{"SADD", "ints"}, []string{"RPUSH", "numbers"}
		for i := start; i < start+1000; i++ {
			ints, numbers = append(ints, strconv.Itoa(i)), append(numbers, strconv.Itoa(i*7919%bigSize))
		}
		c.Ok(ints...)
		c.Ok(numbers...)
	}
}

// bigCommand is a command on what fillAll made and how its reply must begin.
type bigCommand struct{ command, want string }

// bigCommands have an effect on each other only where the order here says so.
func bigCommands() []bigCommand {
	return []bigCommand{
		{"LLEN list", ":200000"}, {"LRANGE list 0 -1", "*200000"}, {"LRANGE list 100000 100009", "*10"}, {"LINDEX list 100000", "$"},
		{"LPOS list nosuch", "$-1"}, {"LPOS list " + element(199_999), ":199999"}, {"LREM list 0 nosuch", ":0"},
		{"LSET list 100000 " + strings.Repeat("long", 5000), "+OK"}, {"LINSERT list BEFORE " + element(150_000) + " new", ":200001"},
		{"LREM list -1 new", ":1"}, {"LPOP list 50000", "*50000"}, {"LTRIM list 1000 -1001", "+OK"}, {"LLEN list", ":148000"},
		{"RPOPLPUSH list list3", "$"}, {"LMOVE list list3 LEFT RIGHT", "$"}, {"RPOP list 100000", "*100000"}, {"LLEN list", ":47998"},

		{"HLEN hash", ":200000"}, {"HKEYS hash", "*200000"}, {"HVALS hash", "*200000"}, {"HGETALL hash", "*400000"},
		{"HGET hash " + element(77), "$2\r\n77"}, {"HRANDFIELD hash 150000 WITHVALUES", "*300000"}, {"HRANDFIELD hash -1000", "*1000"},
		{"HRANDFIELD hash", "$"}, {"HDEL hash " + element(5), ":1"}, {"HINCRBY hash counter 5", ":5"},

		{"SCARD set", ":200000"}, {"SMEMBERS set", "*200000"}, {"SISMEMBER set " + element(3), ":1"}, {"SINTER set set2", "*100000"},
		{"SDIFF set set2", "*100000"}, {"SUNION set set2", "*300000"}, {"SINTERCARD 2 set set2", ":100000"},
		{"SINTERCARD 2 set set2 LIMIT 10", ":10"}, {"SUNIONSTORE dest set set2 ints", ":500000"}, {"SINTERSTORE dest set set2", ":100000"},
		{"SDIFFSTORE set set set2", ":100000"}, {"SMOVE set2 dest " + element(250_000), ":1"}, {"SRANDMEMBER set 90000", "*90000"},
		{"SRANDMEMBER ints -5000", "*5000"}, {"SPOP set 60000", "*60000"}, {"SCARD set", ":40000"}, {"SPOP dest", "$"},
		{"SMEMBERS ints", "*200000"}, {"SPOP ints 199995", "*199995"}, {"SCARD ints", ":5"},

		{"ZCARD zset", ":200000"}, {"ZRANGE zset 0 -1 WITHSCORES", "*400000"}, {"ZRANK zset " + element(123_456), ":123456"},
		{"ZREVRANGE zset 100000 100009", "*10"}, {"ZRANGEBYSCORE zset (50000 60000", "*10000"}, {"ZCOUNT zset -inf 99999", ":100000"},
		{"ZRANGESTORE dest zset 1000 120999", ":120000"}, {"ZUNIONSTORE dest 3 zset zset2 set2", ":300000"},
		{"ZINTERSTORE dest 2 zset zset2 AGGREGATE MAX", ":100000"}, {"ZDIFFSTORE dest 2 zset zset2", ":100000"}, {"ZINTER 2 zset zset2", "*100000"},
		{"ZINTERCARD 2 zset zset2", ":100000"}, {"ZRANDMEMBER zset -1000 WITHSCORES", "*2000"}, {"ZRANDMEMBER zset 150000", "*150000"},
		{"ZPOPMIN zset 50000", "*100000"}, {"ZREMRANGEBYRANK zset 0 49999", ":50000"}, {"ZREMRANGEBYSCORE zset 150000 +inf", ":50000"},
		{"ZMPOP 1 zset MAX COUNT 10000", "*2"}, {"ZCARD zset", ":40000"}, {"ZRANGE zset2 100000 300000 BYSCORE LIMIT 50000 10", "*10"},

		{"GEOSEARCH geo FROMLONLAT 0 0 BYRADIUS 1000 km", "*"}, {"GEOSEARCH geo FROMLONLAT 0 0 BYBOX 40000 40000 km ASC COUNT 100", "*100"},
		{"GEOSEARCHSTORE dest geo FROMLONLAT 10 10 BYRADIUS 3000 km", ":"}, {"GEORADIUS_RO geo 15 37 2000 km WITHDIST", "*"},
		{"PFCOUNT hll", ":"}, {"PFMERGE dest2 hll hll", "+OK"},

		{"SORT numbers", "*200000"}, {"SORT numbers LIMIT 1000 10 DESC", "*10"}, {"SORT numbers STORE dest", ":200000"},
		{"SORT set2 ALPHA STORE dest", ":199999"}, {"SORT numbers BY nosort* GET #", "*200000"},

		{"RENAME numbers numbers2", "+OK"}, {"COPY numbers2 numbers3", ":1"}, {"COPY zset2 zset3", ":1"}, {"COPY hash hash3", ":1"},
		{"MOVE hash3 1", ":1"}, {"OBJECT ENCODING zset3", "$8\r\nskiplist"}, {"MEMORY USAGE hash", ":"}, {"TYPE geo", "+zset"},
		{"DEBUG DIGEST-VALUE numbers3 zset3 set2", "*3"}, {"EXPIRE set2 1000", ":1"}, {"PERSIST set2", ":1"},
		{"SET list3 replaced", "+OK"}, {"SADD zset3 x", "-WRONGTYPE"}, {"BLPOP numbers3 1", "*2"}, {"BZPOPMIN zset3 1", "*3"},
	}
}

// bigKeys are all keys that bigCommands make.
func bigKeys() []string {
	return strings.Fields("list list3 hash set set2 zset zset2 zset3 geo hll ints numbers2 numbers3 dest dest2")
}

// TestBigCollections runs every command on values of 200,000 elements beside traffic on small ones. Nobody
// waits, and when the values are deleted their memory is back.
func TestBigCollections(t *testing.T) {
	v := start(t)
	v.attack(t, func() {
		traffic := startTraffic(t, v)
		c := v.Conn(t)
		fillAll(t, c)
		for _, b := range bigCommands() {
			r, err := c.Try(strings.Fields(b.command)...)
			if err != nil {
				t.Fatalf("%.100s: %v", b.command, err)
			}
			if !bytes.HasPrefix(r.Raw, []byte(b.want)) {
				t.Errorf("%.100s: %.100q, not %s", b.command, r.Raw, b.want)
			}
		}
		for _, args := range [][]string{{"HSCAN", "hash"}, {"SSCAN", "set2"}, {"ZSCAN", "zset2"}} {
			scanAll(t, c, args)
		}
		traffic.stop()
		c.Ok(append([]string{"DEL"}, bigKeys()...)...)
		c.Ok("SELECT", "1")
		c.Ok("UNLINK", "hash3")
		c.Close()
		v.backToStart(t)
	})
}

// scanAll scans a value to the end, and checks that it is whole.
func scanAll(t *testing.T, c *harness.Conn, args []string) {
	t.Helper()
	want := c.Int(map[string]string{"HSCAN": "HLEN", "SSCAN": "SCARD", "ZSCAN": "ZCARD"}[args[0]], args[1])
	step := 2
	if args[0] == "SSCAN" {
		step = 1
	}
	seen := map[string]bool{}
	for cursor := "0"; ; {
		r := c.Ok(args[0], args[1], cursor, "COUNT", "500")
		for chunk := range slices.Chunk(r.Elems[1].Elems, step) {
			seen[string(chunk[0].Text)] = true
		}
		if cursor = string(r.Elems[0].Text); cursor == "0" {
			break
		}
	}
	if int64(len(seen)) != want {
		t.Errorf("%s found %d of %d", args, len(seen), want)
	}
}

// backToStart waits until as little memory is used as at the start, but for the keys of others.
func (v *victim) backToStart(t *testing.T) {
	t.Helper()
	v.waitFor(t, "used_memory", func(used int64) bool { return used <= v.used+4*mb })
}

// traffic is what other clients do meanwhile.
type traffic struct {
	over atomic.Bool
	done sync.WaitGroup
}

func (tr *traffic) stop() {
	tr.over.Store(true)
	tr.done.Wait()
}

// startTraffic lets three clients use small values of all types, and check what they get.
func startTraffic(t *testing.T, v *victim) *traffic {
	t.Helper()
	tr := &traffic{}
	for i := range 3 {
		c := v.Conn(t)
		key := func(kind string) string { return "traffic:" + kind + strconv.Itoa(i) }
		steps := []struct {
			args []string
			want string
		}{
			{[]string{"SET", key("k"), "v"}, "+OK\r\n"}, {[]string{"GET", key("k")}, bulk("v")},
			{[]string{"RPUSH", key("l"), "a", "b"}, ":2\r\n"}, {[]string{"LRANGE", key("l"), "0", "-1"}, "*2\r\n" + bulk("a") + bulk("b")},
			{[]string{"LPOP", key("l"), "2"}, "*2\r\n" + bulk("a") + bulk("b")},
			{[]string{"HSET", key("h"), "f", "v"}, ":1\r\n"}, {[]string{"HGET", key("h"), "f"}, bulk("v")}, {[]string{"HDEL", key("h"), "f"}, ":1\r\n"},
			{[]string{"SADD", key("s"), "1", "2"}, ":2\r\n"}, {[]string{"SISMEMBER", key("s"), "2"}, ":1\r\n"}, {[]string{"DEL", key("s")}, ":1\r\n"},
			{[]string{"ZADD", key("z"), "1", "a", "2", "b"}, ":2\r\n"}, {[]string{"ZRANK", key("z"), "b"}, ":1\r\n"},
			{[]string{"ZREM", key("z"), "a", "b"}, ":2\r\n"},
		}
		tr.done.Go(func() {
			for !tr.over.Load() {
				for _, s := range steps {
					if r, err := c.Try(s.args...); err != nil || string(r.Raw) != s.want {
						t.Errorf("beside big values: %q: %v, %q", s.args, err, r.Raw)
						return
					}
				}
				time.Sleep(time.Millisecond)
			}
			_, _ = c.Try("DEL", key("k"))
			c.Close()
		})
	}
	return tr
}

// TestBigCollectionsAtOnce lets clients change, read, replace and delete the same big values at once.
func TestBigCollectionsAtOnce(t *testing.T) {
	const clients = 6
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	v := start(t)
	v.attack(t, func() {
		fillAll(t, v.admin)
		var wg sync.WaitGroup
		end := time.Now().Add(4 * time.Second)
		for i := range clients {
			c := v.Conn(t)
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			wg.Go(func() {
				defer c.Close()
				for time.Now().Before(end) {
					request := atOnce(r)
					reply, err := c.Try(request...)
					if err != nil || reply.IsError() && !bytes.HasPrefix(reply.Text, []byte("WRONGTYPE")) &&
						!bytes.HasPrefix(reply.Text, []byte("ERR no such key")) {
						t.Errorf("%.100q: %v, %.100q", request, err, reply.Raw)
						return
					}
				}
				if r, err := c.Try("ECHO", "in step"); err != nil || string(r.Text) != "in step" {
					t.Errorf("after all: %v, %.100q", err, r.Raw)
				}
			})
		}
		wg.Wait()
		v.admin.Ok(append([]string{"UNLINK", "numbers"}, bigKeys()...)...)
		v.backToStart(t)
	})
}

// atOnce is a random command on the keys of fillAll. Elements come and go, whole values too.
func atOnce(r *rand.Rand) []string {
	e := element(r.IntN(bigSize))
	commands := []string{
		"LRANGE list 0 -1", "LPUSH list " + e, "RPOP list 1000", "LINDEX list 1000", "LTRIM list 0 150000", "LREM list 1 " + e,
		"HGETALL hash", "HSET hash " + e + " new", "HDEL hash " + e, "HRANDFIELD hash 1000 WITHVALUES", "HGET hash " + e,
		"SMEMBERS set", "SADD set " + e, "SREM set " + e, "SPOP set 500", "SINTER set set2", "SUNIONSTORE dest set set2",
		"SDIFFSTORE set2 set2 ints", "SRANDMEMBER set2 1000", "SMOVE set set2 " + e,
		"ZADD zset 5 " + e, "ZREM zset " + e, "ZINCRBY zset 3 " + e, "ZRANGE zset 0 -1", "ZRANK zset " + e, "ZPOPMIN zset 200",
		"ZUNIONSTORE dest 2 zset zset2", "ZRANGESTORE zset2 zset 0 100000", "ZRANGEBYSCORE zset 100 5000",
		"SORT numbers LIMIT 0 100", "SORT numbers STORE dest", "COPY zset zset3 REPLACE", "COPY hash dest2 REPLACE", "COPY list list3 REPLACE",
		"RENAME zset3 zset", "RENAME dest2 hash", "RENAME list3 list", "DEL dest", "UNLINK zset3", "EXPIRE set 1000", "PERSIST set",
		"GEOSEARCH geo FROMLONLAT 0 0 BYRADIUS 500 km", "PFCOUNT hll", "PFADD hll " + e, "DEBUG DIGEST-VALUE set", "SSCAN set 0 COUNT 1000",
		"HSCAN hash 0 COUNT 1000", "ZSCAN zset 0 COUNT 1000", "MEMORY USAGE hash", "OBJECT ENCODING list", "EXISTS list hash set zset",
	}
	return strings.Fields(commands[r.IntN(len(commands))])
}
