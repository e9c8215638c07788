package command

import (
	"math"

	"radish/internal/num"
)

// What counters in hashes answer. The texts are Redis's.
const (
	errHashNotInteger Error = "ERR hash value is not an integer"
	errHashNotFloat   Error = "ERR hash value is not a float"
	errNotFinite      Error = "ERR value is NaN or Infinity"
)

// HSET key field value [field value ...]
func hsetCommand(c *Ctx) error {
	created, err := setFields(c)
	if err == nil {
		c.Reply.Int(int64(created))
	}
	return err
}

// HMSET key field value [field value ...]
func hmsetCommand(c *Ctx) error {
	_, err := setFields(c)
	if err == nil {
		c.Reply.OK()
	}
	return err
}

func setFields(c *Ctx) (created int, err error) {
	if len(c.Args)%2 != 0 {
		return 0, Error("ERR wrong number of arguments for '" + c.Spec.FullName() + "' command")
	}
	h, err := openHash(c, len(c.Args)/2)
	if err != nil {
		return 0, err
	}
	pairs := c.Args[2:]
	created = h.SetAll(pairs)
	c.Changed(c.Keys[0], EventHash, "hset")
	c.Dirty += int64(len(pairs)/2 - 1)
	return created, nil
}

// HSETNX key field value
func hsetnxCommand(c *Ctx) error {
	h, err := openHash(c, 1)
	if err != nil {
		return err
	}
	if _, ok := h.Get(c.Args[2]); ok {
		c.Reply.Int(0)
		return nil
	}
	h.Expect(c.Args[2:])
	h.Set(c.Args[2], c.Args[3])
	c.Changed(c.Keys[0], EventHash, "hset")
	c.Reply.Int(1)
	return nil
}

// HDEL key field [field ...]
func hdelCommand(c *Ctx) error {
	h, err := openHash(c, len(c.Args)-2)
	if err != nil {
		return err
	}
	deleted := 0
	for _, f := range c.Args[2:] {
		if !h.Ok() {
			break
		}
		if h.Delete(f) {
			deleted++
		}
	}
	if deleted > 0 {
		c.Changed(c.Keys[0], EventHash, "hdel")
		c.Dirty += int64(deleted - 1)
		if !h.Ok() {
			c.Event(c.Keys[0], EventGeneric, "del")
		}
	}
	c.Reply.Int(int64(deleted))
	return nil
}

// HINCRBY key field increment
func hincrbyCommand(c *Ctx) error {
	by, err := c.Int(3)
	if err != nil {
		return err
	}
	h, err := openHash(c, 1)
	if err != nil {
		return err
	}
	v, ok := h.Get(c.Args[2])
	old := v.N
	if ok && !v.Int {
		if old, ok = num.ParseInt(v.S); !ok {
			return errHashNotInteger
		}
	}
	if by < 0 && old < 0 && by < math.MinInt64-old || by > 0 && old > 0 && by > math.MaxInt64-old {
		return errIncrOverflow
	}
	var digits [24]byte
	h.SetKeepTTL(c.Args[2], num.AppendInt(digits[:0], old+by))
	c.Changed(c.Keys[0], EventHash, "hincrby")
	c.Reply.Int(old + by)
	return nil
}

// HINCRBYFLOAT key field increment
func hincrbyfloatCommand(c *Ctx) error {
	by, ok := num.ParseLongDouble(c.Args[3])
	if !ok {
		return ErrNotFloat
	}
	if !by.IsFinite() {
		return errNotFinite
	}
	h, err := openHash(c, 1)
	if err != nil {
		return err
	}
	old := num.LongDoubleFromInt(0)
	switch v, ok := h.Get(c.Args[2]); {
	case ok && v.Int:
		old = num.LongDoubleFromInt(v.N)
	case ok:
		if old, ok = num.ParseLongDouble(v.S); !ok {
			return errHashNotFloat
		}
	}
	sum := old.Add(by)
	if !sum.IsFinite() {
		return errIncrNotFinite
	}
	var text [64]byte
	b := num.FormatLongDouble(text[:0], sum)
	h.SetKeepTTL(c.Args[2], b)
	c.Changed(c.Keys[0], EventHash, "hincrbyfloat")
	if c.Env.Logging.Load() {
		c.Effect([]byte("HSET"), c.Keys[0].B, c.Args[2], b)
		if ms, _ := h.Deadline(c.Args[2]); ms != 0 { // which HSET takes away
			c.Effect([]byte("HPEXPIREAT"), c.Keys[0].B, decimal(ms), []byte("FIELDS"), []byte("1"), c.Args[2])
		}
	}
	c.Reply.Bulk(b)
	return nil
}
