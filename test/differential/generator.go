package differential

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// generator makes random commands: those of all groups with all their options, on a few dozen keys, with
// ordinary and extreme numbers, some of it wrong. Two servers that run the same sequence give the same
// replies, although they do so at different moments: see deadline. Where Redis chooses at random, the
// operation says how it is run instead (random_types.go).
type generator struct {
	r    *rand.Rand
	used map[int64]bool // the deadlines handed out
	opts []weighted
	sum  int
}

// operation is a generated command and how its replies are compared.
type operation struct {
	args  []string
	check Check
	// lapse: the command let a key expire in a millisecond, or before now. Wait until that is over, and then
	// look at the key (it is the second argument), so that a server which deletes it only then does it now.
	lapse bool
	// run sends the operation to both servers and compares, where that takes more than the same command to
	// both and a look at the two replies.
	run func(r *runner, o operation) (diff string, err error)
	// solid: the command stays as it was made. Another argument could make it wait without end, or ask for
	// what Redis leaves open.
	solid bool
}

type weighted struct {
	weight int
	make   func(g *generator) operation
}

// group are the operations of a group of commands.
type group struct {
	name string
	ops  []weighted
}

func groups() []group {
	return []group{
		{"string", stringOps()}, {"bitmap", bitmapOps()}, {"generic", genericOps()}, {"list", listOps()}, {"hash", hashOps()},
		{"set", setOps()}, {"zset", zsetOps()}, {"hll", hllOps()}, {"geo", geoOps()}, {"sort", sortOps()}, {"types", typesOps()},
	}
}

// newGenerator makes a generator whose sequence depends on the seed and the names of groups alone; without
// names it takes all groups.
func newGenerator(seed uint64, names ...string) *generator {
	g := &generator{r: rand.New(rand.NewPCG(seed, 0)), used: map[int64]bool{}}
	for _, group := range groups() {
		if len(names) > 0 && !slices.Contains(names, group.name) {
			continue
		}
		for _, o := range group.ops {
			g.opts = append(g.opts, o)
			g.sum += o.weight
		}
	}
	return g
}

// next is the next command.
func (g *generator) next() operation {
	n := g.r.IntN(g.sum)
	for _, o := range g.opts {
		if n -= o.weight; n < 0 {
			op := o.make(g)
			if !op.lapse && !op.solid && op.run == nil && g.chance(4) {
				op.args = g.spoil(op.args)
			}
			return op
		}
	}
	return op("PING") // not reached: the weights add up to sum
}

func (g *generator) chance(percent int) bool { return g.r.IntN(100) < percent }

func (g *generator) pick(words ...string) string { return words[g.r.IntN(len(words))] }

// some is each of the words with the given chance, in random order.
func (g *generator) some(percent int, words ...string) []string {
	var out []string
	for _, i := range g.r.Perm(len(words)) {
		if g.chance(percent) {
			out = append(out, words[i])
		}
	}
	return out
}

// key is a key for strings, and seldom one that may be of another type.
func (g *generator) key() string {
	if g.chance(2) {
		return g.pick("", "k\x00\r\n", "absent", strings.Repeat("long", 80))
	}
	if g.chance(3) {
		return g.anyKey()
	}
	return "k" + strconv.Itoa(g.r.IntN(30))
}

func (g *generator) keys(least, most int) []string {
	out := make([]string, least+g.r.IntN(most-least+1))
	for i := range out {
		out[i] = g.key()
	}
	return out
}

func (g *generator) value() string {
	switch g.r.IntN(10) {
	case 0, 1, 2:
		return g.number()
	case 3:
		return g.float()
	case 4:
		return g.pick("", "x", "-", "foobar", "00", "+1", " 1", "1 ", "0x10", "1e5", "nan", "inf")
	case 5:
		b := make([]byte, g.r.IntN(60))
		for i := range b {
			b[i] = byte(g.r.Uint32())
		}
		return string(b)
	case 6:
		return strings.Repeat(g.pick("ab", "\xff", "\x00", "xyz"), g.r.IntN(100))
	default:
		b := make([]byte, g.r.IntN(50))
		for i := range b {
			b[i] = "abcde01 "[g.r.IntN(8)]
		}
		return string(b)
	}
}

// number is an integer, often a small one, sometimes one at the edges of what can be.
func (g *generator) number() string {
	switch g.r.IntN(8) {
	case 0:
		return g.pick("9223372036854775807", "-9223372036854775808", "9223372036854775806", "4611686018427387904",
			"-9223372036854775807", "4294967296", "2147483647", "-2147483648", "10000", "9999", "0", "-1")
	case 1:
		return strconv.FormatInt(int64(g.r.Uint64()), 10)
	case 2:
		return strconv.Itoa(g.r.IntN(2000000) - 1000000)
	default:
		return strconv.Itoa(g.r.IntN(300) - 100)
	}
}

// wrong is what no number is, or none that fits.
func (g *generator) wrong() string {
	return g.pick("abc", "", "1.5", " 1", "1 ", "+1", "9223372036854775808", "-9223372036854775809", "1e3", "-", "0x1",
		"99999999999999999999999", "\x00")
}

func (g *generator) increment() string {
	if g.chance(5) {
		return g.wrong()
	}
	return g.number()
}

