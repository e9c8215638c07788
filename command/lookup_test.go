package command

import (
	"fmt"
	"strings"
	"testing"
)

// used makes values of all types under LFU, where each look-up that counts as an access adds one to a counter that begins at 100: str is no
// number; list2, set2 and so on are second values; other has a type that str has not.
func used(t *testing.T) *harness {
	h := newHarness(t)
	h.env.LFU.Store(true)
	h.store.SetLRU(true, 0, 0)
	for _, line := range []string{"set str abc", "set str2 abd", "set num 5", "rpush list 2 1", "rpush list2 a", "sadd set a b", "sadd set2 b c",
		"zadd zset 1 a 2 b", "zadd zset2 1 a", "hset hash f 1", "pfadd hll a", "geoadd geo 13 38 a 15 37 b"} {
		h.run(strings.Fields(line)...)
		h.setFreq(strings.Fields(line)[1], 100)
	}
	return h
}

func (h *harness) setFreq(key string, f uint8) {
	k := h.store.Key([]byte(key))
	i := h.store.ShardOf(k.H)
	h.store.Lock(i)
	defer h.store.Unlock(i)
	db := h.store.DB(h.db, h.now)
	db.SetFreq(k, f)
}

// touchCase is a command and, as Redis 7.2.6 has them, the counters of keys after it: "key counter ...".
type touchCase struct{ line, want string }

func testTouches(t *testing.T, cases []touchCase) {
	for _, c := range cases {
		h := used(t)
		h.run(strings.Fields(c.line)...)
		var got []string
		for i, f := range strings.Fields(c.want) {
			if i%2 == 0 {
				got = append(got, f, strings.TrimPrefix(short(h.run("object", "freq", f)), ":"))
			}
		}
		if got := strings.Join(got, " "); got != c.want {
			t.Errorf("%s: counters %s, want %s", c.line, got, c.want)
		}
	}
}

// TestTouchOverwritten: what takes the place of a value has its counter, but for what gets a name or comes from outside.
func TestTouchOverwritten(t *testing.T) {
	testTouches(t, []touchCase{
		{"set list x", "list 101"},
		{"sunionstore list set set2", "list 101 set 101 set2 101"},
		{"sinterstore set set set2", "set 102 set2 101"},
		{"sdiffstore zset set set2", "zset 101"},
		{"sunionstore new set set2", "new 5"},
		{"zunionstore list 2 zset zset2", "list 101 zset 101"},
		{"zinterstore zset 2 zset zset2", "zset 102"},
		{"zrangestore str zset 0 -1", "str 101 zset 101"},
		{"zrangestore new zset 0 -1", "new 5"},
		{"geosearchstore str geo fromlonlat 14 37 byradius 9 m", "str $-1"},
		{"geosearchstore str geo fromlonlat 14 37 byradius 900 km", "str 101 geo 101"},
		{"geosearchstore new geo fromlonlat 14 37 byradius 900 km", "new 5"},
		{"sort list store str", "list 101 str 101"},
		{"sort list store list", "list 102"},
		{"sort list store new", "new 5"},
		{"rename str new", "new 5"},
		{"rename str list", "list 5"},
		{"rename hash set", "set 5"},
		{"renamenx set new", "new 5"},
		{"copy str new", "str 101 new 5"},
		{"copy set list replace", "set 101 list 5"},
	})
	h := used(t)
	h.want("move str 1", ":1")
	h.db = 1
	h.want("object freq str", ":5")
}

// TestIdleOverwritten is the same of access times, which CLIENT NO-TOUCH leaves alone.
func TestIdleOverwritten(t *testing.T) {
	for _, noTouch := range []bool{false, true} {
		for line, kept := range map[string]bool{"sunionstore k s1 s2": true, "zrangestore k z1 0 -1": true, "sort s1 alpha store k": true, "set k v": true,
			"geosearchstore k g1 fromlonlat 14 37 byradius 900 km": true, "rename s1 k": false, "copy s1 k replace": false} {
			h := newHarness(t)
			h.run("sadd", "s1", "a")
			h.run("zadd", "z1", "1", "a")
			h.run("geoadd", "g1", "14", "37", "a")
			h.run("set", "k", "v")
			h.now += 60_000
			h.noTouch = noTouch
			h.run(strings.Fields(line)...)
			want := 0
			if noTouch && kept {
				want = 60
			}
			h.want("object idletime k", fmt.Sprint(":", want))
		}
	}
}

// TestTouchOnce: a command uses each of its keys as often as Redis does, also when it fails.
func TestTouchOnce(t *testing.T) {
	testTouches(t, []touchCase{
		{"append list x", "list 101"},
		{"append str x", "str 101"},
		{"incr list", "list 101"},
		{"incr str", "str 101"},
		{"incr num", "num 101"},
		{"incrbyfloat str 1", "str 101"},
		{"incrby num 9223372036854775807", "num 101"},
		{"setrange str 0 x", "str 101"},
		{"setrange str 536870911 xx", "str 101"},
		{"setrange list 0 x", "list 101"},
		{"setbit list 0 1", "list 101"},
		{"setbit str 0 1", "str 101"},
		{"bitfield list set u8 0 1", "list 101"},
		{"bitfield str set u8 0 1 set u8 8 1", "str 101"},
		{"bitop and str str2 num", "str 101 str2 101 num 101"},
		{"bitop and str str str2", "str 102 str2 101"},
		{"bitop and list str str2", "list 101"},
		{"bitop and new str str2", "new 5"},
		{"set str x xx", "str 101"},
		{"set str x nx", "str 101"},
		{"set str x get", "str 102"},
		{"set str x xx get", "str 102"},
		{"set str x nx get", "str 102"},
		{"set list x get", "list 101"},
		{"setnx str x", "str 101"},
		{"mset str x str x", "str 102"},
		{"pfcount hll", "hll 101"},
		{"pfadd hll a", "hll 101"},
		{"pfadd hll b", "hll 101"},
		{"pfadd list b", "list 101"},
		{"geoadd list 13 38 a", "list 101"},
		{"geoadd geo 13 38 a", "geo 101"},
		{"smove set set2 a", "set 101 set2 101"},
		{"smove set set2 nosuch", "set 101 set2 101"},
		{"smove nosuch set2 a", "set2 101"},
		{"smove set list a", "set 101 list 101"},
		{"smove set set a", "set 102"},
		{"smove set new a", "set 101 new 5"},
		{"lmove list list2 left left", "list 101 list2 101"},
		{"lmove list list left left", "list 102"},
		{"lmove list set left left", "list 101 set 101"},
		{"lmove list new left left", "list 101 new 5"},
		{"lmove set list left left", "set 101 list 100"},
		{"rpoplpush list list2", "list 101 list2 101"},
		{"blmove list list2 left left 0", "list 102 list2 101"},
		{"brpoplpush list list 0", "list 103"},
		{"brpoplpush set list 0", "set 101 list 100"},
		{"blpop list list2 0", "list 101 list2 100"},
		{"brpop nosuch list 0", "list 101"},
		{"blpop set list 0", "set 101 list 100"},
		{"blmpop 0 2 list list2 left", "list 101 list2 100"},
		{"bzpopmin zset zset2 0", "zset 102 zset2 100"},
		{"bzmpop 0 2 zset zset2 max", "zset 102 zset2 100"},
	})
}
