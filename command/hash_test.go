package command

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"radish/resp"
	"radish/store"
)

// bothHashes runs a test with small hashes and with big ones.
func bothHashes(t *testing.T, fn func(t *testing.T, h *harness)) {
	for name, most := range map[string]int{"listpack": 512, "hashtable": 0} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			h.store.SetLimits(store.Limits{HashMaxListpackEntries: most, HashMaxListpackValue: 64})
			fn(t, h)
		})
	}
}

func TestHashSetAndGet(t *testing.T) {
	bothHashes(t, func(t *testing.T, h *harness) {
		h.want("hset h a 1 b two", ":2")
		h.wantEvents("hset h")
		if h.dirty != 2 {
			t.Errorf("dirty %d", h.dirty)
		}
		h.want("hset h a 3 c 4", ":1")
		h.want("hmset h d 5", "+OK")
		h.want("hsetnx h a 9", ":0")
		h.wantEvents("hset h, hset h")
		h.want("hsetnx h e 9", ":1")
		h.wantEvents("hset h")
		h.want("hget h a", "$1 3")
		h.want("hget h x", "$-1")
		h.want("hmget h a x b", "*3 $1 3 $-1 $3 two")
		h.want("hmget nosuch a", "*1 $-1")
		h.want("hlen h", ":5")
		h.want("hstrlen h b", ":3")
		h.want("hstrlen h a", ":1")
		h.want("hexists h b", ":1")
		h.want("hexists h x", ":0")
		h.want("hdel h a x b", ":2")
		h.wantEvents("hdel h")
		h.want("hdel h x", ":0")
		h.wantEvents("")
		h.want("hdel h c d e c", ":3")
		h.wantEvents("hdel h")
		if h.dirty != 3 {
			t.Errorf("dirty %d", h.dirty)
		}
		h.want("exists h", ":0")
		h.want("hset h a", "-ERR wrong number of arguments for 'hset' command")
		h.want("hmset h a b c", "-ERR wrong number of arguments for 'hmset' command")
		h.run("set", "s", "v")
		for _, line := range []string{"hset s a 1", "hmset s a 1", "hsetnx s a 1", "hget s a", "hmget s a", "hgetall s", "hkeys s", "hvals s", "hlen s",
			"hstrlen s a", "hexists s a", "hdel s a", "hincrby s a 1", "hincrbyfloat s a 1", "hrandfield s", "hrandfield s 1", "hscan s 0",
			"hexpire s 1 fields 1 a", "hpersist s fields 1 a", "httl s fields 1 a"} {
			h.want(line, "-"+string(ErrWrongType))
		}
	})
}

func TestHashWhole(t *testing.T) {
	h := newHarness(t)
	h.want("hgetall h", "*0")
	h.want("hkeys h", "*0")
	h.run("hset", "h", "a", "1", "b", "two")
	h.want("hgetall h", "*4 $1 a $1 1 $1 b $3 two")
	h.want("hkeys h", "*2 $1 a $1 b")
	h.want("hvals h", "*2 $1 1 $3 two")
	h.proto = 3
	h.want("hgetall h", "%2 $1 a $1 1 $1 b $3 two")
	h.want("hgetall nosuch", "%0")
	h.want("hvals nosuch", "*0")
	h.want("hget nosuch a", "_")
}

// A big hash is replied by a worker, and nothing is missing.
func TestHashOffload(t *testing.T) {
	h := newHarness(t)
	const fields = 20000
	args := []string{"hset", "h"}
	for i := range fields {
		args = append(args, fmt.Sprintf("field%d", i), "v")
	}
	if got := short(h.run(args...)); got != ":20000" {
		t.Fatal(got)
	}
	if got := h.run("hkeys", "h"); strings.Count(got, "field") != fields {
		t.Errorf("%d fields", strings.Count(got, "field"))
	}
	if got := h.run("hrandfield", "h", "-30000"); strings.Count(got, "field") != 30000 {
		t.Errorf("%d random fields", strings.Count(got, "field"))
	}
	for _, name := range []string{"hgetall", "hkeys", "hvals", "hset", "hmget", "hdel", "hrandfield", "hscan"} {
		request := [][]byte{[]byte(name), []byte("h")}
		switch name {
		case "hrandfield":
			request = append(request, []byte("17000"))
		case "hscan":
			request = append(request, []byte("0"), []byte("count"), []byte("30000"))
		case "hset", "hmget", "hdel":
			for _, a := range args[2:] {
				request = append(request, []byte(a))
			}
		}
		c := &Ctx{Args: request, Spec: h.table.Lookup(request[0]), Reply: &resp.Writer{Proto: 2}, Env: h.env, OnLoop: true, DB: h.store.DB(0, h.now)}
		c.Keys = h.keys(c.Spec, request)
		if err := c.Spec.Handler(c); err != ErrOffload {
			t.Errorf("%s of %d fields on a loop: %v", name, fields, err)
		}
	}
}