func (g *generator) float() string {
	switch g.r.IntN(6) {
	case 0:
		// Nothing beyond a double's range: Redis's SORT takes the range error of an earlier command for its own.
		return g.pick("3.0e3", "1e17", "1e18", "-1.5e-10", "0.1", "0.2", "5e20", ".5", "5.", "1e", "inf",
			"-inf", "nan", "0x1p3", "1.7976931348623157e308", "123456789.123456789", "-0", "1e19", "17179869184.5")
	case 1:
		return strconv.FormatFloat(g.r.NormFloat64()*1e6, 'g', -1, 64)
	case 2:
		return g.number()
	case 3:
		return strconv.FormatFloat(g.r.ExpFloat64()/1e5, 'e', g.r.IntN(20), 64)
	default:
		return strconv.FormatFloat(float64(g.r.IntN(20000)-10000)/100, 'f', -1, 64)
	}
}

// index is a position in a string, often outside of it.
func (g *generator) index() string {
	switch g.r.IntN(12) {
	case 0:
		return g.pick("9223372036854775807", "-9223372036854775808", "-1", "0", "1000000", "-1000000")
	case 1:
		if g.chance(30) {
			return g.wrong()
		}
		return "0"
	default:
		return strconv.Itoa(g.r.IntN(120) - 60)
	}
}

// offset is a place to write at: small, or one that is refused. What lies between costs memory.
func (g *generator) offset(small int, refused ...string) string {
	if g.chance(4) {
		return g.pick(append(refused, "-1", "abc", "", "9223372036854775807", "9223372036854775808", "-9223372036854775808")...)
	}
	return strconv.Itoa(g.r.IntN(small))
}

// deadline is a number of seconds that was not handed out before, so that no two deadlines of a run are
// near each other: which of two is later (EXPIRE GT, LT) does not depend on when a command is run.
func (g *generator) deadline() int64 {
	for {
		if s := 1000 + 97*g.r.Int64N(1<<24); !g.used[s] {
			g.used[s] = true
			return s
		}
	}
}

// absolute is a deadline in seconds since 1970, far from all those that are relative to now.
func (g *generator) absolute() int64 { return 33177117420 + g.deadline() }

func ms(seconds int64) string { return strconv.FormatInt(seconds*1000, 10) }

// past are spelled as no other options are: those of deadlines that have passed already.
var past = []string{"exat", "PxAt"}

func isPast(word string) bool { return slices.Contains(past, word) }

// expiry are the options of SET and GETEX.
func (g *generator) expiry() []string {
	if g.chance(6) {
		return []string{g.pick("EX", "PX", "EXAT", "PXAT"), g.pick("0", "-1", "abc", "9223372036854775807", "9223372036854775808", "")}
	}
	switch g.r.IntN(5) {
	case 0:
		return []string{"PX", ms(g.deadline())}
	case 1:
		return []string{"EXAT", strconv.FormatInt(g.absolute(), 10)}
	case 2:
		return []string{"PXAT", ms(g.absolute())}
	case 3:
		return []string{g.pick(past...), "1"}
	default:
		return []string{g.pick("EX", "ex"), strconv.FormatInt(g.deadline(), 10)}
	}
}

// spoil makes a command that is probably wrong. What it puts in never is a small positive number, which
// could be a deadline that lapses sooner on one server than on the other.
func (g *generator) spoil(args []string) []string {
	args = slices.Clone(args)
	i := 0
	if len(args) > 1 {
		i = 1 + g.r.IntN(len(args)-1)
	}
	junk := g.pick("abc", "", "-1", "0", "NX", "XX", "GET", "EX", "BIT", "KEEPTTL", "\x00\xff", "1.5", "*", "9223372036854775807")
	if args[0][0] == 'Z' && junk == "9223372036854775807" {
		junk = "17" // as a score it would not be exact
	}
	switch {
	case len(args) > 1 && g.chance(20):
		return args[:len(args)-1]
	case len(args) > 1 && g.chance(25):
		args[i] = junk
	case len(args) > 1 && g.chance(33):
		return slices.Insert(args, i, junk)
	case g.chance(50):
		return append(args, junk)
	default:
		args[0] = g.pick(strings.ToLower(args[0]), args[0]+"X", args[0]+"\x01")
	}
	return args
}

// show is the command as it can be put into a script.
func (o operation) show() string {
	words := make([]string, len(o.args))
	for i, a := range o.args {
		if a != "" && !strings.ContainsFunc(a, func(r rune) bool { return r <= ' ' || r > '~' || r == '"' || r == '\'' || r == '\\' }) {
			words[i] = a
			continue
		}
		var b strings.Builder
		b.WriteByte('"')
		for _, c := range []byte(a) {
			switch {
			case c == '"' || c == '\\':
				b.WriteByte('\\')
				b.WriteByte(c)
			case c < ' ' || c > '~':
				fmt.Fprintf(&b, "\\x%02x", c)
			default:
				b.WriteByte(c)
			}
		}
		b.WriteByte('"')
		words[i] = b.String()
	}
	line := strings.Join(words, " ")
	if o.lapse {
		line += "   (and wait until it has lapsed)"
	}
	return line
}
