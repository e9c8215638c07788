package command

import (
	"math"
	"strconv"

	"radish/internal/glob"
	"radish/internal/num"
	"radish/resp"
	"radish/store"
	"radish/store/listpack"
)

// hashScanOpts are the options of HSCAN.
type hashScanOpts struct {
	pattern  []byte // nil: every field
	count    int
	noValues bool
}

func parseHashScanOpts(c *Ctx) (o hashScanOpts, err error) {
	o.count = 10
	for i := 3; i < len(c.Args); i++ {
		more := i+1 < len(c.Args)
		switch {
		case more && c.Is(i, "count"):
			i++
			n, err := c.Int(i)
			if err != nil {
				return o, err
			}
			if n < 1 {
				return o, ErrSyntax
			}
			o.count = int(min(n, math.MaxInt32))
		case more && c.Is(i, "match"):
			i++
			o.pattern = c.Args[i]
			if string(o.pattern) == "*" {
				o.pattern = nil
			}
		case c.Is(i, "novalues"):
			o.noValues = true
		default:
			return o, ErrSyntax
		}
	}
	return o, nil
}

// HSCAN key cursor [MATCH pattern] [COUNT count] [NOVALUES]
func hscanCommand(c *Ctx) error {
	cursor, ok := num.ParseCursor(c.Args[2])
	if !ok {
		return errCursor
	}
	var o hashScanOpts
	if e := c.DB.Peek(c.Keys[0]); e.Ok() && e.Type() == store.TypeHash { // Redis looks at the options only then
		var err error
		if o, err = parseHashScanOpts(c); err != nil {
			c.Find(0)
			return err
		}
		if c.OnLoop && c.Offload(min(e.HashWork(), partWork(e, o.count, e.HashLen(), fieldWork))) {
			return ErrOffload
		}
	}
	e, err := findHash(c)
	if err != nil {
		return err
	}
	w := c.Reply
	w.Array(2)
	if !e.Ok() {
		w.BulkString("0")
		w.EmptyArray()
		return nil
	}
	first := w.DeferRaw() // the cursor, which is known last
	m := w.DeferArray()
	n := 0
	cursor = e.HashScan(cursor, o.count, c.DB.Now, func(f, v listpack.Value) {
		if !o.wants(f) {
			return
		}
		bulkValue(w, f)
		n++
		if !o.noValues {
			bulkValue(w, v)
			n++
		}
	})
	w.SetArrayLen(m, n)
	var room, digits [32]byte
	head := resp.Writer{Buf: room[:0], Proto: w.Proto}
	head.Bulk(strconv.AppendUint(digits[:0], cursor, 10))
	w.SetRaw(first, head.Buf)
	return nil
}

// wants says whether a field passes the options.
func (o *hashScanOpts) wants(f listpack.Value) bool {
	if o.pattern == nil {
		return true
	}
	var digits [24]byte
	if f.Int {
		return glob.Match(o.pattern, num.AppendInt(digits[:0], f.N), false)
	}
	return glob.Match(o.pattern, f.S, false)
}
