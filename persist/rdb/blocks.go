package rdb

import (
	"bytes"
	"math"

	"radish/internal/num"
	"radish/store/intset"
	"radish/store/listpack"
)

// Compact values and nodes of quicklists. Whatever a file holds, what goes on to the sink is valid as Sink tells.

// Containers of nodes of a quicklist of type TypeQuicklist2.
const (
	nodePlain  = 1
	nodePacked = 2
)

func (d *Decoder) quicklist(t Type, sink Sink) error {
	n, err := d.begin(ShapeNodes, sink)
	elements := 0
	for ; n > 0 && err == nil; n-- {
		var k int
		k, err = d.node(t, sink)
		elements += k
	}
	if err == nil && elements == 0 {
		return d.emptyValue()
	}
	return err
}

// node reads a node of a quicklist, and returns whether it has elements: at least that many.
func (d *Decoder) node(t Type, sink Sink) (elements int, err error) {
	container := uint64(nodePacked)
	if t == TypeQuicklist2 {
		if container, err = d.in.count(); err != nil {
			return 0, err
		}
		if container != nodePacked && container != nodePlain {
			return 0, d.in.corrupt("Quicklist integrity check failed.")
		}
	}
	s, err := d.in.str(&d.buf[0])
	switch {
	case err != nil:
		return 0, err
	case len(s) == 0:
		return 0, d.in.corrupt("Quicklist integrity check failed.")
	case container == nodePlain:
		return 1, sink.Element(s)
	case t == TypeQuicklist:
		if s, err = d.fromZip(s, "Ziplist integrity check failed."); err != nil {
			return 0, err
		}
	case !d.validNode(s):
		return 0, d.in.corrupt("Listpack integrity check failed.")
	}
	if len(s) == listpack.EmptySize {
		return 0, nil // Redis left such nodes behind once
	}
	return 1, sink.Block(BlockNode, s)
}

func (d *Decoder) validNode(lp []byte) bool {
	d.sanitizes()
	return listpack.Validate(lp, true) == nil
}

// fromZip makes a listpack of a ziplist; text is the error when that is none.
func (d *Decoder) fromZip(zl []byte, text string) ([]byte, error) {
	lp, _, ok := appendZip(d.lp[:0], zl)
	d.lp = lp
	if !ok {
		return nil, d.in.corrupt(text)
	}
	return lp, nil
}

// block reads a value that is one string.
func (d *Decoder) block(t Type, sink Sink) error {
	if t == TypeHashListpackEx {
		if err := d.in.skip(8); err != nil { // the earliest deadline
			return err
		}
	}
	switch t {
	case TypeHashZipmap, TypeListZiplist, TypeSetIntset, TypeZSetZiplist, TypeHashZiplist, TypeHashListpack, TypeZSetListpack, TypeSetListpack,
		TypeHashListpackEx, TypeHashExPreGA:
	default:
		return d.in.corrupt("Unknown RDB encoding type " + string(num.AppendUint(nil, uint64(t))))
	}
	b, err := d.in.str(&d.buf[0])
	if err != nil {
		return err
	}
	switch t {
	case TypeHashZipmap:
		return d.zipmap(b, sink)
	case TypeListZiplist:
		return d.listZiplist(b, sink)
	case TypeSetIntset:
		d.sanitizes()
		if intset.Validate(b, true) != nil {
			return d.in.corrupt("Intset integrity check failed.")
		}
		return sink.Block(BlockIntset, b)
	case TypeZSetZiplist:
		if b, err = d.fromZip(b, badZSetZip); err != nil {
			return err
		}
		return d.pairs(b, BlockZSet, 2, true, badZSetZip, sink)
	case TypeHashZiplist:
		if b, err = d.fromZip(b, badHashZip); err != nil {
			return err
		}
		return d.pairs(b, BlockHash, 2, true, badHashZip, sink)
	}
	return d.listpackBlock(t, b, sink)
}

const (
	badZSetZip = "Zset ziplist integrity check failed."
	badHashZip = "Hash ziplist integrity check failed."
)

func (d *Decoder) listpackBlock(t Type, b []byte, sink Sink) error {
	kind, step, text := BlockHash, 2, "Hash listpack integrity check failed."
	switch t {
	case TypeSetListpack:
		kind, step, text = BlockSet, 1, "Set listpack integrity check failed."
	case TypeZSetListpack:
		kind, text = BlockZSet, "Zset listpack integrity check failed."
	case TypeHashListpackEx, TypeHashExPreGA:
		kind, step = BlockHashDeadline, 3
	}
	d.sanitizes()
	if listpack.Validate(b, true) != nil {
		return d.in.corrupt(text)
	}
	return d.pairs(b, kind, step, d.Deep, text, sink)
}

// zipmap hands the fields over one by one.
func (d *Decoder) zipmap(b []byte, sink Sink) error {
	const bad = "Zipmap integrity check failed."
	n := uint64(0)
	if !eachZipmap(b, func(_, _ []byte) { n++ }) {
		return d.in.corrupt(bad)
	}
	err := sink.Begin(ShapeHash, n)
	eachZipmap(b, func(f, v []byte) {
		if err == nil {
			err = sink.Field(f, v, 0)
		}
	})
	return err
}

