package command

import (
	"math"

	"radish/store"
)

// stringOpts are the options that SET or GETEX was given.
type stringOpts uint16

const (
	optNX stringOpts = 1 << iota
	optXX
	optGet
	optKeepTTL
	optPersist
	optEX
	optPX
	optEXAT
	optPXAT

	optDeadline = optEX | optPX | optEXAT | optPXAT
	optTTL      = optDeadline | optKeepTTL | optPersist // one of these at most
	optsOfSet   = optNX | optXX | optGet | optKeepTTL | optDeadline
	optsOfGetex = optPersist | optDeadline
)

// stringOpt is the option that a word names, or 0.
func stringOpt(word []byte) stringOpts {
	switch len(word) {
	case 2:
		switch {
		case EqualFold(word, "ex"):
			return optEX
		case EqualFold(word, "px"):
			return optPX
		case EqualFold(word, "nx"):
			return optNX
		case EqualFold(word, "xx"):
			return optXX
		}
	case 3:
		if EqualFold(word, "get") {
			return optGet
		}
	case 4:
		switch {
		case EqualFold(word, "exat"):
			return optEXAT
		case EqualFold(word, "pxat"):
			return optPXAT
		}
	case 7:
		switch {
		case EqualFold(word, "keepttl"):
			return optKeepTTL
		case EqualFold(word, "persist"):
			return optPersist
		}
	}
	return 0
}

// parseStringOpts reads options from argument i on. at is the index of the number that tells the deadline,
// 0 without one; of an option that is repeated the last one counts.
func parseStringOpts(c *Ctx, i int, allowed stringOpts) (opts stringOpts, at int, err error) {
	for ; i < len(c.Args); i++ {
		o := stringOpt(c.Args[i])
		switch {
		case o&allowed == 0,
			o == optNX && opts&optXX != 0, o == optXX && opts&optNX != 0,
			o&optTTL != 0 && opts&optTTL&^o != 0:
			return 0, 0, ErrSyntax
		}
		if o&optDeadline != 0 {
			if i++; i == len(c.Args) {
				return 0, 0, ErrSyntax
			}
			at = i
		}
		opts |= o
	}
	return opts, at, nil
}

// stringDeadline is the deadline, in Unix milliseconds, that argument at tells in the manner of opts.
func stringDeadline(c *Ctx, opts stringOpts, at int) (int64, error) {
	ms, err := c.Int(at)
	if err != nil {
		return 0, err
	}
	if ms <= 0 {
		return 0, invalidExpire(c)
	}
	if opts&(optEX|optEXAT) != 0 {
		if ms > math.MaxInt64/1000 {
			return 0, invalidExpire(c)
		}
		ms *= 1000
	}
	if opts&(optEX|optPX) != 0 {
		if ms += c.DB.Clock; ms <= 0 { // beyond 64 bits
			return 0, invalidExpire(c)
		}
	}
	return ms, nil
}

func invalidExpire(c *Ctx) error {
	return Error("ERR invalid expire time in '" + c.Spec.FullName() + "' command")
}

// lookupString is FindWrite for a string.
func lookupString(c *Ctx, i int) (store.Entry, error) {
	e := c.FindWrite(c.Keys[i])
	if e.Ok() && e.Type() != store.TypeString {
		return store.Entry{}, ErrWrongType
	}
	return e, nil
}

// SET key value [NX | XX] [GET] [EX s | PX ms | EXAT s | PXAT ms | KEEPTTL]
func setCommand(c *Ctx) error {
	val := c.Args[2]
	if c.Offload(len(val)) {
		return ErrOffload
	}
	if len(c.Args) == 3 {
		c.DB.SetString(c.Keys[0], val, 0)
		c.Changed(c.Keys[0], EventString, "set")
		c.Reply.OK()
		return nil
	}
	opts, at, err := parseStringOpts(c, 3, optsOfSet)
	if err != nil {
		return err
	}
	done, err := setString(c, val, opts, at)
	switch {
	case err != nil:
		return err
	case opts&optGet != 0: // the reply is the old value
	case done:
		c.Reply.OK()
	default:
		c.Reply.Null()
	}
	return nil
}

