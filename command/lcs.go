package command

import (
	"math"
	"math/bits"

	"radish/store"
)

// What LCS refuses. Redis has a table of 4 bytes for each pair of positions and limits its size; ours
// takes an eighth of a byte, but the limit stays.
const (
	errLCSType      Error = "ERR The specified keys must contain string values"
	errLCSAmbiguous Error = "ERR If you want both the length and indexes, please just use IDX."
	errLCSTooLong   Error = "ERR String too long for LCS"
	errLCSTable     Error = "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len"
	errLCSMemory    Error = "ERR Insufficient memory, failed allocating transient memory for LCS"
)

type lcsOpts struct {
	length, index, matchLen bool
	minMatchLen             int64
}

func parseLCSOpts(c *Ctx) (o lcsOpts, err error) {
	for i := 3; i < len(c.Args); i++ {
		switch {
		case c.Is(i, "idx"):
			o.index = true
		case c.Is(i, "len"):
			o.length = true
		case c.Is(i, "withmatchlen"):
			o.matchLen = true
		case c.Is(i, "minmatchlen") && i+1 < len(c.Args):
			i++
			if o.minMatchLen, err = c.Int(i); err != nil {
				return o, err
			}
		default:
			return o, ErrSyntax
		}
	}
	if o.length && o.index {
		return o, errLCSAmbiguous
	}
	return o, nil
}

// LCS key1 key2 [LEN] [IDX] [MINMATCHLEN n] [WITHMATCHLEN]
func lcsCommand(c *Ctx) error {
	// Both keys are looked up, and their types are checked, before the options.
	ea, errA := c.String(0)
	eb, errB := c.String(1)
	if errA != nil || errB != nil {
		return errLCSType
	}
	o, err := parseLCSOpts(c)
	if err != nil {
		return err
	}
	var scratchA, scratchB [24]byte
	a, b := stringOrEmpty(ea, &scratchA), stringOrEmpty(eb, &scratchB)
	if err := checkLCSSize(c, uint64(len(a)), uint64(len(b))); err != nil {
		return err
	}
	if len(a) > 0 && len(b) > 0 && c.Offload(len(a)*(len(b)/8+8)+len(b)) {
		return ErrOffload
	}
	t := newLCSTable(a, b, !o.length)
	switch {
	case o.index:
		replyLCSRanges(c, o, t.ranges(), t.length)
	case o.length:
		c.Reply.Int(int64(t.length))
	default:
		c.Reply.Bulk(t.sequence())
	}
	return nil
}

func stringOrEmpty(e store.Entry, scratch *[24]byte) []byte {
	if !e.Ok() {
		return nil
	}
	return e.Bytes(scratch)
}

func checkLCSSize(c *Ctx, a, b uint64) error {
	if a >= math.MaxUint32-1 || b >= math.MaxUint32-1 {
		return errLCSTooLong
	}
	over, size := bits.Mul64((a+1)*(b+1), 4)
	switch {
	case over == 0 && size > uint64(c.Env.MaxBulkLen.Load()):
		return errLCSTable
	case over != 0 || size > 1<<42: // whatever the limit says
		return errLCSMemory
	}
	return nil
}

// lcsRange is a stretch of bytes that both strings have in common: n bytes from a and from b on.
type lcsRange struct{ a, b, n int }

func replyLCSRanges(c *Ctx, o lcsOpts, ranges []lcsRange, length int) {
	n := 0
	for _, r := range ranges {
		if int64(r.n) >= o.minMatchLen {
			n++
		}
	}
	c.Reply.Map(2)
	c.Reply.BulkString("matches")
	c.Reply.Array(n)
	for _, r := range ranges {
		if int64(r.n) < o.minMatchLen {
			continue
		}
		if o.matchLen {
			c.Reply.Array(3)
		} else {
			c.Reply.Array(2)
		}
		for _, from := range [2]int{r.a, r.b} {
			c.Reply.Array(2)
			c.Reply.Int(int64(from))
			c.Reply.Int(int64(from + r.n - 1))
		}
		if o.matchLen {
			c.Reply.Int(int64(r.n))
		}
	}
	c.Reply.BulkString("len")
	c.Reply.Int(int64(length))
}

// lcsTable has the lengths L(i,j) of the longest common subsequences of a[:i] and b[:j], as differences:
// bit j-1 of row i is clear if L(i,j) = L(i,j-1)+1, and set if the two are equal. That is Hyyrö's variant
// of the bit-parallel algorithm of Crochemore and others ("A fast and practical bit-vector algorithm for the
// longest common subsequence problem", 2001): a row follows from the one before it 64 bits at a time.
type lcsTable struct {
	a, b   []byte
	rows   []uint64 // row 1, ..., row len(a), words of them each; nil if only the length is asked for
	words  int
	length int
}

func newLCSTable(a, b []byte, keep bool) *lcsTable {
	t := &lcsTable{a: a, b: b, words: (len(b) + 63) / 64}
	if len(a) == 0 || len(b) == 0 {
		return t
	}
	// Of each byte that a has, where it stands in b.
	var occurs [256][]uint64
	for _, ch := range a {
		if occurs[ch] == nil {
			occurs[ch] = make([]uint64, t.words)
		}
	}
	for j, ch := range b {
		if o := occurs[ch]; o != nil {
			o[j/64] |= 1 << (j % 64)
		}
	}
	prev := make([]uint64, t.words)
	for w := range prev {
		prev[w] = math.MaxUint64
	}
	row := prev // without rows to keep, the next one takes the place of the last
	if keep {
		t.rows = make([]uint64, len(a)*t.words)
	}
	for i, ch := range a {
		if keep {
			row = t.rows[i*t.words : (i+1)*t.words]
		}
		var carry uint64
		for w, match := range occurs[ch] {
			v := prev[w]
			u := v & match
			var sum uint64
			sum, carry = bits.Add64(v, u, carry)
			row[w] = sum | v&^match
		}
		prev = row
	}
	for _, v := range prev { // bits behind len(b) stay set: nothing occurs there
		t.length += bits.OnesCount64(^v)
	}
	return t
}

// walk goes through the table from the ends of both strings to a beginning, and calls match for each pair
// of positions of the subsequence, last one first. Where two ways are equally long it leaves a byte of b
// out, which decides which of several subsequences is found: the one that Redis finds.
func (t *lcsTable) walk(match func(i, j int)) {
	for i, j := len(t.a), len(t.b); i > 0 && j > 0; {
		switch {
		case t.a[i-1] == t.b[j-1]:
			i, j = i-1, j-1
			match(i, j)
		case t.rows[(i-1)*t.words+(j-1)/64]>>((j-1)%64)&1 == 0:
			// L(i,j) > L(i,j-1), and the bytes differ: so L(i,j) comes from L(i-1,j), the longer one.
			i--
		default:
			j--
		}
	}
}

// sequence is the common subsequence itself.
func (t *lcsTable) sequence() []byte {
	seq := make([]byte, t.length)
	n := t.length
	t.walk(func(i, _ int) {
		n--
		seq[n] = t.a[i]
	})
	return seq
}

// ranges are the stretches that the subsequence consists of, last one first.
func (t *lcsTable) ranges() []lcsRange {
	var ranges []lcsRange
	t.walk(func(i, j int) {
		if n := len(ranges); n > 0 {
			if r := &ranges[n-1]; r.a == i+1 && r.b == j+1 {
				*r = lcsRange{i, j, r.n + 1}
				return
			}
		}
		ranges = append(ranges, lcsRange{i, j, 1})
	})
	return ranges
}
