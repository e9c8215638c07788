package command

import (
	"radish/internal/num"
	"radish/store"
)

const (
	errNumkeys   Error = "ERR numkeys should be greater than 0"
	errManyKeys  Error = "ERR Number of keys can't be greater than number of args"
	errLimitSign Error = "ERR LIMIT can't be negative"
)

// setOp is what SINTER, SUNION and SDIFF do.
type setOp uint8

const (
	opInter setOp = iota
	opUnion
	opDiff
)

// stored is the event of a set that was made.
func (op setOp) stored() string {
	switch op {
	case opInter:
		return "sinterstore"
	case opUnion:
		return "sunionstore"
	}
	return "sdiffstore"
}

// SINTER key [key ...]
func sinterCommand(c *Ctx) error { return replySetOp(c, opInter) }

// SUNION key [key ...]
func sunionCommand(c *Ctx) error { return replySetOp(c, opUnion) }

// SDIFF key [key ...]
func sdiffCommand(c *Ctx) error { return replySetOp(c, opDiff) }

func replySetOp(c *Ctx, op setOp) error {
	if c.OnLoop && c.Offload(setOpWork(c, 0, op)) {
		return ErrOffload
	}
	sets, err := findSets(c, 0)
	if err != nil {
		return err
	}
	w := c.Reply
	if op == opInter && len(sets) == 1 && sets[0].Ok() {
		w.Set(sets[0].SetLen())
		replySet(c, sets[0])
		return nil
	}
	mark := w.DeferSet()
	n := 0
	each := func(m []byte) bool {
		w.Bulk(m)
		n++
		return true
	}
	st := c.DB.Store()
	switch op {
	case opInter:
		st.SetInter(sets, each)
	case opUnion:
		st.SetUnion(sets, each)
	default:
		st.SetDiff(sets, each)
	}
	w.SetSetLen(mark, n)
	return nil
}

// findSets looks up the sets at keys from first on, in order to read them. Those that are missing are zero Entries.
func findSets(c *Ctx, first int) ([]store.Entry, error) {
	sets := make([]store.Entry, 0, len(c.Keys)-first)
	for i := first; i < len(c.Keys); i++ {
		e, err := findSet(c, i)
		if err != nil {
			return nil, err
		}
		sets = append(sets, e)
	}
	return sets, nil
}

// setOpWork is what an operation on the sets at keys from first on costs, in the unit of Ctx.Offload. Sizes are all
// that it looks at.
func setOpWork(c *Ctx, first int, op setOp) int {
	sum, least, n, bytes := 0, 0, len(c.Keys)-first, 0
	for i := first; i < len(c.Keys); i++ {
		size := 0
		if e := c.DB.Peek(c.Keys[i]); e.Ok() {
			if e.Type() != store.TypeSet {
				return 0
			}
			size = e.SetLen()
			if op == opUnion || i == first { // about: of an intersection any set may be the smallest
				bytes += e.ValueBytes()
			}
		}
		sum += size
		if i == first || op == opInter && size < least {
			least = size
		}
	}
	switch op {
	case opUnion:
		return max(sum*setWork, bytes)
	case opInter:
		return least * n * setWork
	}
	return max(min(least*n, sum)*setWork, bytes)
}

// SINTERCARD numkeys key [key ...] [LIMIT limit]
func sintercardCommand(c *Ctx) error {
	n, ok := num.ParseInt(c.Args[1])
	if !ok || n < 1 {
		return errNumkeys
	}
	if n > int64(len(c.Args)-2) {
		return errManyKeys
	}
	limit := int64(0)
	for i := 2 + int(n); i < len(c.Args); i += 2 {
		if !c.Is(i, "limit") || i+1 == len(c.Args) {
			return ErrSyntax
		}
		if limit, ok = num.ParseInt(c.Args[i+1]); !ok || limit < 0 {
			return errLimitSign
		}
	}
	if c.OnLoop && c.Offload(setOpWork(c, 0, opInter)) {
		return ErrOffload
	}
	sets, err := findSets(c, 0)
	if err != nil {
		return err
	}
	c.Reply.Int(int64(c.DB.Store().SetInterCount(sets, int(limit))))
	return nil
}

// SINTERSTORE destination key [key ...]
func sinterstoreCommand(c *Ctx) error { return storeSetOp(c, opInter) }

// SUNIONSTORE destination key [key ...]
func sunionstoreCommand(c *Ctx) error { return storeSetOp(c, opUnion) }

// SDIFFSTORE destination key [key ...]
func sdiffstoreCommand(c *Ctx) error { return storeSetOp(c, opDiff) }

func prepareSinterstore(c *Ctx) error { return prepareSetOp(c, opInter) }

func prepareSunionstore(c *Ctx) error { return prepareSetOp(c, opUnion) }

func prepareSdiffstore(c *Ctx) error { return prepareSetOp(c, opDiff) }

// prepareSetOp makes the set that storeSetOp will store.
func prepareSetOp(c *Ctx, op setOp) error {
	d, err := draftSetOp(c, op)
	if err == nil {
		c.Prepared.Value = d
	}
	return err
}

func draftSetOp(c *Ctx, op setOp) (*store.SetDraft, error) {
	sets, err := findSets(c, 1)
	if err != nil {
		return nil, err
	}
	st := c.DB.Store()
	switch op {
	case opInter:
		return st.DraftInter(sets), nil
	case opUnion:
		return st.DraftUnion(sets), nil
	}
	return st.DraftDiff(sets), nil
}

// storeSetOp puts the result of an operation on the sets at the other keys at the first key.
func storeSetOp(c *Ctx, op setOp) error {
	d, prepared := c.Prepared.Take().(*store.SetDraft)
	if !prepared {
		if c.OnLoop && c.Offload(setOpWork(c, 1, op)) {
			return ErrOffload
		}
		var err error
		if d, err = draftSetOp(c, op); err != nil {
			return err
		}
	} else if _, err := findSets(c, 1); err != nil {
		d.Free()
		return err
	}
	k := c.Keys[0]
	n := d.Len()
	if n > 0 {
		c.DB.InstallSet(k, d)
		c.Changed(k, EventSet, op.stored())
	} else {
		d.Free()
		if c.DB.Delete(k) {
			c.Changed(k, EventGeneric, "del")
		}
	}
	c.Reply.Int(int64(n))
	return nil
}
