package command

import (
	"strconv"

	"radish/internal/num"
	"radish/resp"
)

// Effects are what a command, or all of a transaction, leaves for the log: commands that make the same change whenever they are run, by whoever
// loads the log. Most commands are their own effect. One whose outcome depends on chance, on the clock, or on something that it waited for says
// with Ctx.Effect what to log instead: what it has done.
type Effects struct {
	// N is how many commands there are; SELECTs between them are not counted.
	N int
	// First is the database that the first one is for, Last that of the last one.
	First, Last int
	// Tx: a transaction runs, whose effects are logged together at its end.
	Tx bool

	buf    []byte // resp.BeginBlock and the commands, in the form of the protocol
	own    bool   // the command has said what its effects are
	always bool   // it is to be logged even if it has changed nothing
	logged bool   // Record was called in its midst
}

// Add appends a command for database db.
func (e *Effects) Add(db int, args ...[]byte) {
	if e.N == 0 {
		e.buf = append(e.buf[:0], resp.BeginBlock...)
		e.First = db
	} else if db != e.Last {
		var digits [20]byte
		e.buf = resp.AppendRequest(e.buf, []byte("SELECT"), strconv.AppendInt(digits[:0], int64(db), 10))
	}
	e.Last = db
	e.N++
	e.buf = resp.AppendRequest(e.buf, args...)
}

// Text is the commands as they go into the log, several as one block. It is valid until the next Add or Clear.
func (e *Effects) Text() []byte {
	switch e.N {
	case 0:
		return nil
	case 1:
		return e.buf[len(resp.BeginBlock):]
	}
	b := append(e.buf, resp.EndBlock...)
	e.buf = b[:len(e.buf)]
	return b
}

// Clear forgets the commands.
func (e *Effects) Clear() {
	const keep = 64 << 10
	if e.N = 0; cap(e.buf) > keep {
		e.buf = nil
	}
}

// Next begins another command. What the last one has left, as the log was turned on or off in its midst, is nobody's any more.
func (e *Effects) Next() {
	e.own, e.always, e.logged = false, false, false
	if e.N > 0 && !e.Tx {
		e.Clear()
	}
}

// Finish adds what the command that ctx has run is logged as, unless it has said so itself or changed nothing. It must be called once for each
// command, in the end, with the locks of what has changed held; a second time does nothing.
func (e *Effects) Finish(c *Ctx) {
	if !e.logged && !e.own && (c.Dirty > 0 || e.always) {
		e.Add(c.DB.Index, c.Args...)
	}
	e.logged = true
}

// Pending says whether Finish has, or will have, something to add.
func (e *Effects) Pending(c *Ctx) bool {
	return e.N > 0 || !e.logged && !e.own && (c.Dirty > 0 || e.always)
}

// Effect has a command logged in place of the one that runs; several calls, several commands, in that order. It is called with the locks held.
func (c *Ctx) Effect(args ...[]byte) {
	if c.Env.Logging.Load() {
		c.Effects.own = true
		c.Effects.Add(c.DB.Index, args...)
	}
}

// NoEffect has nothing logged.
func (c *Ctx) NoEffect() { c.Effects.own = true }

// LogNow has the command logged at this moment, because the handler holds locks only now; even if it has changed nothing, as others who load the
// log may have something there. Inside EXEC, which holds all locks to its end, it is logged with the rest.
func (c *Ctx) LogNow() {
	c.Effects.always = true
	if c.Env.Record != nil && c.Env.Logging.Load() {
		c.Env.Record(c)
	} else {
		c.Effects.logged = true // whoever turns the log on from here on has it in the base
	}
}

// effectDeadline logs that key i of the row has a deadline.
func (c *Ctx) effectDeadline(i int, ms int64) {
	if c.Env.Logging.Load() {
		c.Effect([]byte("PEXPIREAT"), c.Keys[i].B, decimal(ms))
	}
}

// effectDelete logs that key i of the row was deleted; free: in the background.
func (c *Ctx) effectDelete(i int, free bool) {
	if free {
		c.Effect([]byte("UNLINK"), c.Keys[i].B)
	} else {
		c.Effect([]byte("DEL"), c.Keys[i].B)
	}
}

// effectPop logs that n elements were taken from an end of a key, by the command of one key that does that.
func (c *Ctx) effectPop(name string, key []byte, n int) {
	if !c.Env.Logging.Load() {
		return
	}
	if n == 1 {
		c.Effect([]byte(name), key)
	} else {
		c.Effect([]byte(name), key, decimal(int64(n)))
	}
}

// effectItems is how many elements a command has that is logged for a part of a value.
const effectItems = 1024

// effectMany logs name key item... for any number of items, in several commands if they are many. each calls its argument with
// every item, which may change afterwards.
func (c *Ctx) effectMany(name string, key []byte, each func(item func([]byte))) {
	args := [][]byte{[]byte(name), key}
	var flat []byte
	var ends []int
	flush := func() {
		if len(ends) == 0 {
			return
		}
		args, from := args[:2], 0
		for _, end := range ends {
			args = append(args, flat[from:end])
			from = end
		}
		c.Effect(args...)
		flat, ends = flat[:0], ends[:0]
	}
	each(func(b []byte) {
		flat = append(flat, b...)
		if ends = append(ends, len(flat)); len(ends) == effectItems {
			flush()
		}
	})
	flush()
}

// decimal is n as an argument.
func decimal(n int64) []byte { return num.AppendInt(make([]byte, 0, 20), n) }