func TestHashCounters(t *testing.T) {
	bothHashes(t, func(t *testing.T, h *harness) {
		h.want("hincrby h a 5", ":5")
		h.wantEvents("hincrby h")
		h.want("hincrby h a -7", ":-2")
		h.want("hincrbyfloat h a 1.5", "$4 -0.5")
		h.ev = nil
		h.want("hincrby h a 1", "-ERR hash value is not an integer")
		h.want("hincrbyfloat h b 2", "$1 2")
		h.wantEvents("hincrbyfloat h")
		h.want("hincrby h b 9223372036854775807", "-ERR increment or decrement would overflow")
		h.run("hset", "h", "s", "text")
		h.want("hincrby h s 1", "-ERR hash value is not an integer")
		h.want("hincrbyfloat h s 1", "-ERR hash value is not a float")
		h.want("hincrby h b x", "-ERR value is not an integer or out of range")
		h.want("hincrbyfloat h b x", "-ERR value is not a valid float")
		h.want("hincrbyfloat h b inf", "-ERR value is NaN or Infinity")
	})
}

func TestHrandfield(t *testing.T) {
	bothHashes(t, func(t *testing.T, h *harness) {
		h.want("hrandfield h", "$-1")
		h.want("hrandfield h 3", "*0")
		for i := range 20 {
			h.run("hset", "h", fmt.Sprint("f", i), fmt.Sprint("v", i))
		}
		for _, count := range []int{1, 3, 6, 7, 15, 19, 20, 30, -5, -60} {
			for _, pairs := range []bool{false, true} {
				args := []string{"hrandfield", "h", fmt.Sprint(count)}
				if pairs {
					args = append(args, "withvalues")
				}
				got := strings.Fields(short(h.run(args...)))
				var fields []string
				for i, word := range got {
					if strings.HasPrefix(word, "f") {
						fields = append(fields, word)
						if pairs && got[i+2] != "v"+word[1:] {
							t.Errorf("%s with %s", word, got[i+2])
						}
					}
				}
				want := count
				if count < 0 {
					want = -count
				} else {
					slices.Sort(fields)
					fields = slices.Compact(fields)
					want = min(count, 20)
				}
				if len(fields) != want {
					t.Errorf("%v: %d different fields of %v", args, len(fields), got)
				}
			}
		}
		h.want("hrandfield h 0", "*0")
		h.want("hrandfield h x", "-ERR value is not an integer or out of range")
		h.want("hrandfield h 1 x", "-ERR syntax error")
		h.want("hrandfield h -9223372036854775808", "-"+string(errCountRange))
		h.want("hrandfield h 9223372036854775807 withvalues", "-ERR value is out of range")
		h.proto = 3
		h.run("hset", "one", "f", "v")
		h.want("hrandfield one -2 withvalues", "*2 *2 $1 f $1 v *2 $1 f $1 v")
	})
}

// Each field is as likely as any other, however many are picked.
func TestHrandfieldIsFair(t *testing.T) {
	bothHashes(t, func(t *testing.T, h *harness) {
		const fields, rounds = 20, 2000
		for i := range fields {
			h.run("hset", "h", fmt.Sprint("f", i), "v")
		}
		for _, count := range []int{1, 5, 15, -5} {
			seen := map[string]int{}
			for range rounds {
				for _, w := range strings.Fields(short(h.run("hrandfield", "h", fmt.Sprint(count)))) {
					if w[0] == 'f' {
						seen[w]++
					}
				}
			}
			want := rounds * max(count, -count) / fields
			for f, n := range seen {
				if n < want*6/10 || n > want*14/10 {
					t.Errorf("count %d: %s came %d times, want about %d", count, f, n, want)
				}
			}
		}
	})
}

func TestHscan(t *testing.T) {
	h := newHarness(t)
	h.want("hscan h 0", "*2 $1 0 *0")
	h.run("hset", "h", "a", "1", "b2", "2", "7", "3")
	h.want("hscan h 0", "*2 $1 0 *6 $1 a $1 1 $2 b2 $1 2 $1 7 $1 3")
	h.want("hscan h 5 match b*", "*2 $1 0 *2 $2 b2 $1 2")
	h.want("hscan h 0 match 7 novalues", "*2 $1 0 *1 $1 7")
	h.want("hscan h 0 novalues count 1", "*2 $1 0 *3 $1 a $2 b2 $1 7")
	h.want("hscan h 0 count", "-ERR syntax error")
	h.want("hscan h 0 count 0", "-ERR syntax error")
	h.want("hscan h 0 count x", "-ERR value is not an integer or out of range")
	h.want("hscan h 0 type hash", "-ERR syntax error")
	h.want("hscan h x", "-ERR invalid cursor")
	h.want("hscan nosuch 0 bad", "*2 $1 0 *0")
	h.store.SetLimits(store.Limits{})
	want := map[string]bool{}
	for i := range 300 {
		f := fmt.Sprint("f", i)
		h.run("hset", "big", f, "v")
		want[f] = true
	}
	for cursor := "0"; ; {
		words := strings.Fields(short(h.run("hscan", "big", cursor, "novalues", "count", "10")))
		for _, w := range words[4:] {
			if w[0] == 'f' {
				if !want[w] {
					t.Errorf("%s came twice", w)
				}
				delete(want, w)
			}
		}
		if cursor = words[2]; cursor == "0" {
			break
		}
	}
	if len(want) > 0 {
		t.Errorf("%d fields did not come", len(want))
	}
}
