package differential

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Keys begin with a letter for what they mostly hold, so that most commands meet their own type: k strings,
// l lists, h hashes, s sets, z sorted sets, p HyperLogLogs, g places. Two kinds stay by themselves: x, sorted
// sets with all scores equal, for the order by bytes; i, sorted sets with infinite and inexact scores, whose
// sums depend on the order of adding. A digest of theirs is another one in 7.0 than in 7.2.
const (
	keysOfType   = 8
	movablePlain = "lhszpg"
)

// keyOf is a key of a type, sometimes one of another.
func (g *generator) keyOf(letter string) string {
	switch {
	case g.chance(5):
		return g.anyKey()
	case g.chance(3):
		return g.pick("absent", "", "l\x00\r\n")
	}
	return letter + strconv.Itoa(g.r.IntN(keysOfType))
}

func (g *generator) keysOf(letter string, least, most int) []string {
	out := make([]string, least+g.r.IntN(most-least+1))
	for i := range out {
		out[i] = g.keyOf(letter)
	}
	return out
}

// anyKey is a key of any type but x and i.
func (g *generator) anyKey() string {
	if g.chance(25) {
		return "k" + strconv.Itoa(g.r.IntN(30))
	}
	return string(movablePlain[g.r.IntN(len(movablePlain))]) + strconv.Itoa(g.r.IntN(keysOfType))
}

// everyKey is for commands that bring no values together.
func (g *generator) everyKey() string {
	if g.chance(10) {
		return g.pick("x", "i") + strconv.Itoa(g.r.IntN(2))
	}
	return g.anyKey()
}

func (g *generator) everyKeys(least, most int) []string {
	out := make([]string, least+g.r.IntN(most-least+1))
	for i := range out {
		out[i] = g.everyKey()
	}
	return out
}

// movable are two keys for RENAME and COPY, mostly of one type.
func (g *generator) movable() []string {
	from := g.anyKey()
	if g.chance(75) {
		return []string{from, from[:1] + strconv.Itoa(g.r.IntN(keysOfType))}
	}
	return []string{from, g.anyKey()}
}

// element is a list's element, a set's member or a hash's field or value: often one that is there already,
// integers of all widths, what only looks like an integer, and seldom a long one.
func (g *generator) element() string {
	switch n := g.r.IntN(40); {
	case n < 16:
		return "e" + strconv.Itoa(g.r.IntN(40))
	case n < 28:
		return strconv.Itoa(g.r.IntN(50) - 10)
	case n < 31:
		return g.integer()
	case n < 32:
		return g.pick("", "007", "+1", "-0", "00", " 1", "1 ", "1.0", "1e3", "9223372036854775808", "-9223372036854775809")
	case n < 36:
		return g.value()
	case n < 38:
		return strings.Repeat(g.pick("x", "long", "\x00"), 16+g.r.IntN(60))
	case n < 39 && g.chance(30):
		return strings.Repeat(g.pick("big", "0"), 1000+g.r.IntN(2500))
	default:
		return "f" + strconv.Itoa(g.r.IntN(400))
	}
}

// integer is one at the edges of the widths in which compact encodings keep them.
func (g *generator) integer() string {
	edges := []int64{64, 127, 128, 255, 4095, 4096, 8191, 32767, 32768, 65535, 8388607, 8388608, 16777215,
		math.MaxInt32, math.MaxInt32 + 1, math.MaxUint32, math.MaxInt64 - 1, math.MaxInt64}
	n := edges[g.r.IntN(len(edges))]
	if g.chance(50) {
		n = -n - g.r.Int64N(2) // of the greatest this is the least there is
	}
	return strconv.FormatInt(n, 10)
}

// few are one to five elements, seldom enough of them to change a value's encoding.
func (g *generator) few() []string { return g.elements(1+g.r.IntN(5), 4) }

func (g *generator) elements(n, manyPercent int) []string {
	if g.chance(manyPercent) {
		return g.many()
	}
	out := make([]string, n)
	for i := range out {
		out[i] = g.element()
	}
	return out
}

// many are some hundred elements in a row.
func (g *generator) many() []string {
	prefix := g.pick("", "", "f", "m", strings.Repeat("w", 60))
	from, n := g.r.IntN(300), 20+g.r.IntN(300)
	out := make([]string, n)
	for i := range out {
		out[i] = prefix + strconv.Itoa(from+i)
	}
	return out
}

