package differential

import "strconv"

func (g *generator) hashKey() string { return g.keyOf("h") }

func hashOps() []weighted {
	inOrder := func(weight int, name string, check Check) weighted {
		return weighted{weight, func(g *generator) operation {
			return operation{args: []string{name, g.hashKey()}, check: check, run: (*runner).inOrder}
		}}
	}
	return append(hashWrites(),
		simple(6, func(g *generator) []string { return []string{"HGET", g.hashKey(), g.element()} }),
		simple(4, func(g *generator) []string { return append([]string{"HMGET", g.hashKey()}, g.few()...) }),
		simple(3, func(g *generator) []string { return []string{"HEXISTS", g.hashKey(), g.element()} }),
		simple(3, func(g *generator) []string { return []string{"HSTRLEN", g.hashKey(), g.element()} }),
		simple(3, func(g *generator) []string { return []string{"HLEN", g.hashKey()} }),
		inOrder(4, "HGETALL", Check{Mode: Pairs}), inOrder(2, "HKEYS", Check{Mode: Unordered}),
		inOrder(2, "HVALS", Check{Mode: Unordered}),
		weighted{4, func(g *generator) operation { return operation{args: hashSample(g), run: (*runner).samples} }},
		weighted{3, func(g *generator) operation {
			return operation{args: g.elementScan("HSCAN", g.hashKey()), run: (*runner).scans}
		}},
	)
}

func hashWrites() []weighted {
	return []weighted{
		simple(12, func(g *generator) []string {
			args := []string{g.pick("HSET", "HSET", "HMSET"), g.hashKey()}
			for _, f := range unique(g.few()) {
				args = append(args, f, g.element())
			}
			return args
		}),
		simple(3, func(g *generator) []string { return []string{"HSETNX", g.hashKey(), g.element(), g.element()} }),
		simple(6, func(g *generator) []string { return append([]string{"HDEL", g.hashKey()}, g.few()...) }),
		simple(4, func(g *generator) []string { return []string{"HINCRBY", g.hashKey(), g.element(), g.increment()} }),
		simple(4, func(g *generator) []string { return []string{"HINCRBYFLOAT", g.hashKey(), g.element(), g.float()} }),
	}
}

func hashSample(g *generator) []string {
	args := []string{"HRANDFIELD", g.hashKey()}
	if g.chance(75) {
		args = append(args, g.sampleCount())
		args = append(args, g.some(50, g.pick("WITHVALUES", "withvalues"))...)
	}
	return args
}

// elementScan is a scan of a value, without cursor.
func (g *generator) elementScan(name, key string) []string {
	args := []string{name, key}
	if g.chance(60) {
		args = append(args, "COUNT", strconv.Itoa(1+g.r.IntN(50)))
	}
	if g.chance(40) {
		args = append(args, "MATCH", g.pattern())
	}
	return args
}
