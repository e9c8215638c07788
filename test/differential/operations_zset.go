package differential

import (
	"slices"
	"strconv"
)

func (g *generator) zsetKey() string { return g.keyOf("z") }

// score is exact in binary and small, so that sums do not depend on the order of adding. None is -0, which
// 7.0 keeps as 0 in a listpack.
func (g *generator) score() string {
	if g.chance(3) {
		return g.pick("abc", "nan", "", "1e", "0x10", "+5", "1e2")
	}
	return strconv.FormatFloat(float64(g.r.IntN(400)-100)/4, 'f', -1, 64)
}

// bound is an end of a range of scores.
func (g *generator) bound() string {
	switch g.r.IntN(8) {
	case 0:
		return g.pick("-inf", "+inf", "inf", "(inf", "(-inf")
	case 1:
		return g.pick("abc", "(", "", "nan", "(abc")
	case 2, 3:
		return "(" + strconv.FormatFloat(float64(g.r.IntN(400)-100)/4, 'f', -1, 64)
	}
	return strconv.FormatFloat(float64(g.r.IntN(400)-100)/4, 'f', -1, 64)
}

// lexBound is an end of a range of members.
func (g *generator) lexBound() string {
	if g.chance(25) {
		return g.pick("-", "+", "-", "+", "abc", "", "(", "[", "--")
	}
	return g.pick("[", "(") + g.element()
}

func zsetOps() []weighted {
	return slices.Concat(zsetWrites(), zsetReads(), zsetRanges(), zsetAlgebra(), zsetPops(), zsetLex(), zsetInexact())
}

func zsetWrites() []weighted {
	return []weighted{
		simple(14, func(g *generator) []string {
			args := append([]string{"ZADD", g.zsetKey()}, g.some(12, "NX", "XX", "GT", "LT", "CH")...)
			members := unique(g.few())
			if g.chance(6) {
				args, members = append(args, "INCR"), members[:1]
			}
			for _, m := range members {
				args = append(args, g.score(), m)
			}
			return args
		}),
		simple(6, func(g *generator) []string { return append([]string{"ZREM", g.zsetKey()}, g.few()...) }),
		simple(5, func(g *generator) []string { return []string{"ZINCRBY", g.zsetKey(), g.score(), g.element()} }),
		simple(2, func(g *generator) []string {
			return []string{"ZREMRANGEBYRANK", g.zsetKey(), g.listIndex(), g.listIndex()}
		}),
		simple(2, func(g *generator) []string { return []string{"ZREMRANGEBYSCORE", g.zsetKey(), g.bound(), g.bound()} }),
	}
}

func zsetReads() []weighted {
	return []weighted{
		simple(5, func(g *generator) []string { return []string{"ZSCORE", g.zsetKey(), g.element()} }),
		simple(3, func(g *generator) []string { return append([]string{"ZMSCORE", g.zsetKey()}, g.few()...) }),
		// Solid, because 7.2 has one argument more.
		{5, func(g *generator) operation {
			return operation{args: []string{g.pick("ZRANK", "ZREVRANK"), g.zsetKey(), g.element()}, solid: true}
		}},
		simple(3, func(g *generator) []string { return []string{"ZCARD", g.zsetKey()} }),
		simple(4, func(g *generator) []string { return []string{"ZCOUNT", g.zsetKey(), g.bound(), g.bound()} }),
		{4, func(g *generator) operation {
			args := []string{"ZRANDMEMBER", g.zsetKey()}
			if g.chance(75) {
				args = append(args, g.sampleCount())
				args = append(args, g.some(50, g.pick("WITHSCORES", "withscores"))...)
			}
			return operation{args: args, run: (*runner).samples}
		}},
		{3, func(g *generator) operation {
			return operation{args: g.elementScan("ZSCAN", g.zsetKey()), run: (*runner).scans}
		}},
	}
}

func zsetRanges() []weighted {
	return []weighted{
		simple(6, func(g *generator) []string {
			args := []string{g.pick("ZRANGE", "ZREVRANGE"), g.zsetKey(), g.listIndex(), g.listIndex()}
			return append(args, g.some(50, "WITHSCORES")...)
		}),
		simple(6, func(g *generator) []string {
			args := []string{g.pick("ZRANGEBYSCORE", "ZREVRANGEBYSCORE"), g.zsetKey(), g.bound(), g.bound()}
			args = append(args, g.some(50, "WITHSCORES")...)
			if g.chance(40) {
				args = append(args, g.limit()...)
			}
			return args
		}),
		simple(6, func(g *generator) []string { return append([]string{"ZRANGE", g.zsetKey()}, rangeArgs(g, true)...) }),
		simple(4, func(g *generator) []string {
			return append([]string{"ZRANGESTORE", g.zsetKey(), g.zsetKey()}, rangeArgs(g, false)...)
		}),
	}
}

// rangeArgs are the ends and options of ZRANGE.
func rangeArgs(g *generator, withScores bool) []string {
	args := []string{g.listIndex(), g.listIndex()}
	if g.chance(50) {
		args = []string{g.bound(), g.bound(), "BYSCORE"}
		if g.chance(40) {
			args = append(args, g.limit()...)
		}
	}
	args = append(args, g.some(40, "REV")...)
	if withScores {
		args = append(args, g.some(40, "WITHSCORES")...)
	}
	return args
}

