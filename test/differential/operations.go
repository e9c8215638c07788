package differential

import (
	"slices"
	"strconv"
)

// op is an operation whose replies must be equal to the byte.
func op(args ...string) operation { return operation{args: args} }

// simple makes an operation of constant weight from a function of the arguments.
func simple(weight int, f func(g *generator) []string) weighted {
	return weighted{weight, func(g *generator) operation { return operation{args: f(g)} }}
}

func stringOps() []weighted {
	return []weighted{
		{12, func(g *generator) operation {
			args := setArgs(g)
			return operation{args: args, lapse: slices.ContainsFunc(args, isPast)}
		}},
		simple(8, func(g *generator) []string { return []string{"GET", g.key()} }),
		simple(4, func(g *generator) []string { return []string{"SET", g.key(), g.number()} }),
		simple(2, func(g *generator) []string { return []string{"SETNX", g.key(), g.value()} }),
		simple(2, func(g *generator) []string {
			if g.chance(10) {
				return []string{"SETEX", g.key(), g.pick("0", "-5", "abc", "9223372036854775807"), g.value()}
			}
			return []string{"SETEX", g.key(), strconv.FormatInt(g.deadline(), 10), g.value()}
		}),
		simple(2, func(g *generator) []string { return []string{"PSETEX", g.key(), ms(g.deadline()), g.value()} }),
		simple(2, func(g *generator) []string { return []string{"GETSET", g.key(), g.value()} }),
		simple(2, func(g *generator) []string { return []string{"GETDEL", g.key()} }),
		simple(4, func(g *generator) []string {
			args := []string{"GETEX", g.key()}
			if g.chance(30) {
				return append(args, "PERSIST")
			} else if g.chance(70) {
				args = append(args, g.expiry()...)
			}
			return args
		}),
		simple(3, func(g *generator) []string { return append([]string{"MGET"}, g.keys(1, 5)...) }),
		simple(3, func(g *generator) []string { return append([]string{"MSET"}, g.pairs()...) }),
		simple(2, func(g *generator) []string { return append([]string{"MSETNX"}, g.pairs()...) }),
		simple(3, func(g *generator) []string { return []string{"STRLEN", g.key()} }),
		simple(5, func(g *generator) []string { return []string{"APPEND", g.key(), g.value()} }),
		simple(4, func(g *generator) []string {
			return []string{"SETRANGE", g.key(), g.offset(150, "536870912", "536870911000"), g.value()}
		}),
		simple(4, func(g *generator) []string {
			return []string{g.pick("GETRANGE", "SUBSTR"), g.key(), g.index(), g.index()}
		}),
		simple(5, func(g *generator) []string { return []string{g.pick("INCR", "DECR"), g.key()} }),
		simple(5, func(g *generator) []string { return []string{g.pick("INCRBY", "DECRBY"), g.key(), g.increment()} }),
		simple(6, func(g *generator) []string { return []string{"INCRBYFLOAT", g.key(), g.float()} }),
		simple(2, lcsArgs),
	}
}

func (g *generator) pairs() []string {
	var args []string
	for range 1 + g.r.IntN(4) {
		args = append(args, g.key(), g.value())
	}
	return args
}

func setArgs(g *generator) []string {
	args := []string{"SET", g.key(), g.value()}
	var opts [][]string
	for _, o := range g.some(20, "NX", "XX", "GET") {
		opts = append(opts, []string{o})
	}
	switch g.r.IntN(5) {
	case 0:
		opts = append(opts, []string{"KEEPTTL"})
	case 1, 2:
		opts = append(opts, g.expiry())
	}
	g.r.Shuffle(len(opts), func(i, j int) { opts[i], opts[j] = opts[j], opts[i] })
	return append(args, slices.Concat(opts...)...)
}

func lcsArgs(g *generator) []string {
	args := append([]string{"LCS"}, g.keys(2, 2)...)
	switch g.r.IntN(3) {
	case 0:
		return append(args, "LEN")
	case 1:
		args = append(args, "IDX")
		args = append(args, g.some(50, "WITHMATCHLEN")...)
		if g.chance(50) {
			args = append(args, "MINMATCHLEN", g.number())
		}
	}
	return args
}

func bitmapOps() []weighted {
	refused := []string{"4294967296", "18446744073709551615"}
	return []weighted{
		simple(5, func(g *generator) []string {
			return []string{"SETBIT", g.key(), g.offset(900, refused...), g.pick("0", "1", "1", "1", "2")}
		}),
		simple(4, func(g *generator) []string { return []string{"GETBIT", g.key(), g.offset(900, refused...)} }),
		simple(5, func(g *generator) []string {
			args := []string{"BITCOUNT", g.key()}
			if g.chance(70) {
				args = append(args, g.index(), g.index())
				args = append(args, g.some(60, g.pick("BIT", "BYTE", "bit"))...)
			}
			return args
		}),
		simple(5, func(g *generator) []string {
			args := []string{"BITPOS", g.key(), g.pick("0", "1", "0", "1", "0", "1", "2")}
			for range g.r.IntN(3) {
				args = append(args, g.index())
			}
			if len(args) == 5 {
				args = append(args, g.some(60, g.pick("BIT", "BYTE", "bit"))...)
			}
			return args
		}),
		simple(4, func(g *generator) []string {
			args := append([]string{"BITOP", g.pick("AND", "OR", "XOR", "and"), g.key()}, g.keys(1, 5)...)
			if g.chance(25) {
				return []string{"BITOP", "NOT", args[2], args[3]}
			}
			return args
		}),
		simple(6, bitfieldArgs),
	}
}

