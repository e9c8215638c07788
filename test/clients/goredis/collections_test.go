package goredis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"radish/test/harness"
)

// sameElements fails the test unless a command's elements are those wanted, in any order.
func sameElements(t *testing.T, cmd *redis.StringSliceCmd, want ...string) {
	t.Helper()
	got, err := cmd.Result()
	slices.Sort(got)
	slices.Sort(want)
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("%v: %.200q, %v; want %.200q", cmd.Args(), got, err, want)
	}
}

func TestLists(t *testing.T) {
	run(t, func(t *testing.T, _ *harness.Server, r *redis.Client) {
		ctx := context.Background()
		is(t, r.RPush(ctx, "l", "b", "c", "d"), 3)
		is(t, r.LPush(ctx, "l", "a"), 4)
		is(t, r.LPushX(ctx, "none", "a"), 0)
		is(t, r.RPushX(ctx, "l", "e"), 5)
		is(t, r.LRange(ctx, "l", 0, -1), []string{"a", "b", "c", "d", "e"})
		is(t, r.LLen(ctx, "l"), 5)
		is(t, r.LIndex(ctx, "l", -1), "e")
		is(t, r.LIndex(ctx, "l", 9), "")
		is(t, r.LInsertBefore(ctx, "l", "c", "x"), 6)
		is(t, r.LInsertAfter(ctx, "l", "none", "x"), -1)
		is(t, r.LSet(ctx, "l", 0, "A"), "OK")
		fails(t, r.LSet(ctx, "l", 99, "A"), "ERR index out of range")
		is(t, r.LRem(ctx, "l", 0, "x"), 1)
		is(t, r.LPos(ctx, "l", "c", redis.LPosArgs{}), 2)
		is(t, r.LPosCount(ctx, "l", "c", 0, redis.LPosArgs{Rank: -1}), []int64{2})
		is(t, r.LMove(ctx, "l", "m", "LEFT", "RIGHT"), "A")
		is(t, r.RPopLPush(ctx, "l", "m"), "e")
		is(t, r.LPop(ctx, "l"), "b")
		is(t, r.RPopCount(ctx, "l", 5), []string{"d", "c"})
		is(t, r.LPop(ctx, "l"), "")
		is(t, r.LTrim(ctx, "m", 1, 1), "OK")
		key, values, err := r.LMPop(ctx, "left", 5, "none", "m").Result()
		if err != nil || key != "m" || !slices.Equal(values, []string{"A"}) {
			t.Fatalf("LMPOP: %q, %q, %v", key, values, err)
		}
		many := make([]any, 10000)
		for i := range many {
			many[i] = "element:" + strconv.Itoa(i)
		}
		is(t, r.RPush(ctx, "big", many...), 10000)
		is(t, r.ObjectEncoding(ctx, "big"), "quicklist")
		is(t, r.LIndex(ctx, "big", 5000), "element:5000")
		if n := len(r.LRange(ctx, "big", 0, -1).Val()); n != 10000 {
			t.Fatalf("LRANGE gave %d elements", n)
		}
		fails(t, r.HGetAll(ctx, "big"), "WRONGTYPE Operation against a key holding the wrong kind of value")
	})
}

