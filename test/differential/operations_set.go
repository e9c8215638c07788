package differential

import (
	"slices"
	"strconv"
)

func (g *generator) setKey() string { return g.keyOf("s") }

// members are for SADD: mostly integers in half of the calls, so that intsets live.
func (g *generator) members() []string {
	if g.chance(50) {
		return g.few()
	}
	out := make([]string, 1+g.r.IntN(6))
	for i := range out {
		out[i] = strconv.Itoa(g.r.IntN(60) - 10)
		if g.chance(6) {
			out[i] = g.integer()
		}
	}
	return out
}

func setOps() []weighted { return slices.Concat(setMembers(), setAlgebra()) }

func setMembers() []weighted {
	return []weighted{
		simple(14, func(g *generator) []string { return append([]string{"SADD", g.setKey()}, unique(g.members())...) }),
		simple(6, func(g *generator) []string { return append([]string{"SREM", g.setKey()}, g.members()...) }),
		simple(5, func(g *generator) []string { return []string{"SISMEMBER", g.setKey(), g.element()} }),
		simple(4, func(g *generator) []string { return append([]string{"SMISMEMBER", g.setKey()}, g.members()...) }),
		simple(3, func(g *generator) []string { return []string{"SCARD", g.setKey()} }),
		{4, func(g *generator) operation {
			return operation{args: []string{"SMEMBERS", g.setKey()}, check: Check{Mode: Unordered}}
		}},
		simple(4, func(g *generator) []string { return []string{"SMOVE", g.setKey(), g.setKey(), g.element()} }),
		{5, func(g *generator) operation {
			args := []string{"SPOP", g.setKey()}
			if g.chance(50) {
				args = append(args, g.pick(g.count(), g.count(), "20", "100"))
			}
			return operation{args: args, run: (*runner).pops}
		}},
		{4, func(g *generator) operation {
			args := []string{"SRANDMEMBER", g.setKey()}
			if g.chance(75) {
				args = append(args, g.sampleCount())
			}
			return operation{args: args, run: (*runner).samples}
		}},
		{3, func(g *generator) operation {
			return operation{args: g.elementScan("SSCAN", g.setKey()), run: (*runner).scans}
		}},
	}
}

func setAlgebra() []weighted {
	return []weighted{
		{6, func(g *generator) operation {
			args := append([]string{g.pick("SINTER", "SUNION", "SDIFF", "sinter")}, g.keysOf("s", 1, 4)...)
			return operation{args: args, check: Check{Mode: Unordered}}
		}},
		simple(6, func(g *generator) []string {
			return append([]string{g.pick("SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE"), g.setKey()}, g.keysOf("s", 1, 4)...)
		}),
		simple(3, func(g *generator) []string {
			keys := g.keysOf("s", 1, 3)
			args := append([]string{"SINTERCARD", strconv.Itoa(len(keys))}, keys...)
			if g.chance(50) {
				args = append(args, "LIMIT", g.pick("0", "1", "3", "100", "-1", "x"))
			}
			return args
		}),
	}
}