func bitfieldArgs(g *generator) []string {
	args := []string{"BITFIELD", g.key()}
	readOnly := g.chance(15)
	if readOnly {
		args[0] = "BITFIELD_RO"
	}
	place := func() []string {
		typ := g.pick("u", "i") + strconv.Itoa(1+g.r.IntN(63))
		if g.chance(5) {
			typ = g.pick("u64", "i64", "i65", "u0", "x8", "u", "i-1")
		}
		offset := g.offset(500, "4294967296", "#4294967296")
		if g.chance(30) {
			offset = "#" + strconv.Itoa(g.r.IntN(20))
		}
		return []string{typ, offset}
	}
	for range 1 + g.r.IntN(4) {
		switch {
		case g.chance(25) && !readOnly:
			args = append(args, "OVERFLOW", g.pick("WRAP", "SAT", "FAIL", "sat"))
			fallthrough
		case g.chance(40) && !readOnly:
			args = append(append(append(args, g.pick("INCRBY", "incrby")), place()...), g.increment())
		case g.chance(50) && !readOnly:
			args = append(append(append(args, "SET"), place()...), g.increment())
		default:
			args = append(append(args, "GET"), place()...)
		}
	}
	return args
}

func genericOps() []weighted {
	second := Check{About: 3}
	milli := Check{About: 3000}
	return []weighted{
		simple(5, func(g *generator) []string { return append([]string{g.pick("DEL", "UNLINK")}, g.everyKeys(1, 3)...) }),
		simple(3, func(g *generator) []string { return append([]string{g.pick("EXISTS", "TOUCH")}, g.everyKeys(1, 4)...) }),
		simple(2, func(g *generator) []string { return []string{"TYPE", g.everyKey()} }),
		simple(9, expireArgs),
		{3, func(g *generator) operation {
			return operation{args: []string{g.pick("TTL", "EXPIRETIME"), g.everyKey()}, check: second}
		}},
		{3, func(g *generator) operation {
			return operation{args: []string{g.pick("PTTL", "PEXPIRETIME"), g.everyKey()}, check: milli}
		}},
		{1, func(g *generator) operation {
			return operation{args: []string{"PEXPIRE", g.everyKey(), "1"}, lapse: true}
		}},
		simple(2, func(g *generator) []string { return []string{"PERSIST", g.everyKey()} }),
		simple(3, func(g *generator) []string { return append([]string{g.pick("RENAME", "RENAMENX")}, g.movable()...) }),
		simple(4, func(g *generator) []string {
			args := append([]string{"COPY"}, g.movable()...)
			if g.chance(30) {
				args = append(args, "DB", g.db())
			}
			return append(args, g.some(50, "REPLACE")...)
		}),
		simple(2, func(g *generator) []string { return []string{"MOVE", g.anyKey(), g.db()} }),
		simple(3, func(g *generator) []string { return []string{"SELECT", g.db()} }),
		simple(1, func(g *generator) []string { return []string{"SWAPDB", g.db(), g.db()} }),
		simple(2, func(g *generator) []string { return []string{"DBSIZE"} }),
		{6, func(g *generator) operation {
			return operation{args: []string{"OBJECT", g.pick("ENCODING", "encoding"), g.everyKey()}, run: (*runner).encodings}
		}},
		{2, func(g *generator) operation {
			return operation{args: []string{"KEYS", g.pattern()}, check: Check{Mode: Unordered}}
		}},
		{2, func(g *generator) operation { return operation{args: scanArgs(g), run: (*runner).scans} }},
		{1, func(g *generator) operation {
			return operation{args: []string{"RANDOMKEY"}, check: Check{Mode: Nullness}}
		}},
		{1, func(g *generator) operation {
			if g.chance(90) {
				return op("DBSIZE")
			}
			return op(g.pick("FLUSHDB", "FLUSHALL", "FLUSHDB"), g.pick("SYNC", "ASYNC"))
		}},
	}
}

func expireArgs(g *generator) []string {
	args := []string{g.pick("EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT"), g.everyKey()}
	at := g.deadline()
	if args[0] == "EXPIREAT" || args[0] == "PEXPIREAT" {
		at = g.absolute()
	}
	when := strconv.FormatInt(at, 10)
	if args[0][0] == 'P' {
		when = ms(at)
	}
	if g.chance(8) {
		when = g.pick("0", "-1", "-100", "abc", "", "9223372036854775807", "-9223372036854775808", "9223372036854775808")
	}
	return append(append(args, when), g.some(20, "NX", "XX", "GT", "LT")...)
}

func (g *generator) db() string {
	if g.chance(4) {
		return g.pick("-1", "16", "abc", "")
	}
	return g.pick("0", "0", "1", "2")
}

func (g *generator) pattern() string {
	return g.pick("*", "k*", "k1?", "k[0-9]", "k[^1]*", "*5", "", "k\\1", "[^k]*", "k[2-", "K*", "*[13579]", "k1", "??", "*\x00*", "[lhsz]*", "e?", "f*1")
}

func scanArgs(g *generator) []string {
	args := []string{"SCAN"}
	if g.chance(70) {
		args = append(args, "COUNT", strconv.Itoa(1+g.r.IntN(50)))
	}
	if g.chance(40) {
		args = append(args, "MATCH", g.pattern())
	}
	if g.chance(30) {
		args = append(args, "TYPE", g.pick("string", "list", "STRING", "hash", "set", "zset", "stream"))
	}
	return args
}