func zsetAlgebra() []weighted {
	// Sets are taken too: each member counts 1.
	sources := func(g *generator) []string {
		keys := g.keysOf("z", 1, 3)
		if g.chance(20) {
			keys = append(keys, g.setKey())
		}
		return append([]string{strconv.Itoa(len(keys))}, keys...)
	}
	weights := func(g *generator, keys []string) []string {
		var args []string
		if g.chance(40) {
			args = append(args, "WEIGHTS")
			for range len(keys) - 1 {
				args = append(args, g.pick("1", "2", "0.5", "3", g.pick("1", "1", "abc")))
			}
		}
		if g.chance(40) {
			args = append(args, "AGGREGATE", g.pick("SUM", "MIN", "MAX", "min", "AVG"))
		}
		return args
	}
	return []weighted{
		simple(5, func(g *generator) []string {
			name, keys := g.pick("ZUNION", "ZINTER"), sources(g)
			return slices.Concat([]string{name}, keys, weights(g, keys), g.some(50, "WITHSCORES"))
		}),
		simple(5, func(g *generator) []string {
			name, keys := g.pick("ZUNIONSTORE", "ZINTERSTORE"), sources(g)
			return slices.Concat([]string{name, g.zsetKey()}, keys, weights(g, keys))
		}),
		simple(3, func(g *generator) []string {
			return slices.Concat([]string{"ZDIFF"}, sources(g), g.some(50, "WITHSCORES"))
		}),
		simple(3, func(g *generator) []string { return append([]string{"ZDIFFSTORE", g.zsetKey()}, sources(g)...) }),
		simple(3, func(g *generator) []string {
			args := append([]string{"ZINTERCARD"}, sources(g)...)
			if g.chance(50) {
				args = append(args, "LIMIT", g.pick("0", "1", "3", "100", "-1", "x"))
			}
			return args
		}),
	}
}

func zsetPops() []weighted {
	mpop := func(g *generator, args ...string) []string {
		keys := g.keysOf("z", 1, 3)
		args = slices.Concat(args, []string{strconv.Itoa(len(keys))}, keys, []string{g.pick("MIN", "MAX", "min")})
		if g.chance(60) {
			args = append(args, "COUNT", g.count())
		}
		return args
	}
	return []weighted{
		simple(5, func(g *generator) []string {
			args := []string{g.pick("ZPOPMIN", "ZPOPMAX"), g.zsetKey()}
			if g.chance(50) {
				args = append(args, g.count())
			}
			return args
		}),
		simple(3, func(g *generator) []string { return mpop(g, "ZMPOP") }),
		{2, func(g *generator) operation {
			args := slices.Concat([]string{g.pick("BZPOPMIN", "BZPOPMAX")}, g.keysOf("z", 1, 3), []string{g.timeout()})
			return operation{args: args, solid: true}
		}},
		{1, func(g *generator) operation { return operation{args: mpop(g, "BZMPOP", g.timeout()), solid: true} }},
	}
}

// zsetLex uses sorted sets with all scores equal. In others the order by bytes is not defined.
func zsetLex() []weighted {
	solid := func(weight int, f func(g *generator, key string) []string) weighted {
		return weighted{weight, func(g *generator) operation {
			key := g.pick("x0", "x1", "x0", "x1", "x0", "x1", "x0", "nolex", "n0")
			return operation{args: f(g, key), solid: true}
		}}
	}
	return []weighted{
		solid(5, func(g *generator, key string) []string {
			args := []string{"ZADD", key}
			for _, m := range unique(g.few()) {
				args = append(args, "0", m)
			}
			return args
		}),
		solid(1, func(g *generator, key string) []string { return append([]string{"ZREM", key}, g.few()...) }),
		solid(4, func(g *generator, key string) []string {
			args := []string{g.pick("ZRANGEBYLEX", "ZREVRANGEBYLEX"), key, g.lexBound(), g.lexBound()}
			if g.chance(40) {
				args = append(args, g.limit()...)
			}
			return args
		}),
		solid(2, func(g *generator, key string) []string {
			return append([]string{"ZRANGE", key, g.lexBound(), g.lexBound(), "BYLEX"}, g.some(40, "REV")...)
		}),
		solid(2, func(g *generator, key string) []string { return []string{"ZLEXCOUNT", key, g.lexBound(), g.lexBound()} }),
		solid(1, func(g *generator, key string) []string {
			return []string{"ZREMRANGEBYLEX", key, g.lexBound(), g.lexBound()}
		}),
	}
}

// zsetInexact uses scores of all kinds.
func zsetInexact() []weighted {
	doubles := func(weight int, f func(g *generator, key string) []string) weighted {
		return weighted{weight, func(g *generator) operation {
			return operation{args: f(g, g.pick("i0", "i1")), check: Check{Doubles: true}, solid: true}
		}}
	}
	return []weighted{
		doubles(4, func(g *generator, key string) []string {
			args := []string{"ZADD", key}
			for _, m := range unique(g.few()) {
				args = append(args, g.float(), m)
			}
			return args
		}),
		doubles(2, func(g *generator, key string) []string { return []string{"ZINCRBY", key, g.float(), g.element()} }),
		doubles(2, func(g *generator, key string) []string { return []string{"ZADD", key, "INCR", g.float(), g.element()} }),
		doubles(2, func(g *generator, key string) []string { return []string{"ZSCORE", key, g.element()} }),
		doubles(1, func(g *generator, key string) []string { return []string{"ZRANGE", key, "0", "-1", "WITHSCORES"} }),
		doubles(1, func(g *generator, key string) []string { return []string{g.pick("ZPOPMIN", "ZPOPMAX"), key} }),
		doubles(1, func(g *generator, key string) []string {
			return []string{"ZRANGEBYSCORE", key, g.pick("-inf", g.float()), g.pick("+inf", g.float()), "WITHSCORES"}
		}),
	}
}