// unique leaves out what comes again: with a repeated new element Redis 7.2 may choose a bigger encoding for
// a new value than 7.0 does.
func unique(elements []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(elements), func(e string) bool {
		again := seen[e]
		seen[e] = true
		return again
	})
}

// count is a number of elements to take; bad ones among them.
func (g *generator) count() string {
	switch {
	case g.chance(5):
		return g.pick("abc", "-1", "", "1.5", "9223372036854775808")
	case g.chance(10):
		return g.pick("0", "1000", "9223372036854775807")
	}
	return strconv.Itoa(1 + g.r.IntN(6))
}

// sampleCount is a count of SRANDMEMBER and its like; negative ones may return an element again.
func (g *generator) sampleCount() string {
	switch {
	case g.chance(5):
		return g.pick("abc", "", "1.5", "9223372036854775808")
	case g.chance(10):
		return g.pick("0", "500", "-500")
	}
	return strconv.Itoa(g.r.IntN(60) - 25)
}

// limit is an offset and a count, as LIMIT takes them.
func (g *generator) limit() []string {
	return []string{"LIMIT", strconv.Itoa(g.r.IntN(12) - 1), strconv.Itoa(g.r.IntN(25) - 2)}
}

// timeout of a blocking command that does not find anything; nothing comes, so it is short.
func (g *generator) timeout() string {
	if g.chance(10) {
		return g.pick("-1", "abc", "", "nan", "-1.5")
	}
	return g.pick("0.001", "0.002", "1e-3")
}

// directives72 are new in Redis 7.2.
var directives72 = []string{"set-max-listpack-entries", "set-max-listpack-value"}

// thresholds are the directives that say when a value changes its encoding: what they are by default, and
// other values for them.
func thresholds() map[string][]string {
	return map[string][]string{
		"hash-max-listpack-entries": {"512", "0", "1", "4", "16", "128"},
		"hash-max-listpack-value":   {"64", "0", "4", "16", "100", "4000"},
		"list-max-listpack-size":    {"-2", "1", "2", "5", "100", "-1", "-3", "-5"},
		"list-compress-depth":       {"0", "1", "3"},
		"set-max-intset-entries":    {"512", "512", "512", "0", "4", "16", "128"},
		"set-max-listpack-entries":  {"128", "0", "1", "4", "16", "300"},
		"set-max-listpack-value":    {"64", "0", "4", "16", "100"},
		"zset-max-listpack-entries": {"128", "0", "1", "4", "16", "300"},
		"zset-max-listpack-value":   {"64", "0", "4", "16", "100"},
		"hll-sparse-max-bytes":      {"3000", "0", "20", "200", "16000"},
	}
}

// thresholdNames are sorted, so that a seed always chooses the same.
func thresholdNames() []string {
	var names []string
	for name := range thresholds() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func settingOf(name, value string) operation {
	return operation{args: []string{"CONFIG", "SET", name, value}, run: (*runner).setting}
}

// presets set all thresholds to their defaults.
func presets() []operation {
	var ops []operation
	for _, name := range thresholdNames() {
		ops = append(ops, settingOf(name, thresholds()[name][0]))
	}
	return ops
}

func digestOf(key string) operation {
	return operation{args: []string{"DEBUG", "DIGEST-VALUE", key}, run: (*runner).digest}
}

// typesOps are what concerns all types: thresholds that change while values are there.
func typesOps() []weighted {
	return []weighted{
		{6, func(g *generator) operation {
			name := g.pick(thresholdNames()...)
			return settingOf(name, g.pick(thresholds()[name]...))
		}},
		{3, func(g *generator) operation {
			name := g.pick(thresholdNames()...)
			return settingOf(name, thresholds()[name][0])
		}},
		{2, func(g *generator) operation {
			args := []string{"CONFIG", "GET", g.pick("hash-max-*", "list-*", "zset-max-*")}
			return operation{args: args, check: Check{Mode: Pairs}, solid: true}
		}},
		{2, func(g *generator) operation { return digestOf(g.everyKey()) }},
		simple(4, func(g *generator) []string { return []string{"TYPE", g.everyKey()} }),
	}
}
