package differential

import "strconv"

func (g *generator) hllKey() string { return g.keyOf("p") }

// hllOp is simple with runner.hll.
func hllOp(weight int, f func(g *generator) []string) weighted {
	return weighted{weight, func(g *generator) operation {
		args := f(g)
		if g.chance(4) {
			args = g.spoil(args)
		}
		return operation{args: args, run: (*runner).hll}
	}}
}

func hllOps() []weighted {
	return []weighted{
		hllOp(8, func(g *generator) []string {
			args := []string{"PFADD", g.hllKey()}
			if g.chance(95) {
				args = append(args, g.elements(1+g.r.IntN(5), 25)...)
			}
			return args
		}),
		hllOp(5, func(g *generator) []string { return append([]string{"PFCOUNT"}, g.keysOf("p", 1, 3)...) }),
		hllOp(3, func(g *generator) []string { return append([]string{"PFMERGE", g.hllKey()}, g.keysOf("p", 0, 3)...) }),
		// The value itself: it is a string in a format that others read.
		simple(3, func(g *generator) []string { return []string{"GET", "p" + strconv.Itoa(g.r.IntN(keysOfType))} }),
		simple(2, func(g *generator) []string { return []string{"STRLEN", g.hllKey()} }),
		hllOp(1, func(g *generator) []string {
			return []string{"PFDEBUG", g.pick("ENCODING", "DECODE", "TODENSE", "x"), g.hllKey()}
		}),
	}
}