// TestBlocking waits on lists and sorted sets, served and not, and in the order of waiting.
func TestBlocking(t *testing.T) {
	run(t, func(t *testing.T, s *harness.Server, r *redis.Client) {
		ctx := context.Background()
		is(t, r.RPush(ctx, "there", "x", "y"), 2)
		is(t, r.BLPop(ctx, time.Second, "none", "there"), []string{"there", "x"})
		is(t, r.BRPop(ctx, time.Second, "there"), []string{"there", "y"})
		begin := time.Now()
		if err := r.BLPop(ctx, time.Second, "none").Err(); !errors.Is(err, redis.Nil) || time.Since(begin) < 900*time.Millisecond {
			t.Fatalf("BLPOP of nothing: %v after %v", err, time.Since(begin))
		}
		later(t, func() error { return r.RPush(ctx, "q", "job").Err() })
		is(t, r.BLPop(ctx, 10*time.Second, "other", "q"), []string{"q", "job"})
		later(t, func() error { return r.RPush(ctx, "from", "job").Err() })
		is(t, r.BLMove(ctx, "from", "to", "LEFT", "LEFT", 10*time.Second), "job")
		is(t, r.LRange(ctx, "to", 0, -1), []string{"job"})
		later(t, func() error { return r.RPush(ctx, "from", "job2").Err() })
		is(t, r.BRPopLPush(ctx, "from", "to", 10*time.Second), "job2")
		later(t, func() error { return r.LPush(ctx, "m", "1", "2", "3").Err() })
		key, values, err := r.BLMPop(ctx, 10*time.Second, "right", 2, "m").Result()
		if err != nil || key != "m" || !slices.Equal(values, []string{"1", "2"}) {
			t.Fatalf("BLMPOP: %q, %q, %v", key, values, err)
		}
		later(t, func() error {
			return r.ZAdd(ctx, "z", redis.Z{Score: 1.5, Member: "a"}, redis.Z{Score: 2, Member: "b"}).Err()
		})
		z, err := r.BZPopMin(ctx, 10*time.Second, "z").Result()
		if err != nil || z.Key != "z" || z.Member != "a" || z.Score != 1.5 {
			t.Fatalf("BZPOPMIN: %+v, %v", z, err)
		}
		z, err = r.BZPopMax(ctx, 10*time.Second, "z").Result()
		if err != nil || z.Member != "b" {
			t.Fatalf("BZPOPMAX: %+v, %v", z, err)
		}
		key, scores, err := r.BZMPop(ctx, time.Second, "min", 1, "z").Result()
		if !errors.Is(err, redis.Nil) {
			t.Fatalf("BZMPOP of nothing: %q, %v, %v", key, scores, err)
		}
		// Nothing is lost and nothing comes twice, however many wait and push.
		const workers, jobs = 20, 2000
		var mu sync.Mutex
		got := map[string]int{}
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() {
				for {
					pair, err := r.BLPop(ctx, 10*time.Second, "jobs", "more").Result()
					if err != nil {
						t.Error(err)
						return
					}
					if pair[1] == "end" {
						return
					}
					mu.Lock()
					got[pair[1]]++
					mu.Unlock()
				}
			})
		}
		pusher := client(t, s, redis.Options{}) // who waits keeps the connections of a pool
		for i := range jobs {
			pusher.RPush(ctx, []string{"jobs", "more"}[i%2], "job"+strconv.Itoa(i))
		}
		for range workers {
			pusher.RPush(ctx, "more", "end")
		}
		wg.Wait()
		if len(got) != jobs || r.LLen(ctx, "jobs").Val() != 0 {
			t.Fatalf("%d jobs of %d were taken", len(got), jobs)
		}
		for job, n := range got {
			if n != 1 {
				t.Fatalf("%s was taken %d times", job, n)
			}
		}
	})
}

