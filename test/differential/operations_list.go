package differential

import (
	"slices"
	"strconv"
)

func (g *generator) listKey() string { return g.keyOf("l") }

func (g *generator) side() string { return g.pick("LEFT", "RIGHT", "left", "Right") }

func listOps() []weighted {
	return slices.Concat(listWrites(), listReads(), listMoves(), listBlocking())
}

func listWrites() []weighted {
	return []weighted{
		simple(12, func(g *generator) []string {
			return append([]string{g.pick("LPUSH", "RPUSH"), g.listKey()}, g.few()...)
		}),
		simple(3, func(g *generator) []string {
			return append([]string{g.pick("LPUSHX", "RPUSHX"), g.listKey()}, g.few()...)
		}),
		simple(8, func(g *generator) []string {
			args := []string{g.pick("LPOP", "RPOP"), g.listKey()}
			if g.chance(40) {
				args = append(args, g.count())
			}
			return args
		}),
		// Solid, because 7.2 takes the index of a short list modulo 2^32.
		{5, func(g *generator) operation {
			index := g.pick(strconv.Itoa(g.r.IntN(16)-8), strconv.Itoa(g.r.IntN(400)-200), "abc", "1.5", "")
			return operation{args: []string{"LSET", g.listKey(), index, g.element()}, solid: true}
		}},
		simple(5, func(g *generator) []string {
			return []string{"LINSERT", g.listKey(), g.pick("BEFORE", "AFTER", "before", "After"), g.element(), g.element()}
		}),
		simple(5, func(g *generator) []string {
			return []string{"LREM", g.listKey(), strconv.Itoa(g.r.IntN(7) - 3), g.element()}
		}),
		simple(4, func(g *generator) []string { return []string{"LTRIM", g.listKey(), g.listIndex(), g.listIndex()} }),
	}
}

func listReads() []weighted {
	return []weighted{
		simple(6, func(g *generator) []string { return []string{"LRANGE", g.listKey(), g.listIndex(), g.listIndex()} }),
		simple(2, func(g *generator) []string { return []string{"LRANGE", g.listKey(), "0", "-1"} }),
		simple(4, func(g *generator) []string { return []string{"LLEN", g.listKey()} }),
		simple(4, func(g *generator) []string { return []string{"LINDEX", g.listKey(), g.listIndex()} }),
		simple(5, func(g *generator) []string {
			args := []string{"LPOS", g.listKey(), g.element()}
			if g.chance(40) {
				args = append(args, g.pick("RANK", "rank"), g.pick("1", "-1", "2", "-2", "3", "0", "-3", "abc", "-9223372036854775807"))
			}
			if g.chance(40) {
				args = append(args, "COUNT", g.pick("0", "1", "2", "-1", "x"))
			}
			if g.chance(30) {
				args = append(args, "MAXLEN", g.pick("0", "1", "10", "200", "-1"))
			}
			return args
		}),
	}
}

func listMoves() []weighted {
	return []weighted{
		simple(3, func(g *generator) []string {
			return []string{"LMOVE", g.listKey(), g.listKey(), g.side(), g.side()}
		}),
		simple(2, func(g *generator) []string { return []string{"RPOPLPUSH", g.listKey(), g.listKey()} }),
		simple(3, func(g *generator) []string {
			keys := g.keysOf("l", 1, 4)
			args := slices.Concat([]string{"LMPOP", strconv.Itoa(len(keys))}, keys, []string{g.side()})
			if g.chance(60) {
				args = append(args, "COUNT", g.count())
			}
			return args
		}),
	}
}

func listBlocking() []weighted {
	solid := func(weight int, f func(g *generator) []string) weighted {
		return weighted{weight, func(g *generator) operation { return operation{args: f(g), solid: true} }}
	}
	return []weighted{
		solid(2, func(g *generator) []string {
			return slices.Concat([]string{g.pick("BLPOP", "BRPOP")}, g.keysOf("l", 1, 4), []string{g.timeout()})
		}),
		solid(1, func(g *generator) []string {
			return []string{"BLMOVE", g.listKey(), g.listKey(), g.side(), g.side(), g.timeout()}
		}),
		solid(1, func(g *generator) []string { return []string{"BRPOPLPUSH", g.listKey(), g.listKey(), g.timeout()} }),
		solid(1, func(g *generator) []string {
			keys := g.keysOf("l", 1, 3)
			args := slices.Concat([]string{"BLMPOP", g.timeout(), strconv.Itoa(len(keys))}, keys, []string{g.side()})
			if g.chance(50) {
				args = append(args, "COUNT", g.count())
			}
			return args
		}),
	}
}

// listIndex is near one of the ends, somewhere, or outside.
func (g *generator) listIndex() string {
	switch g.r.IntN(6) {
	case 0:
		return g.index()
	case 1:
		return strconv.Itoa(g.r.IntN(400) - 200)
	}
	return strconv.Itoa(g.r.IntN(16) - 8)
}
