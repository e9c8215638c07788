package differential

import (
	"bytes"
	"slices"
	"strconv"

	"radish/test/harness"
)

// sortOps sort lists, sets and sorted sets by themselves, by weights in strings w0, w1, ... or by a field of
// hashes d0, d1, ... The lists of numbers are n0 and n1.
func sortOps() []weighted {
	return []weighted{
		simple(4, func(g *generator) []string {
			args := []string{"RPUSH", "n" + strconv.Itoa(g.r.IntN(2))}
			for range 1 + g.r.IntN(8) {
				args = append(args, g.pick(strconv.Itoa(g.r.IntN(30)), strconv.Itoa(g.r.IntN(30)), strconv.FormatFloat(g.r.NormFloat64()*10, 'f', 2, 64)))
			}
			return args
		}),
		simple(2, func(g *generator) []string { return []string{"LTRIM", "n" + strconv.Itoa(g.r.IntN(2)), "0", "30"} }),
		simple(2, func(g *generator) []string {
			args := []string{"MSET"}
			for range 5 {
				args = append(args, "w"+strconv.Itoa(g.r.IntN(40)), strconv.Itoa(g.r.IntN(20)))
			}
			return args
		}),
		simple(2, func(g *generator) []string {
			return []string{"HSET", "d" + strconv.Itoa(g.r.IntN(40)), "weight", strconv.Itoa(g.r.IntN(20)), "name", "n" + strconv.Itoa(g.r.IntN(99))}
		}),
		{12, func(g *generator) operation {
			o := operation{args: sortArgs(g), solid: true}
			if slices.Contains(o.args, "ALPHA") {
				o.run = (*runner).sortAlpha
			}
			return o
		}},
	}
}

func sortArgs(g *generator) []string {
	key := g.pick("n0", "n1", "n0", "n1", g.listKey(), g.setKey(), g.zsetKey())
	args := []string{"SORT", key}
	var options [][]string
	readOnly := g.chance(25)
	if readOnly {
		args[0] = "SORT_RO"
	}
	by := g.chance(40)
	if by {
		options = append(options, []string{"BY", g.pick("w*", "d*->weight", "nosuch*", "d*->nosuch", "w*", "d*->")})
	}
	if g.chance(30) {
		options = append(options, []string{"LIMIT", strconv.Itoa(g.r.IntN(12) - 2), strconv.Itoa(g.r.IntN(20) - 2)})
	}
	for range g.r.IntN(3) {
		options = append(options, []string{"GET", g.pick("#", "w*", "d*->name", "nosuch*", "d*->nosuch", "nostar")})
	}
	options = append(options, g.some(35, g.pick("ASC", "DESC", "desc")))
	// Texts that are compared BY others and are equal stay in no order.
	if !by && g.chance(40) {
		options = append(options, []string{"ALPHA"})
	}
	if !readOnly && g.chance(20) {
		options = append(options, []string{"STORE", g.pick("n0", "n1", g.listKey(), g.anyKey())})
	}
	if g.chance(4) {
		options = append(options, []string{g.pick("STORE", "BY", "LIMIT", "NOSUCH", "GET")})
	}
	g.r.Shuffle(len(options), func(i, j int) { options[i], options[j] = options[j], options[i] })
	return append(args, slices.Concat(options...)...)
}

// sortAlpha runs SORT ... ALPHA, to which elements that are the same up to a zero byte are equal: they stay as Redis walks a hash table, which is in
// another order in each process.
func (r *runner) sortAlpha(o operation) (string, error) {
	replies, err := r.both(o.args...)
	if err != nil {
		return "", err
	}
	diff := r.compare(Check{}, replies)
	if diff == "" || !bytes.ContainsRune(replies[0].Raw, 0) && !bytes.ContainsRune(replies[1].Raw, 0) {
		return diff, nil
	}
	types, err := r.both("TYPE", o.args[1])
	if err != nil {
		return "", err
	}
	if typ := string(types[0].Text); typ != "set" && typ != "zset" {
		return diff, nil
	}
	if r.compare(Check{Mode: Unordered}, replies) == "" {
		return "", nil
	}
	for i := range replies { // LIMIT may have cut between equal ones
		replies[i].Value = cutAtZero(replies[i].Value)
		replies[i].Raw = replies[i].AppendWire(nil)
	}
	return r.compare(Check{}, replies), nil
}

// cutAtZero makes texts end before their first zero byte.
func cutAtZero(v harness.Value) harness.Value {
	v.Text, _, _ = bytes.Cut(v.Text, []byte{0})
	v.Elems = slices.Clone(v.Elems)
	for i := range v.Elems {
		v.Elems[i] = cutAtZero(v.Elems[i])
	}
	return v
}
