package command

import (
	"math"

	"radish/internal/num"
)

// What the counters answer to numbers out of range.
const (
	errIncrOverflow  Error = "ERR increment or decrement would overflow"
	errDecrOverflow  Error = "ERR decrement would overflow"
	errIncrNotFinite Error = "ERR increment would produce NaN or Infinity"
)

func incrCommand(c *Ctx) error { return incrBy(c, 1) }

func decrCommand(c *Ctx) error { return incrBy(c, -1) }

// INCRBY key increment
func incrbyCommand(c *Ctx) error {
	by, err := c.Int(2)
	if err != nil {
		return err
	}
	return incrBy(c, by)
}

// DECRBY key decrement
func decrbyCommand(c *Ctx) error {
	by, err := c.Int(2)
	if err != nil {
		return err
	}
	if by == math.MinInt64 {
		return errDecrOverflow
	}
	return incrBy(c, -by)
}

func incrBy(c *Ctx, by int64) error {
	e, err := lookupString(c, 0)
	if err != nil {
		return err
	}
	var old int64
	if e.Ok() {
		var ok bool
		if old, ok = e.Int(); !ok { // digits that APPEND or SETRANGE put together
			var scratch [24]byte
			if old, ok = num.ParseInt(e.Bytes(&scratch)); !ok {
				return ErrNotInteger
			}
		}
	}
	sum := old + by
	if (sum > old) != (by > 0) {
		return errIncrOverflow
	}
	c.DB.SetInt(c.Keys[0], sum)
	c.Changed(c.Keys[0], EventString, "incrby")
	c.Reply.Int(sum)
	return nil
}

// INCRBYFLOAT key increment
func incrbyfloatCommand(c *Ctx) error {
	e, err := lookupString(c, 0)
	if err != nil {
		return err
	}
	old := num.LongDoubleFromInt(0)
	if e.Ok() {
		var scratch [24]byte
		var ok bool
		if old, ok = num.ParseLongDouble(e.Bytes(&scratch)); !ok {
			return ErrNotFloat
		}
	}
	by, ok := num.ParseLongDouble(c.Args[2])
	if !ok {
		return ErrNotFloat
	}
	sum := old.Add(by)
	if !sum.IsFinite() {
		return errIncrNotFinite
	}
	var text [64]byte
	b := num.FormatLongDouble(text[:0], sum)
	c.DB.SetStringNoInt(c.Keys[0], b)
	c.Changed(c.Keys[0], EventString, "incrbyfloat")
	if c.Env.Logging.Load() {
		c.Effect([]byte("SET"), c.Keys[0].B, b, []byte("KEEPTTL"))
	}
	c.Reply.Bulk(b)
	return nil
}
