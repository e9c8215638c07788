package command

import (
	"radish/internal/hll"
	"radish/store"
)

const (
	errNotHLL     Error = "WRONGTYPE Key is not a valid HyperLogLog string value."
	errCorruptHLL Error = "INVALIDOBJ Corrupted HLL object detected"
	errNoSuchHLL  Error = "ERR The specified key does not exist"
	errDenseHLL   Error = "ERR HLL encoding is not sparse"
)

// hyperLogLogSpecs are the rows of the commands that count distinct elements; package hll draws the strings that they keep.
func hyperLogLogSpecs() []Spec {
	return []Spec{{
		Name: "pfadd", Arity: -2, Flags: Write | DenyOOM | Fast, Handler: pfaddCommand,
		Keys: firstKey(KeyRW|KeyInsert, ""), Group: GroupHyperLogLog, Since: "2.8.9",
		Summary:    "Lets a HyperLogLog count elements, and creates it if need be.",
		Complexity: "O(1) for each element", Syntax: "key [element ...]",
	}, {
		// It takes write locks: it may remember the estimate in the string.
		Name: "pfcount", Arity: -2, Flags: ReadOnly | MayReplicate, Handler: pfcountCommand,
		Keys: []KeySpec{{Flags: KeyRW | KeyAccess, Begin: 1, Last: -1, Step: 1,
			Notes: "RW because the string may remember the estimate, which replicas hear of"}},
		Group: GroupHyperLogLog, Since: "2.8.9",
		Summary:    "Estimates how many distinct elements a HyperLogLog, or several together, have counted.",
		Complexity: "O(1) for one key, as a rule without looking at the registers; O(N) for N keys",
		Syntax:     "key [key ...]",
	}, {
		Name: "pfmerge", Arity: -2, Flags: Write | DenyOOM, Handler: pfmergeCommand,
		Keys: []KeySpec{
			{Flags: KeyRW | KeyAccess | KeyInsert, Begin: 1, Step: 1},
			{Flags: KeyRO | KeyAccess, Begin: 2, Last: -1, Step: 1},
		},
		Group: GroupHyperLogLog, Since: "2.8.9",
		Summary:    "Adds what other HyperLogLogs have counted to one.",
		Complexity: "O(N) for N HyperLogLogs", Syntax: "destkey [sourcekey ...]",
	}, {
		Name: "pfdebug", Arity: 3, Flags: Write | DenyOOM | Admin, Handler: pfdebugCommand,
		Keys:  []KeySpec{{Flags: KeyRW | KeyAccess, Begin: 2, Step: 1}},
		Group: GroupHyperLogLog, Since: "2.8.9", SysCmd: true,
		Summary:    "Shows the inside of a HyperLogLog, for tests.",
		Complexity: "N/A", Syntax: "subcommand key",
	}, {
		Name: "pfselftest", Arity: 1, Flags: Admin | Worker, Handler: pfselftestCommand,
		Group: GroupHyperLogLog, Since: "2.8.9", SysCmd: true,
		Summary:    "Tests the HyperLogLog implementation, for some seconds.",
		Complexity: "N/A",
	}}
}

// hllString is a key's HyperLogLog: nil if e is no key.
func hllString(e store.Entry, scratch *[24]byte) ([]byte, error) {
	if !e.Ok() {
		return nil, nil
	}
	if e.Type() != store.TypeString {
		return nil, ErrWrongType
	}
	b := e.Bytes(scratch)
	if !hll.Valid(b) {
		return nil, errNotHLL
	}
	return b, nil
}

// hllRoom is room for what most sparse strings are while they change.
type hllRoom [4096]byte

// PFADD key [element ...]
func pfaddCommand(c *Ctx) error {
	if c.OnLoop && len(c.Args) > 2 {
		work := 0
		for _, a := range c.Args[2:] {
			work += len(a) + 8*keyWork
		}
		if c.Offload(work) {
			return ErrOffload
		}
	}
	var scratch [24]byte
	k := c.Keys[0]
	e := c.FindWrite(k)
	b, err := hllString(e, &scratch)
	if err != nil {
		return err
	}
	if b != nil && hll.Dense(b) {
		return pfaddDense(c, c.DB.GrowString(k, 0))
	}
	var room hllRoom
	updated := 0
	if b == nil {
		b, updated = hll.Append(room[:0]), 1
	} else {
		b = append(room[:0], b...)
	}
	maxSparse := int(c.Env.HLLSparseMax.Load())
	for _, element := range c.Args[2:] {
		var changed bool
		if b, changed, err = hll.Add(b, element, maxSparse); err != nil {
			return errCorruptHLL
		}
		if changed {
			updated++
		}
	}
	switch {
	case updated > 0:
		hll.Invalidate(b)
		c.DB.SetStringRaw(k, b)
	case e.Encoding() != store.EncRaw:
		c.DB.GrowString(k, 0)
	}
	return replyAdded(c, updated)
}

// pfaddDense is PFADD to b, which is dense and lies in the store.
func pfaddDense(c *Ctx, b []byte) error {
	updated := 0
	for _, element := range c.Args[2:] {
		if _, changed, _ := hll.Add(b, element, 0); changed {
			updated++
		}
	}
	if updated > 0 {
		hll.Invalidate(b)
	}
	return replyAdded(c, updated)
}