// later runs f a moment later.
func later(t *testing.T, f func() error) {
	var done sync.WaitGroup
	done.Go(func() {
		time.Sleep(50 * time.Millisecond)
		if err := f(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(done.Wait)
}

func TestHashes(t *testing.T) {
	run(t, func(t *testing.T, _ *harness.Server, r *redis.Client) {
		ctx := context.Background()
		is(t, r.HSet(ctx, "h", "a", 1, "b", "two"), 2)
		is(t, r.HSetNX(ctx, "h", "a", 9), false)
		is(t, r.HGet(ctx, "h", "b"), "two")
		is(t, r.HGet(ctx, "h", "none"), "")
		is(t, r.HMGet(ctx, "h", "a", "none"), []any{"1", nil})
		is(t, r.HGetAll(ctx, "h"), map[string]string{"a": "1", "b": "two"})
		is(t, r.HExists(ctx, "h", "a"), true)
		is(t, r.HIncrBy(ctx, "h", "a", 41), 42)
		is(t, r.HIncrByFloat(ctx, "h", "a", 0.5), 42.5)
		is(t, r.HStrLen(ctx, "h", "b"), 3)
		sameElements(t, r.HKeys(ctx, "h"), "a", "b")
		sameElements(t, r.HVals(ctx, "h"), "42.5", "two")
		is(t, r.HMSet(ctx, "h", "c", "3"), true)
		is(t, r.HDel(ctx, "h", "a", "none"), 1)
		is(t, r.HLen(ctx, "h"), 2)
		pairs, err := r.HRandFieldWithValues(ctx, "h", 5).Result()
		if err != nil || len(pairs) != 2 {
			t.Fatalf("HRANDFIELD: %v, %v", pairs, err)
		}
		is(t, r.ObjectEncoding(ctx, "h"), "listpack")
		values := map[string]any{}
		for i := range 5000 {
			values["field:"+strconv.Itoa(i)] = i
		}
		is(t, r.HSet(ctx, "big", values), 5000)
		is(t, r.ObjectEncoding(ctx, "big"), "hashtable")
		if n := len(r.HGetAll(ctx, "big").Val()); n != 5000 {
			t.Fatalf("HGETALL gave %d fields", n)
		}
		seen := map[string]bool{}
		for it, i := r.HScan(ctx, "big", 0, "field:*", 100).Iterator(), 0; it.Next(ctx); i++ {
			if i%2 == 0 {
				seen[it.Val()] = true
			}
		}
		if len(seen) != 5000 {
			t.Fatalf("HSCAN found %d fields", len(seen))
		}
	})
}

// TestFieldExpiry uses what Redis has since 7.4.
func TestFieldExpiry(t *testing.T) {
	run(t, func(t *testing.T, _ *harness.Server, r *redis.Client) {
		ctx := context.Background()
		is(t, r.HSet(ctx, "h", "a", 1, "b", 2, "c", 3), 3)
		is(t, r.HExpire(ctx, "h", 100*time.Second, "a", "none"), []int64{1, -2})
		is(t, r.HTTL(ctx, "h", "a", "b", "none"), []int64{100, -1, -2})
		is(t, r.HExpireWithArgs(ctx, "h", 50*time.Second, redis.HExpireArgs{GT: true}, "a"), []int64{0})
		is(t, r.HPExpireAt(ctx, "h", time.UnixMilli(4102444800999), "b"), []int64{1})
		is(t, r.HPExpireTime(ctx, "h", "b"), []int64{4102444800999})
		is(t, r.HExpireAt(ctx, "h", time.Unix(4102444800, 0), "b"), []int64{1})
		is(t, r.HExpireTime(ctx, "h", "b"), []int64{4102444800})
		is(t, r.HPersist(ctx, "h", "b", "c", "none"), []int64{1, -1, -2})
		is(t, r.HPExpire(ctx, "h", 30*time.Millisecond, "c"), []int64{1})
		if ttl := r.HPTTL(ctx, "h", "c").Val(); len(ttl) != 1 || ttl[0] < 1 || ttl[0] > 30 {
			t.Fatalf("HPTTL: %v", ttl)
		}
		time.Sleep(60 * time.Millisecond)
		is(t, r.HGet(ctx, "h", "c"), "")
		is(t, r.HLen(ctx, "h"), 2)
		is(t, r.HExpire(ctx, "h", 0, "a", "b"), []int64{2, 2})
		is(t, r.Exists(ctx, "h"), 0)
		is(t, r.HSet(ctx, "n", "f", "v"), 1)
		fields, _, err := r.HScanNoValues(ctx, "n", 0, "", 10).Result()
		if err != nil || !slices.Equal(fields, []string{"f"}) {
			t.Fatalf("HSCAN NOVALUES: %q, %v", fields, err)
		}
	})
}

func TestSets(t *testing.T) {
	run(t, func(t *testing.T, _ *harness.Server, r *redis.Client) {
		ctx := context.Background()
		is(t, r.SAdd(ctx, "s", 1, 2, 3, 3), 3)
		is(t, r.ObjectEncoding(ctx, "s"), "intset")
		is(t, r.SAdd(ctx, "t", "2", "3", "four"), 3)
		is(t, r.SIsMember(ctx, "s", 1), true)
		is(t, r.SMIsMember(ctx, "s", 1, "x"), []bool{true, false})
		is(t, r.SMembersMap(ctx, "s"), map[string]struct{}{"1": {}, "2": {}, "3": {}})
		sameElements(t, r.SInter(ctx, "s", "t"), "2", "3")
		sameElements(t, r.SUnion(ctx, "s", "t"), "1", "2", "3", "four")
		sameElements(t, r.SDiff(ctx, "s", "t"), "1")
		is(t, r.SInterCard(ctx, 1, "s", "t"), 1)
		is(t, r.SInterStore(ctx, "d", "s", "t"), 2)
		is(t, r.SUnionStore(ctx, "d", "s", "t"), 4)
		is(t, r.SDiffStore(ctx, "d", "s", "t"), 1)
		is(t, r.SMove(ctx, "t", "s", "four"), true)
		is(t, r.SRem(ctx, "s", "four", "none"), 1)
		is(t, r.SCard(ctx, "s"), 3)
		if n := len(r.SRandMemberN(ctx, "s", -10).Val()); n != 10 {
			t.Fatalf("SRANDMEMBER -10 gave %d members", n)
		}
		sameElements(t, r.SPopN(ctx, "s", 10), "1", "2", "3")
		is(t, r.SPop(ctx, "s"), "")
		members := make([]any, 5000)
		for i := range members {
			members[i] = "member:" + strconv.Itoa(i)
		}
		is(t, r.SAdd(ctx, "big", members...), 5000)
		seen := map[string]bool{}
		for it := r.SScan(ctx, "big", 0, "", 100).Iterator(); it.Next(ctx); {
			seen[it.Val()] = true
		}
		if len(seen) != 5000 || len(r.SMembers(ctx, "big").Val()) != 5000 {
			t.Fatalf("SSCAN found %d members", len(seen))
		}
	})
}

func TestSortedSets(t *testing.T) {
	run(t, func(t *testing.T, _ *harness.Server, r *redis.Client) {
		ctx := context.Background()
		z := func(pairs ...any) (zs []redis.Z) {
			for p := range slices.Chunk(pairs, 2) {
				zs = append(zs, redis.Z{Score: p[0].(float64), Member: p[1]})
			}
			return zs
		}
		is(t, r.ZAdd(ctx, "z", z(1.0, "a", 2.0, "b", 3.5, "c")...), 3)
		is(t, r.ZAddArgs(ctx, "z", redis.ZAddArgs{GT: true, Ch: true, Members: z(0.5, "a", 2.5, "b")}), 1)
		is(t, r.ZAddNX(ctx, "z", z(9.0, "a")...), 0)
		is(t, r.ZAddArgsIncr(ctx, "z", redis.ZAddArgs{Members: z(1.0, "a")}), 2.0)
		is(t, r.ZIncrBy(ctx, "z", -1.0, "a"), 1.0)
		is(t, r.ZScore(ctx, "z", "c"), 3.5)
		is(t, r.ZMScore(ctx, "z", "a", "none"), []float64{1, 0})
		is(t, r.ZCard(ctx, "z"), 3)
		is(t, r.ZCount(ctx, "z", "(1", "+inf"), 2)
		is(t, r.ZRank(ctx, "z", "b"), 1)
		is(t, r.ZRevRank(ctx, "z", "a"), 2)
		is(t, r.ZRange(ctx, "z", 0, -1), []string{"a", "b", "c"})
		is(t, r.ZRevRangeWithScores(ctx, "z", 0, 0), z(3.5, "c"))
		is(t, r.ZRangeByScore(ctx, "z", &redis.ZRangeBy{Min: "-inf", Max: "+inf", Offset: 1, Count: 1}), []string{"b"})
		is(t, r.ZRangeArgs(ctx, redis.ZRangeArgs{Key: "z", Start: "9", Stop: "2", ByScore: true, Rev: true}), []string{"c", "b"})
		is(t, r.ZRangeStore(ctx, "d", redis.ZRangeArgs{Key: "z", Start: 0, Stop: 1}), 2)
		is(t, r.ZAdd(ctx, "lex", z(0.0, "a", 0.0, "b", 0.0, "c")...), 3)
		is(t, r.ZRangeByLex(ctx, "lex", &redis.ZRangeBy{Min: "[b", Max: "+"}), []string{"b", "c"})
		is(t, r.ZLexCount(ctx, "lex", "-", "(c"), 2)
		is(t, r.ZUnionWithScores(ctx, redis.ZStore{Keys: []string{"z", "lex"}, Weights: []float64{2, 1}}), z(2.0, "a", 5.0, "b", 7.0, "c"))
		is(t, r.ZInterStore(ctx, "d", &redis.ZStore{Keys: []string{"z", "lex"}, Aggregate: "MAX"}), 3)
		is(t, r.ZUnionStore(ctx, "d", &redis.ZStore{Keys: []string{"z", "lex"}}), 3)
		is(t, r.ZDiff(ctx, "z", "none"), []string{"a", "b", "c"})
		is(t, r.ZInterCard(ctx, 2, "z", "lex"), 2)
		is(t, r.ZPopMin(ctx, "d"), z(1.0, "a"))
		is(t, r.ZPopMax(ctx, "d", 1), z(3.5, "c"))
		key, popped, err := r.ZMPop(ctx, "max", 5, "none", "d").Result()
		if err != nil || key != "d" || fmt.Sprint(popped) != fmt.Sprint(z(2.5, "b")) {
			t.Fatalf("ZMPOP: %q, %v, %v", key, popped, err)
		}
		if n := len(r.ZRandMemberWithScores(ctx, "z", 2).Val()); n != 2 {
			t.Fatalf("ZRANDMEMBER gave %d", n)
		}
		is(t, r.ZRem(ctx, "z", "a", "none"), 1)
		is(t, r.ZRemRangeByScore(ctx, "z", "-inf", "2.5"), 1)
		is(t, r.ZRemRangeByRank(ctx, "z", 0, -1), 1)
		is(t, r.ZRemRangeByLex(ctx, "lex", "-", "+"), 3)
		many := make([]redis.Z, 5000)
		for i := range many {
			many[i] = redis.Z{Score: float64(i) / 2, Member: "m" + strconv.Itoa(i)}
		}
		is(t, r.ZAdd(ctx, "big", many...), 5000)
		is(t, r.ObjectEncoding(ctx, "big"), "skiplist")
		is(t, r.ZRank(ctx, "big", "m2500"), 2500)
		is(t, r.ZRangeWithScores(ctx, "big", -1, -1), z(2499.5, "m4999"))
		is(t, r.ZCount(ctx, "big", "100", "(200"), 200)
	})
}

func TestGeo(t *testing.T) {
	run(t, func(t *testing.T, _ *harness.Server, r *redis.Client) {
		ctx := context.Background()
		palermo := &redis.GeoLocation{Name: "Palermo", Longitude: 13.361389, Latitude: 38.115556}
		catania := &redis.GeoLocation{Name: "Catania", Longitude: 15.087269, Latitude: 37.502669}
		is(t, r.GeoAdd(ctx, "g", palermo, catania), 2)
		is(t, r.GeoDist(ctx, "g", "Palermo", "Catania", "km"), 166.2742)
		is(t, r.GeoHash(ctx, "g", "Palermo", "none"), []string{"sqc8b49rny0", ""})
		pos, err := r.GeoPos(ctx, "g", "Palermo", "none").Result()
		if err != nil || len(pos) != 2 || pos[0].Longitude < 13.3613 || pos[0].Longitude > 13.3614 || pos[1] != nil {
			t.Fatalf("GEOPOS: %v, %v", pos, err)
		}
		is(t, r.GeoSearch(ctx, "g", &redis.GeoSearchQuery{Longitude: 15, Latitude: 37, Radius: 200, RadiusUnit: "km", Sort: "ASC"}),
			[]string{"Catania", "Palermo"})
		is(t, r.GeoSearch(ctx, "g", &redis.GeoSearchQuery{Member: "Palermo", BoxWidth: 10, BoxHeight: 10, BoxUnit: "km"}), []string{"Palermo"})
		found, err := r.GeoSearchLocation(ctx, "g", &redis.GeoSearchLocationQuery{
			GeoSearchQuery: redis.GeoSearchQuery{Longitude: 15, Latitude: 37, Radius: 100, RadiusUnit: "km"},
			WithCoord:      true, WithDist: true, WithHash: true,
		}).Result()
		if err != nil || len(found) != 1 || found[0].Name != "Catania" || found[0].Dist != 56.4413 || found[0].GeoHash == 0 {
			t.Fatalf("GEOSEARCH: %+v, %v", found, err)
		}
		is(t, r.GeoSearchStore(ctx, "g", "d", &redis.GeoSearchStoreQuery{
			GeoSearchQuery: redis.GeoSearchQuery{Member: "Palermo", Radius: 500, RadiusUnit: "km"},
		}), 2)
		near, err := r.GeoRadius(ctx, "g", 15, 37, &redis.GeoRadiusQuery{Radius: 200, Unit: "km", Count: 1, Sort: "ASC"}).Result()
		if err != nil || len(near) != 1 || near[0].Name != "Catania" {
			t.Fatalf("GEORADIUS: %v, %v", near, err)
		}
	})
}

func TestHyperLogLogs(t *testing.T) {
	run(t, func(t *testing.T, _ *harness.Server, r *redis.Client) {
		ctx := context.Background()
		is(t, r.PFAdd(ctx, "p", "a", "b", "c"), 1)
		is(t, r.PFAdd(ctx, "p", "a"), 0)
		is(t, r.PFCount(ctx, "p"), 3)
		for i := range 100 {
			elements := make([]any, 100)
			for j := range elements {
				elements[j] = i*100 + j
			}
			r.PFAdd(ctx, "q", elements...)
		}
		if n := r.PFCount(ctx, "q").Val(); n < 9700 || n > 10300 {
			t.Fatalf("PFCOUNT of 10,000: %d", n)
		}
		is(t, r.PFMerge(ctx, "d", "p", "q"), "OK")
		if n := r.PFCount(ctx, "d", "p").Val(); n < 9700 || n > 10300 {
			t.Fatalf("PFCOUNT of both: %d", n)
		}
		is(t, r.Set(ctx, "s", "x", 0), "OK")
		fails(t, r.PFAdd(ctx, "s", "a"), "WRONGTYPE Key is not a valid HyperLogLog string value")
	})
}

func TestSort(t *testing.T) {
	run(t, func(t *testing.T, _ *harness.Server, r *redis.Client) {
		ctx := context.Background()
		is(t, r.RPush(ctx, "l", 3, 1, 2), 3)
		is(t, r.Sort(ctx, "l", &redis.Sort{}), []string{"1", "2", "3"})
		is(t, r.SortRO(ctx, "l", &redis.Sort{Order: "DESC", Offset: 1, Count: 1}), []string{"2"})
		is(t, r.MSet(ctx, "w1", 30, "w2", 20, "w3", 10, "o1", "one", "o2", "two"), "OK")
		is(t, r.Sort(ctx, "l", &redis.Sort{By: "w*", Get: []string{"#"}}), []string{"3", "2", "1"})
		is(t, r.SortInterfaces(ctx, "l", &redis.Sort{Get: []string{"o*"}}), []any{"one", "two", nil})
		is(t, r.SortStore(ctx, "l", "d", &redis.Sort{Alpha: true}), 3)
		is(t, r.LRange(ctx, "d", 0, -1), []string{"1", "2", "3"})
		is(t, r.HSet(ctx, "h1", "n", 5), 1)
		is(t, r.Sort(ctx, "l", &redis.Sort{By: "h*->n", Get: []string{"#"}}), []string{"2", "3", "1"})
		is(t, r.SAdd(ctx, "s", "b", "a"), 2)
		fails(t, r.Sort(ctx, "s", &redis.Sort{}), "ERR One or more scores can't be converted into double")
	})
}

// TestTypesAlike uses on all types what belongs to none.
func TestTypesAlike(t *testing.T) {
	run(t, func(t *testing.T, _ *harness.Server, r *redis.Client) {
		ctx := context.Background()
		r.RPush(ctx, "list", "a")
		r.HSet(ctx, "hash", "f", "v")
		r.SAdd(ctx, "set", "m")
		r.ZAdd(ctx, "zset", redis.Z{Score: 1, Member: "m"})
		for _, typ := range []string{"list", "hash", "set", "zset"} {
			is(t, r.Type(ctx, typ), typ)
			is(t, r.Copy(ctx, typ, typ+"2", 0, false), 1)
			is(t, r.Rename(ctx, typ+"2", typ+"3"), "OK")
			is(t, r.Expire(ctx, typ+"3", 100*time.Second), true)
			is(t, r.Persist(ctx, typ+"3"), true)
			keys, _, err := r.ScanType(ctx, 0, "*", 1000, typ).Result()
			if slices.Sort(keys); err != nil || !slices.Equal(keys, []string{typ, typ + "3"}) {
				t.Fatalf("SCAN TYPE %s: %q, %v", typ, keys, err)
			}
			fails(t, r.Incr(ctx, typ), "WRONGTYPE")
			is(t, r.Move(ctx, typ+"3", 1), true)
			is(t, r.Del(ctx, typ), 1)
		}
	})
}
