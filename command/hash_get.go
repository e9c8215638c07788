package command

import (
	"radish/store"
	"radish/store/listpack"
)

// field looks a field up and sets v to its value, if there is one. The store is told of one that has lapsed, so that it is deleted.
func (c *Ctx) field(e store.Entry, f []byte, v *listpack.Value) bool {
	st := e.HashField(f, c.DB.Now, v)
	if st == store.FieldLapsed {
		c.DB.LapsedField(f)
	}
	return st == store.FieldLive
}

// HGET key field
func hgetCommand(c *Ctx) error {
	e, err := findHash(c)
	if err != nil {
		return err
	}
	return replyField(c, e, c.Args[2])
}

// replyField replies the value of a field, null if there is none. It refuses with ErrOffload if that is long.
func replyField(c *Ctx, e store.Entry, f []byte) error {
	if !e.Ok() {
		c.Reply.Null()
		return nil
	}
	var v listpack.Value
	switch ok := c.field(e, f, &v); {
	case !ok:
		c.Reply.Null()
	case v.Int:
		c.Reply.BulkInt(v.N)
	default:
		if c.Offload(len(v.S)) {
			return ErrOffload
		}
		c.Reply.Bulk(v.S)
	}
	return nil
}

// HMGET key field [field ...]
func hmgetCommand(c *Ctx) error {
	fields := c.Args[2:]
	if c.OnLoop && c.Offload(len(fields)*fieldWork) {
		return ErrOffload
	}
	e, err := findHash(c)
	if err != nil {
		return err
	}
	c.Reply.Array(len(fields))
	sent := 0
	for _, f := range fields {
		at := len(c.Reply.Buf)
		if err := replyField(c, e, f); err != nil {
			return err
		}
		if sent += len(c.Reply.Buf) - at; c.Offload(sent) {
			return ErrOffload
		}
	}
	return nil
}

// What a command replies of each field.
const (
	hashFields = 1 << iota
	hashValues
)

func hgetallCommand(c *Ctx) error { return replyHash(c, hashFields|hashValues) }
func hkeysCommand(c *Ctx) error   { return replyHash(c, hashFields) }
func hvalsCommand(c *Ctx) error   { return replyHash(c, hashValues) }

// replyHash replies fields, values or both of all fields.
func replyHash(c *Ctx, what int) error {
	if e := c.DB.Peek(c.Keys[0]); c.OnLoop && e.Ok() && e.Type() == store.TypeHash && c.Offload(e.HashWork()) {
		return ErrOffload
	}
	e, err := findHash(c)
	if err != nil {
		return err
	}
	w, both := c.Reply, what == hashFields|hashValues
	if !e.Ok() {
		if both {
			w.Map(0)
		} else {
			w.EmptyArray()
		}
		return nil
	}
	n := e.HashLen()
	if e.HashLapsed(c.DB.Now) {
		n = 0
		e.HashWalk(c.DB.Now, func(_, _ listpack.Value) bool { n++; return true })
	}
	if both {
		w.Map(n)
	} else {
		w.Array(n)
	}
	e.HashWalk(c.DB.Now, func(f, v listpack.Value) bool {
		if what&hashFields != 0 {
			bulkValue(w, f)
		}
		if what&hashValues != 0 {
			bulkValue(w, v)
		}
		return true
	})
	return nil
}

// HLEN key
func hlenCommand(c *Ctx) error {
	e, err := findHash(c)
	if err != nil {
		return err
	}
	n := 0
	if e.Ok() {
		n = e.HashLen()
	}
	c.Reply.Int(int64(n))
	return nil
}

// HSTRLEN key field
func hstrlenCommand(c *Ctx) error {
	e, err := findHash(c)
	if err != nil {
		return err
	}
	n := 0
	var v listpack.Value
	if e.Ok() && c.field(e, c.Args[2], &v) {
		n = v.Len()
	}
	c.Reply.Int(int64(n))
	return nil
}

// HEXISTS key field
func hexistsCommand(c *Ctx) error {
	e, err := findHash(c)
	if err != nil {
		return err
	}
	n := int64(0)
	var v listpack.Value
	if e.Ok() && c.field(e, c.Args[2], &v) {
		n = 1
	}
	c.Reply.Int(n)
	return nil
}
