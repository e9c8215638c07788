package differential

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"radish/test/harness"
)

// valuesOf are commands that make keys of all types and encodings, with n elements of a length of about size.
func valuesOf(r *rand.Rand, n, size int) (cmds [][]string) {
	text := func() string {
		switch r.IntN(6) {
		case 0:
			return strconv.Itoa(r.IntN(100000) - 50000)
		case 1:
			return strconv.FormatInt(int64(r.Uint64())>>r.IntN(64), 10)
		case 2:
			return strings.Repeat("ab", r.IntN(size+1)/2)
		case 3:
			b := make([]byte, r.IntN(size+1))
			for i := range b {
				b[i] = byte(r.Uint32())
			}
			return string(b)
		}
		return fmt.Sprintf("element %d of some, %s", r.IntN(n*3), strings.Repeat("x", r.IntN(size+1)))
	}
	list, set, ints, hash, zset := []string{"RPUSH", "list"}, []string{"SADD", "set"}, []string{"SADD", "intset"}, []string{"HSET", "hash"}, []string{"ZADD", "zset"}
	for range n {
		list = append(list, text())
		set = append(set, text())
		ints = append(ints, strconv.FormatInt(int64(r.Uint64())>>(r.IntN(3)*16), 10))
		hash = append(hash, text(), text())
		zset = append(zset, []string{"1", "-5", "2.25", "inf", "-inf", "12345678.5", strconv.Itoa(r.IntN(1000))}[r.IntN(7)], text())
	}
	return append(cmds, []string{"SET", "string", strings.Repeat(text(), n)}, []string{"SET", "int", strconv.Itoa(r.IntN(1 << 30))}, list, set, ints, hash, zset)
}

// TestPayloads dumps values of all types on each server and restores them on the other.
func TestPayloads(t *testing.T) {
	redis, radish := harness.Start(t, harness.Redis(t)).Conn(t), harness.Start(t, harness.Radish(t)).Conn(t)
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []*harness.Conn{redis, radish} { // lists of more nodes
		c.Ok("CONFIG", "SET", "list-max-listpack-size", "-1")
	}
	for _, n := range []int{1, 3, 10, 100, 130, 600, 5000} {
		for _, size := range []int{5, 50, 300} {
			for _, compress := range []string{"yes", "no"} {
				redis.Ok("FLUSHALL")
				radish.Ok("FLUSHALL")
				redis.Ok("CONFIG", "SET", "rdbcompression", compress)
				radish.Ok("CONFIG", "SET", "rdbcompression", compress)
				for _, cmd := range valuesOf(r, n, size) {
					if v := redis.Do(cmd...).Value; v.IsError() {
						t.Fatal(v)
					}
					key := cmd[1]
					there := valueDigest(redis, key)
					carry(t, redis, radish, key, "copy")
					if here := valueDigest(radish, "copy"); here != there {
						t.Fatalf("%s of %d: %s became %s here", key, n, there, here)
					}
					carry(t, radish, redis, "copy", "back")
					if back := valueDigest(redis, "back"); back != there {
						t.Fatalf("%s of %d: %s became %s there", key, n, there, back)
					}
				}
			}
		}
	}
}

func valueDigest(c *harness.Conn, key string) string {
	return c.Do("DEBUG", "DIGEST-VALUE", key).Value.String()
}

// carry brings a value from one server to another.
func carry(t *testing.T, from, to *harness.Conn, key, name string) {
	t.Helper()
	payload := from.Do("DUMP", key).Value
	if v := to.Do("RESTORE", name, "0", string(payload.Text), "REPLACE").Value; string(v.Text) != "OK" {
		t.Fatalf("%s: %v", key, v)
	}
}