func setnxCommand(c *Ctx) error {
	if c.Offload(len(c.Args[2])) {
		return ErrOffload
	}
	done, err := setString(c, c.Args[2], optNX, 0)
	if err != nil {
		return err
	}
	if done {
		c.Reply.Int(1)
	} else {
		c.Reply.Int(0)
	}
	return nil
}

func setexCommand(c *Ctx) error { return setFor(c, optEX) }

func psetexCommand(c *Ctx) error { return setFor(c, optPX) }

// setFor is SETEX and PSETEX: key, time, value.
func setFor(c *Ctx, unit stringOpts) error {
	if c.Offload(len(c.Args[3])) {
		return ErrOffload
	}
	if _, err := setString(c, c.Args[3], unit, 2); err != nil {
		return err
	}
	c.Reply.OK()
	return nil
}

// setString stores val if the options allow it; with GET it has replied the old value.
func setString(c *Ctx, val []byte, opts stringOpts, at int) (done bool, err error) {
	k := c.Keys[0]
	var deadline int64
	if at != 0 {
		if deadline, err = stringDeadline(c, opts, at); err != nil {
			return false, err
		}
	}
	if opts&optGet != 0 {
		if _, err = replyStringOf(c); err != nil {
			return false, err
		}
	}
	if opts&(optNX|optXX) != 0 {
		if found := c.FindWrite(k).Ok(); found != (opts&optXX != 0) {
			return false, nil
		}
	}
	if opts&optKeepTTL != 0 {
		c.DB.SetStringKeepTTL(k, val)
	} else {
		c.DB.SetString(k, val, deadline)
	}
	c.Changed(k, EventString, "set")
	if opts&(optGet|optDeadline) != 0 {
		effectSet(c, val, opts, deadline)
	}
	if deadline != 0 {
		c.Event(k, EventGeneric, "expire") // of the same change
	}
	return true, nil
}

// effectSet logs what SET has done: with the moment of the deadline, and without GET, as whoever loads it asks for no reply.
func effectSet(c *Ctx, val []byte, opts stringOpts, deadline int64) {
	switch k := c.Keys[0].B; {
	case !c.Env.Logging.Load():
	case deadline != 0:
		c.Effect([]byte("SET"), k, val, []byte("PXAT"), decimal(deadline))
	case opts&optKeepTTL != 0:
		c.Effect([]byte("SET"), k, val, []byte("KEEPTTL"))
	default:
		c.Effect([]byte("SET"), k, val)
	}
}

// setKeys are the keys of SET: whether it reads depends on GET.
func setKeys(args [][]byte) ([]KeyRef, error) {
	for _, a := range args[3:] {
		if EqualFold(a, "get") {
			return []KeyRef{{1, KeyRW | KeyAccess | KeyUpdate}}, nil
		}
	}
	return []KeyRef{{1, KeyOW | KeyUpdate}}, nil
}

// MSET key value [key value ...]
func msetCommand(c *Ctx) error {
	if err := checkPairs(c); err != nil {
		return err
	}
	setPairs(c)
	c.Reply.OK()
	return nil
}

// MSETNX key value [key value ...]
func msetnxCommand(c *Ctx) error {
	if err := checkPairs(c); err != nil {
		return err
	}
	for _, k := range c.Keys {
		if c.DB.Lookup(k).Ok() {
			c.Reply.Int(0)
			return nil
		}
	}
	setPairs(c)
	c.Reply.Int(1)
	return nil
}

// keyWork is what one more key costs a command, in the unit of Ctx.Offload.
const keyWork = 64

// checkPairs refuses a key without a value, and sends long work away.
func checkPairs(c *Ctx) error {
	if len(c.Args)%2 == 0 {
		return Error("ERR wrong number of arguments for '" + c.Spec.FullName() + "' command")
	}
	if c.OnLoop {
		work := 0
		for i := 2; i < len(c.Args); i += 2 {
			work += keyWork + len(c.Args[i])
		}
		if c.Offload(work) {
			return ErrOffload
		}
	}
	return nil
}

func setPairs(c *Ctx) {
	for i, k := range c.Keys {
		c.DB.SetString(k, c.Args[2*i+2], 0)
		c.Changed(k, EventString, "set")
	}
}
