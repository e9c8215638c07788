package command

import (
	"math"

	"radish/internal/num"
	"radish/store"
)

// A blocking command that finds nothing to take has its client wait: its handler returns Ctx.Block. When a key that
// it waits for has changed, and holds a value of the right type, dispatch calls the handler once more, for the client,
// with the locks of whoever changed the key: Ctx.Locked tells which of the keys it may look at then.

// Wait is what a client waits for.
type Wait struct {
	// Type is the type of value that the command takes from.
	Type store.Type
	// Keys are the keys that it takes from: a part of Ctx.Keys. Those that Ctx.Keys has beyond them are locked too when
	// the handler is called again.
	Keys []store.Key
	// TimeoutMs is how long it waits; 0: for ever.
	TimeoutMs int64
}

// ReadyKey is a key of a database that clients wait for and that has changed.
type ReadyKey struct {
	DB  int
	Key store.Key
}

// What time-outs of blocking commands answer.
const (
	errTimeoutFloat    Error = "ERR timeout is not a float or out of range"
	errTimeoutRange    Error = "ERR timeout is out of range"
	errTimeoutNegative Error = "ERR timeout is negative"
)

// TimeoutMs is argument i as a time-out in seconds, which may have a fraction; it comes in ms, rounded up.
func (c *Ctx) TimeoutMs(i int) (int64, error) {
	x, ok := num.ParseLongDouble(c.Args[i])
	if !ok {
		return 0, errTimeoutFloat
	}
	ms, ok := x.MulCeil(1000)
	switch {
	case !ok || ms > math.MaxInt64-c.DB.Clock:
		return 0, errTimeoutRange
	case ms < 0:
		return 0, errTimeoutNegative
	}
	return ms, nil
}

// Block has the client wait. The handler returns what it returns, and must have replied and changed nothing. It must
// not be called if c.Deny: then the handler replies as after a time-out.
func (c *Ctx) Block(w Wait) error {
	if c.Reach == 0 && c.Env.Block != nil {
		c.Env.Block(c, w)
	}
	return ErrBlocked
}

// Locked says whether key i may be looked at. While a client that has waited is served only some may.
func (c *Ctx) Locked(i int) bool {
	return c.Reach == 0 || c.Reach>>c.DB.Store().ShardOf(c.Keys[i].H)&1 == 1
}