// listZiplist hands the elements over one by one.
func (d *Decoder) listZiplist(b []byte, sink Sink) error {
	lp, err := d.fromZip(b, "List ziplist integrity check failed.")
	if err != nil {
		return err
	}
	n := listpack.Len(lp)
	if n == 0 {
		return d.emptyValue()
	}
	if err := sink.Begin(ShapeList, uint64(n)); err != nil {
		return err
	}
	var scratch [24]byte
	for off := listpack.First(lp); off >= 0; off = listpack.Next(lp, off) {
		if err := sink.Element(listpack.Bytes(lp, off, &scratch)); err != nil {
			return err
		}
	}
	return nil
}

// pairs checks and hands over a listpack, whose entries are valid, of which step entries belong together. text is the error.
func (d *Decoder) pairs(lp []byte, kind BlockKind, step int, deep bool, text string, sink Sink) error {
	n := listpack.Len(lp)
	switch {
	case n == 0:
		return d.emptyValue()
	case n%step != 0, deep && d.twice(lp, n, step):
		return d.in.corrupt(text)
	}
	switch kind {
	case BlockZSet:
		valid, ordered := checkScores(lp)
		if !valid {
			return d.in.corrupt(text)
		}
		if !ordered {
			return eachScored(lp, n/2, sink)
		}
	case BlockHashDeadline:
		valid, ordered := checkDeadlines(lp)
		if !valid {
			return d.in.corrupt(text)
		}
		if !ordered {
			return eachDeadline(lp, n/3, sink)
		}
	}
	return sink.Block(kind, lp)
}

// twice reports whether two of the n entries, each followed by step-1 others, are the same.
func (d *Decoder) twice(lp []byte, n, step int) bool {
	if d.seen == nil {
		d.seen = make(map[string]struct{})
	}
	defer clear(d.seen)
	var scratch [24]byte
	for off := listpack.HeaderSize; off < len(lp)-1; off = listpack.Skip(lp, off, step) {
		d.seen[string(listpack.Bytes(lp, off, &scratch))] = struct{}{}
	}
	return len(d.seen) != n/step
}

// scoreOf is the score of an entry; ok is false when it is none.
func scoreOf(v listpack.Value) (score float64, ok bool) {
	if v.Int {
		return float64(v.N), true
	}
	score, ok = num.ParseDouble(v.S)
	return score, ok && !math.IsNaN(score)
}

// checkScores reports whether the scores of a listpack of pairs are numbers, and whether the pairs are in order, no two of them the same.
func checkScores(lp []byte) (valid, ordered bool) {
	var a, b [24]byte
	last, lastScore := -1, math.Inf(-1)
	ordered = true
	for off := listpack.HeaderSize; off < len(lp)-1; {
		m := off
		off += listpack.Size(lp, off)
		score, ok := scoreOf(listpack.Get(lp, off))
		if !ok {
			return false, false
		}
		off += listpack.Size(lp, off)
		if score < lastScore || score == lastScore && last >= 0 && bytes.Compare(listpack.Bytes(lp, last, &a), listpack.Bytes(lp, m, &b)) >= 0 {
			ordered = false
		}
		last, lastScore = m, score
	}
	return true, ordered
}

// eachScored hands n pairs over one by one.
func eachScored(lp []byte, n int, sink Sink) error {
	if err := sink.Begin(ShapeZSet, uint64(n)); err != nil {
		return err
	}
	var scratch [24]byte
	for off := listpack.HeaderSize; off < len(lp)-1; off = listpack.Skip(lp, off, 2) {
		score, _ := scoreOf(listpack.Get(lp, listpack.Next(lp, off)))
		if err := sink.Scored(listpack.Bytes(lp, off, &scratch), score); err != nil {
			return err
		}
	}
	return nil
}

// checkDeadlines reports whether the deadlines of a listpack of triples are such, and whether the triples are in their order.
func checkDeadlines(lp []byte) (valid, ordered bool) {
	ordered = true
	last := int64(1)
	for off := listpack.HeaderSize; off < len(lp)-1; {
		off = listpack.Skip(lp, off, 2)
		ms := listpack.Get(lp, off)
		if !ms.Int || ms.N < 0 || ms.N > maxFieldDeadline {
			return false, false
		}
		off += listpack.Size(lp, off)
		if ms.N != 0 && (last == 0 || ms.N < last) {
			ordered = false
		}
		last = ms.N
	}
	return true, ordered
}

// eachDeadline hands n triples over one by one.
func eachDeadline(lp []byte, n int, sink Sink) error {
	if err := sink.Begin(ShapeHashDeadline, uint64(n)); err != nil {
		return err
	}
	var fields, values [24]byte
	for off := listpack.HeaderSize; off < len(lp)-1; {
		f := listpack.Bytes(lp, off, &fields)
		off += listpack.Size(lp, off)
		v := listpack.Bytes(lp, off, &values)
		off += listpack.Size(lp, off)
		ms := listpack.Get(lp, off).N
		off += listpack.Size(lp, off)
		if err := sink.Field(f, v, ms); err != nil {
			return err
		}
	}
	return nil
}