func replyAdded(c *Ctx, updated int) error {
	if updated == 0 {
		c.Reply.Int(0)
		return nil
	}
	c.Changed(c.Keys[0], EventString, "pfadd")
	c.Dirty += int64(updated) - 1
	c.Reply.Int(1)
	return nil
}

// PFCOUNT key [key ...]
func pfcountCommand(c *Ctx) error {
	if len(c.Keys) > 1 {
		return pfcountUnion(c)
	}
	var scratch [24]byte
	k := c.Keys[0]
	e := c.Find(0)
	b, err := hllString(e, &scratch)
	switch {
	case err != nil:
		return err
	case b == nil:
		c.Reply.Int(0)
		return nil
	}
	n, ok := hll.Cached(b)
	if !ok {
		if n, err = hll.Count(b); err != nil {
			return errCorruptHLL
		}
	}
	c.DB.NoTouch = true
	if !ok || e.Encoding() != store.EncRaw {
		b = c.DB.GrowString(k, 0)
	}
	if !ok {
		hll.SetCached(b, n)
		c.Changed(k, 0, "")
	}
	c.Reply.Int(int64(n))
	return nil
}

// pfcountUnion is PFCOUNT of several keys. It changes nothing.
func pfcountUnion(c *Ctx) error {
	if c.Offload(len(c.Keys) * mergeWork) {
		return ErrOffload
	}
	var u hll.Union
	if _, err := mergeKeys(c, &u); err != nil {
		return err
	}
	c.Reply.Int(int64(u.Count()))
	return nil
}

// mergeWork is what reading the registers of one key costs, in the unit of Ctx.Offload.
const mergeWork = 2 * hll.Registers

// mergeKeys adds all keys to u, and says whether one of them is dense.
func mergeKeys(c *Ctx, u *hll.Union) (dense bool, err error) {
	var scratch [24]byte
	for i := range c.Keys {
		b, err := hllString(c.Find(i), &scratch)
		if err != nil {
			return false, err
		}
		if b == nil {
			continue
		}
		dense = dense || hll.Dense(b)
		if u.Merge(b) != nil {
			return false, errCorruptHLL
		}
	}
	return dense, nil
}

// PFMERGE destkey [sourcekey ...]
func pfmergeCommand(c *Ctx) error {
	if c.Offload(len(c.Keys) * mergeWork) {
		return ErrOffload
	}
	var u hll.Union
	dense, err := mergeKeys(c, &u)
	if err != nil {
		return err
	}
	var room hllRoom
	var scratch [24]byte
	k := c.Keys[0]
	b := room[:0]
	if e := c.DB.Peek(k); e.Ok() {
		b = append(b, e.Bytes(&scratch)...)
	} else {
		b = hll.Append(b)
	}
	if dense && !hll.Dense(b) {
		if b, err = hll.ToDense(nil, b); err != nil {
			return errCorruptHLL
		}
	}
	if b, err = u.Store(b, int(c.Env.HLLSparseMax.Load())); err != nil {
		return errCorruptHLL
	}
	hll.Invalidate(b)
	c.DB.SetStringRaw(k, b)
	c.Changed(k, EventString, "pfadd")
	c.Reply.OK()
	return nil
}

// PFDEBUG GETREG | DECODE | ENCODING | TODENSE key
func pfdebugCommand(c *Ctx) error {
	var scratch [24]byte
	b, err := hllString(c.DB.Peek(c.Keys[0]), &scratch)
	switch {
	case err != nil:
		return err
	case b == nil:
		return errNoSuchHLL
	}
	b = c.DB.GrowString(c.Keys[0], 0)
	dense := hll.Dense(b)
	switch {
	case c.Is(1, "getreg"):
		if b, err = makeDense(c, b); err != nil {
			return err
		}
		c.Reply.Array(hll.Registers)
		for i := range hll.Registers {
			c.Reply.Int(int64(hll.Register(b, i)))
		}
	case c.Is(1, "decode"):
		if dense {
			return errDenseHLL
		}
		c.Reply.Bulk(hll.AppendRuns(nil, b))
	case c.Is(1, "encoding"):
		if dense {
			c.Reply.SimpleString("dense")
		} else {
			c.Reply.SimpleString("sparse")
		}
	case c.Is(1, "todense"):
		if _, err = makeDense(c, b); err != nil {
			return err
		}
		if dense {
			c.Reply.Int(0)
		} else {
			c.Reply.Int(1)
		}
	default:
		return Error("ERR Unknown PFDEBUG subcommand '" + text(c.Args[1]) + "'")
	}
	return nil
}

// makeDense makes the HyperLogLog b of the first key dense, and returns it.
func makeDense(c *Ctx, b []byte) ([]byte, error) {
	if hll.Dense(b) {
		return b, nil
	}
	b, err := hll.ToDense(nil, b)
	if err != nil {
		return nil, errCorruptHLL
	}
	c.DB.SetStringRaw(c.Keys[0], b)
	c.Changed(c.Keys[0], 0, "") // of the encoding
	return b, nil
}

// PFSELFTEST
func pfselftestCommand(c *Ctx) error {
	if err := hll.SelfTest(int(c.Env.HLLSparseMax.Load()), uint64(c.DB.Now)); err != nil {
		return Error("ERR TESTFAILED " + err.Error())
	}
	c.Reply.OK()
	return nil
}
