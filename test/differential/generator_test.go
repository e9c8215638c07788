package differential

import (
	"slices"
	"testing"

	"radish/test/harness"
)

// TestGenerator checks that a seed says all, and that what is shown can be read back.
func TestGenerator(t *testing.T) {
	a, b := newGenerator(5), newGenerator(5)
	names := map[string]int{}
	for range 40000 {
		x, y := a.next(), b.next()
		if !slices.Equal(x.args, y.args) {
			t.Fatalf("%q and %q from one seed", x.args, y.args)
		}
		if len(x.args) == 0 || x.args[0] == "" {
			t.Fatalf("%q has no name", x.args)
		}
		x.lapse = false
		words, err := harness.Words(x.show())
		if err != nil || !slices.Equal(words, x.args) {
			t.Fatalf("%q is shown as %s, read as %q, %v", x.args, x.show(), words, err)
		}
		names[x.args[0]]++
	}
	for _, name := range []string{
		"APPEND", "BITCOUNT", "BITFIELD", "BITFIELD_RO", "BITOP", "BITPOS", "COPY", "DBSIZE", "DECR", "DECRBY", "DEL", "EXISTS",
		"EXPIRE", "EXPIREAT", "EXPIRETIME", "FLUSHDB", "GET", "GETBIT", "GETDEL", "GETEX", "GETRANGE", "GETSET", "INCR", "INCRBY",
		"INCRBYFLOAT", "KEYS", "LCS", "MGET", "MOVE", "MSET", "MSETNX", "OBJECT", "PERSIST", "PEXPIRE", "PEXPIREAT", "PEXPIRETIME",
		"PSETEX", "PTTL", "RANDOMKEY", "RENAME", "RENAMENX", "SCAN", "SELECT", "SET", "SETBIT", "SETEX", "SETNX", "SETRANGE", "STRLEN",
		"SUBSTR", "SWAPDB", "TOUCH", "TTL", "TYPE", "UNLINK",
		"BLMOVE", "BLMPOP", "BLPOP", "BRPOP", "BRPOPLPUSH", "LINDEX", "LINSERT", "LLEN", "LMOVE", "LMPOP", "LPOP", "LPOS", "LPUSH",
		"LPUSHX", "LRANGE", "LREM", "LSET", "LTRIM", "RPOP", "RPOPLPUSH", "RPUSH", "RPUSHX",
		"HDEL", "HEXISTS", "HGET", "HGETALL", "HINCRBY", "HINCRBYFLOAT", "HKEYS", "HLEN", "HMGET", "HMSET", "HRANDFIELD", "HSCAN",
		"HSET", "HSETNX", "HSTRLEN", "HVALS",
		"SADD", "SCARD", "SDIFF", "SDIFFSTORE", "SINTER", "SINTERCARD", "SINTERSTORE", "SISMEMBER", "SMEMBERS", "SMISMEMBER", "SMOVE",
		"SPOP", "SRANDMEMBER", "SREM", "SSCAN", "SUNION", "SUNIONSTORE",
		"BZMPOP", "BZPOPMAX", "BZPOPMIN", "ZADD", "ZCARD", "ZCOUNT", "ZDIFF", "ZDIFFSTORE", "ZINCRBY", "ZINTER", "ZINTERCARD",
		"ZINTERSTORE", "ZLEXCOUNT", "ZMPOP", "ZMSCORE", "ZPOPMAX", "ZPOPMIN", "ZRANDMEMBER", "ZRANGE", "ZRANGEBYLEX", "ZRANGEBYSCORE",
		"ZRANGESTORE", "ZRANK", "ZREM", "ZREMRANGEBYLEX", "ZREMRANGEBYRANK", "ZREMRANGEBYSCORE", "ZREVRANGE", "ZREVRANGEBYLEX",
		"ZREVRANGEBYSCORE", "ZREVRANK", "ZSCAN", "ZSCORE", "ZUNION", "ZUNIONSTORE",
		"PFADD", "PFCOUNT", "PFDEBUG", "PFMERGE", "GEOADD", "GEODIST", "GEOHASH", "GEOPOS", "GEORADIUS", "GEORADIUSBYMEMBER",
		"GEORADIUSBYMEMBER_RO", "GEORADIUS_RO", "GEOSEARCH", "GEOSEARCHSTORE", "SORT", "SORT_RO", "CONFIG", "DEBUG",
	} {
		if names[name] == 0 {
			t.Errorf("%s was never made", name)
		}
	}
}

func TestGeneratorOfGroups(t *testing.T) {
	g := newGenerator(5, "set", "hll")
	for range 2000 {
		name := g.next().args[0]
		if name[0] != 'S' && name[0] != 's' && name[0] != 'P' && name[0] != 'p' && name != "GET" && name != "get" &&
			name[:3] != "GET" {
			t.Fatalf("%s is in another group", name)
		}
	}
}
