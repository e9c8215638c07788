package command

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"radish/internal/num"
)

func TestBitfield(t *testing.T) {
	h := newHarness(t)
	h.want("BITFIELD k", "*0")
	h.want("BITFIELD k GET u8 0 GET i4 #3", "*2 :0 :0")
	h.wantDeadline("k", -1)
	h.want("BITFIELD k SET u8 0 255 GET i8 0 GET u4 #1 INCRBY u8 0 1 GET u16 100", "*5 :0 :-1 :15 :0 :0")
	h.wantEvents("setbit k")
	if h.dirty != 2 {
		t.Errorf("dirty %d", h.dirty)
	}
	h.want("BITFIELD k SET u8 0 0", "*1 :0")
	h.wantEvents("")
	h.want("BITFIELD k SET i8 #1 0", "*1 :0") // it grows
	h.wantEvents("setbit k")
	h.want("BITFIELD k SET u8 0 200 INCRBY u8 0 100 OVERFLOW SAT INCRBY u8 0 250 INCRBY u8 0 -300 "+
		"OVERFLOW FAIL INCRBY u8 0 -1 SET u8 0 256 OVERFLOW WRAP INCRBY u8 0 -1",
		"*7 :0 :44 :255 :0 $-1 $-1 :255")
	h.want("BITFIELD k OVERFLOW SAT SET i8 0 200 SET i8 0 -200 GET i8 0", "*3 :-1 :127 :-128")
	h.want("BITFIELD k SET i64 3 -2 GET i64 3 INCRBY i64 3 -9223372036854775807 OVERFLOW FAIL INCRBY i64 3 9",
		"*4 :0 :-2 :9223372036854775807 $-1")
	h.ev = nil
	h.want("BITFIELD fresh OVERFLOW FAIL SET u2 70 9", "*1 $-1") // lengthened all the same, but told to nobody
	if h.dirty != 1 {
		t.Errorf("dirty %d: the log does not have the new length", h.dirty)
	}
	h.wantEvents("")
	h.want("STRLEN fresh", ":9")
	h.want("SET n 12", "+OK")
	h.want("BITFIELD n GET u8 0 GET u16 8 GET i63 0", "*3 :49 :12800 :1772447928347000832")
	if e := h.encoding("n"); e != "int" {
		t.Errorf("encoding %s", e)
	}
	h.want("BITFIELD_RO n GET u8 #1", "*1 :50")
	h.want("BITFIELD_RO none GET u8 #1", "*1 :0")
	h.proto = 3
	h.want("BITFIELD k OVERFLOW FAIL SET u2 0 9", "*1 _")
}

func TestBitfieldErrors(t *testing.T) {
	const (
		badType   = "-ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is."
		badOffset = "-ERR bit offset is not an integer or out of range"
	)
	h := newHarness(t)
	for line, reply := range map[string]string{
		"BITFIELD k GET u8":                       syntaxErr,
		"BITFIELD k SET u8 0":                     syntaxErr,
		"BITFIELD k INCRBY u8 0":                  syntaxErr,
		"BITFIELD k OVERFLOW":                     syntaxErr,
		"BITFIELD k FOO u8 0":                     syntaxErr,
		"BITFIELD k OVERFLOW none":                "-ERR Invalid OVERFLOW type specified",
		"BITFIELD k GET u64 0":                    badType,
		"BITFIELD k GET i65 0":                    badType,
		"BITFIELD k GET u0 0":                     badType,
		"BITFIELD k GET U8 0":                     badType,
		"BITFIELD k GET u 0":                      badType,
		"BITFIELD k GET u+8 0":                    badType,
		"BITFIELD k GET u8 -1":                    badOffset,
		"BITFIELD k GET u8 #":                     badOffset,
		"BITFIELD k GET u8 #-1":                   badOffset,
		"BITFIELD k GET u8 4294967296":            badOffset,
		"BITFIELD k GET u8 #536870912":            badOffset,
		"BITFIELD k SET u8 0 x":                   notInt,
		"BITFIELD k SET u8 0 9223372036854775808": notInt,
		"BITFIELD_RO k SET u8 0 1":                "-ERR BITFIELD_RO only supports the GET subcommand",
		"BITFIELD_RO k GET u8 0 INCRBY u8 0 1":    "-ERR BITFIELD_RO only supports the GET subcommand",
		"BITFIELD_RO k SET u8 0 1 GET":            syntaxErr,
	} {
		h.want(line, reply)
	}
	h.wantDeadline("k", -1)
	h.want("BITFIELD k GET i64 #288230376151711744", "*1 :0") // the product wraps to 0, as in Redis
	h.env.MaxBulkLen.Store(1)
	h.want("BITFIELD k SET u16 7 65535", "*1 :0") // only the first bit must be inside the limit
	h.want("STRLEN k", ":3")
}

func TestBitfieldLoadStore(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	for range 50_000 {
		typ := bitfieldType{signed: rnd.IntN(2) == 0, bits: 1 + rnd.UintN(63)}
		if typ.signed && rnd.IntN(8) == 0 {
			typ.bits = 64
		}
		offset := rnd.Uint64N(80)
		b := make([]byte, (offset+uint64(typ.bits)+7)/8)
		for i := range b {
			b[i] = byte(rnd.Uint32())
		}
		bit := func(i uint64) int64 {
			if i/8 >= uint64(len(b)) {
				return 0
			}
			return int64(b[i/8] >> (7 - i%8) & 1)
		}
		v := int64(0)
		if typ.signed {
			v = -bit(offset) // all bits are the sign, to begin with
		}
		for i := range uint64(typ.bits) {
			v = v<<1 | bit(offset+i)
		}
		if got := typ.load(b, offset); got != v {
			t.Fatalf("%+v at %d of %x: %d, want %d", typ, offset, b, got, v)
		}
		old := append([]byte(nil), b...)
		v = int64(rnd.Uint64())
		typ.store(b, offset, v)
		if got := typ.load(b, offset); got != typ.wrap(v) {
			t.Fatalf("%+v at %d: %d, stored %d", typ, offset, got, typ.wrap(v))
		}
		for i := range uint64(len(b)) * 8 {
			if i >= offset && i < offset+uint64(typ.bits) {
				continue
			}
			if (old[i/8]^b[i/8])>>(7-i%8)&1 != 0 {
				t.Fatalf("%+v at %d: bit %d has changed", typ, offset, i)
			}
		}
	}
}

// TestBitfieldAdd compares with arithmetic of any size, for values that fit to begin with.
func TestBitfieldAdd(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 10))
	edge := func() int64 { return int64(rnd.Uint64()) >> rnd.IntN(64) }
	for range 50_000 {
		typ := bitfieldType{signed: rnd.IntN(2) == 0, bits: 1 + rnd.UintN(63)}
		if typ.signed && rnd.IntN(4) == 0 {
			typ.bits = 64
		}
		v, by := typ.wrap(edge()), edge()
		exact := new(big.Int).Add(big.NewInt(v), big.NewInt(by))
		over := exact.Cmp(big.NewInt(typ.max())) > 0
		under := exact.Cmp(big.NewInt(typ.min())) < 0
		for _, mode := range []bitfieldOverflow{overflowWrap, overflowSat, overflowFail} {
			got, out := typ.add(v, by, mode)
			want := typ.wrap(v + by)
			switch {
			case mode == overflowSat && over:
				want = typ.max()
			case mode == overflowSat && under:
				want = typ.min()
			}
			if out != (over || under) || mode != overflowFail && got != want {
				t.Fatalf("%+v: %d + %d mode %d: %d %v, want %d %v", typ, v, by, mode, got, out, want, over || under)
			}
		}
	}
}

// TestBitfieldSetQuirk: the distance of such a number to the limits does not fit into 64 bits, so it
// counts as too big instead of too small.
func TestBitfieldSetQuirk(t *testing.T) {
	h := newHarness(t)
	h.want("BITFIELD k OVERFLOW SAT SET i8 0 -9223372036854775808 GET i8 0", "*2 :0 :127")
	h.want("BITFIELD k OVERFLOW SAT SET i8 0 -9223372036854775680 GET i8 0", "*2 :127 :-128")
	h.want("BITFIELD k OVERFLOW SAT SET u8 0 -1 GET u8 0", "*2 :128 :255")
}

func FuzzBitfieldArguments(f *testing.F) {
	f.Add("u8", "#1")
	f.Add("i64", "4294967295")
	f.Add("", "#")
	f.Fuzz(func(t *testing.T, typ, offset string) {
		const maxBytes = 1 << 20
		bt, ok := parseBitfieldType([]byte(typ))
		if ok && (bt.bits < 1 || bt.bits > 64 || bt.bits == 64 && !bt.signed) {
			t.Fatalf("%q: %+v", typ, bt)
		}
		if ok && typ != map[bool]string{true: "i", false: "u"}[bt.signed]+string(num.AppendInt(nil, int64(bt.bits))) {
			t.Fatalf("%q: %+v", typ, bt)
		}
		at, ok := parseBitOffset([]byte(offset), bt.bits, maxBytes)
		if !ok {
			return
		}
		if at >= maxBytes*8 {
			t.Fatalf("%q: %d", offset, at)
		}
		if bt.bits > 0 {
			b := make([]byte, (at+uint64(bt.bits)+7)/8)
			bt.store(b, at, -1)
			if got := bt.load(b, at); got != bt.wrap(-1) {
				t.Fatalf("%+v at %d: %d", bt, at, got)
			}
		}
	})
}
