package command

import (
	"radish/internal/num"
	"radish/store"
)

// What the commands for deadlines of fields answer to bad arguments. The texts are Redis's.
const (
	errFieldExpire  Error = "ERR invalid expire time, must be >= 0"
	errFieldsWord   Error = "ERR Mandatory argument FIELDS is missing or not at the right position"
	errFieldsZero   Error = "ERR Parameter `numFields` should be greater than 0"
	errFieldsNumber Error = "ERR Number of fields must be a positive integer"
	errFieldsCount  Error = "ERR The `numfields` parameter must match the number of arguments"
)

// maxFieldDeadline is the last deadline that a field may have, in unix ms, as in Redis.
const maxFieldDeadline = 1<<46 - 1

// What is replied for each field.
const (
	fieldMissing    = -2
	fieldNoDeadline = -1
	fieldUnmet      = 0 // a condition does not hold
	fieldDone       = 1
	fieldDeletedNow = 2
)

func hashExpireSpecs() []Spec {
	const complexity = "O(N), N being the number of fields given"
	const fields = "fields:<FIELDS numfields:integer field [field ...]>"
	row := func(name, arg, summary string, h Handler) Spec {
		return Spec{
			Name: name, Arity: -6, Flags: Write | DenyOOM | Fast, Handler: h,
			Keys: firstKey(KeyRW|KeyUpdate, ""), Group: GroupHash, Since: "7.4.0",
			Summary: summary, Complexity: complexity, Syntax: "key " + arg + " [NX|XX|GT|LT] " + fields,
		}
	}
	read := func(name, summary string, h Handler) Spec {
		return Spec{
			Name: name, Arity: -5, Flags: ReadOnly | Fast, Handler: h,
			Keys: firstKey(KeyRO|KeyAccess, ""), Group: GroupHash, Since: "7.4.0",
			Summary: summary, Complexity: complexity, Syntax: "key " + fields,
		}
	}
	return []Spec{
		row("hexpire", "seconds", "Lets fields of a hash live for a number of seconds.", hexpireCommand),
		row("hpexpire", "milliseconds", "Lets fields of a hash live for a number of milliseconds.", hpexpireCommand),
		row("hexpireat", "unix-time-seconds", "Lets fields of a hash live until a moment, in seconds of Unix time.", hexpireatCommand),
		row("hpexpireat", "unix-time-milliseconds", "Lets fields of a hash live until a moment, in milliseconds of Unix time.", hpexpireatCommand),
		read("httl", "Tells how many seconds fields of a hash have left to live.", httlCommand),
		read("hpttl", "Tells how many milliseconds fields of a hash have left to live.", hpttlCommand),
		read("hexpiretime", "Tells when fields of a hash lapse, in seconds of Unix time.", hexpiretimeCommand),
		read("hpexpiretime", "Tells when fields of a hash lapse, in milliseconds of Unix time.", hpexpiretimeCommand),
		{
			Name: "hpersist", Arity: -5, Flags: Write | Fast, Handler: hpersistCommand,
			Keys: firstKey(KeyRW|KeyUpdate, ""), Group: GroupHash, Since: "7.4.0",
			Summary: "Takes the time to live from fields of a hash.", Complexity: complexity, Syntax: "key " + fields,
		},
	}
}

func hexpireCommand(c *Ctx) error    { return expireFields(c, 1000, c.DB.Clock) }
func hpexpireCommand(c *Ctx) error   { return expireFields(c, 1, c.DB.Clock) }
func hexpireatCommand(c *Ctx) error  { return expireFields(c, 1000, 0) }
func hpexpireatCommand(c *Ctx) error { return expireFields(c, 1, 0) }

// expireFields sets deadlines: argument 2, in units of so many milliseconds after the moment base.
func expireFields(c *Ctx, unitMs, baseMs int64) error {
	if err := checkHash(c); err != nil {
		return err
	}
	ms, err := c.Int(2)
	switch {
	case err != nil:
		return err
	case ms < 0:
		return errFieldExpire
	case ms > maxFieldDeadline/unitMs || ms*unitMs > maxFieldDeadline-baseMs:
		return invalidExpire(c)
	}
	ms = ms*unitMs + baseMs
	at, cond := 3, fieldCondition(c)
	if cond != 0 {
		at++
	}
	fields, err := fieldArgs(c, at, errFieldsZero)
	if err != nil {
		return err
	}
	h, err := openHash(c, len(fields))
	if err != nil {
		return err
	}
	c.Reply.Array(len(fields))
	set, deleted := 0, 0
	logging := c.Env.Logging.Load()
	var given, gone [][]byte
	for _, f := range fields {
		res := setFieldDeadline(c, &h, f, ms, cond)
		switch res {
		case fieldDone:
			if set++; logging {
				given = append(given, f)
			}
		case fieldDeletedNow:
			if deleted++; logging {
				gone = append(gone, f)
			}
		}
		c.Reply.Int(res)
	}
	if len(given) > 0 {
		c.Effect(append([][]byte{[]byte("HPEXPIREAT"), c.Keys[0].B, decimal(ms), []byte("FIELDS"), decimal(int64(len(given)))}, given...)...)
	}
	if len(gone) > 0 {
		c.Effect(append([][]byte{[]byte("HDEL"), c.Keys[0].B}, gone...)...)
	}
	if set > 0 {
		c.Changed(c.Keys[0], EventHash, "hexpire")
		c.Dirty += int64(set - 1)
	}
	if deleted > 0 {
		c.Env.ExpiredFields.Add(int64(deleted))
		c.Changed(c.Keys[0], EventHash, "hdel")
		c.Dirty += int64(deleted - 1)
		if !h.Ok() {
			c.Event(c.Keys[0], EventGeneric, "del")
		}
	}
	return nil
}

// checkHash refuses a key of another type; these commands look at it before they look at their arguments.
func checkHash(c *Ctx) error {
	if e := c.DB.Peek(c.Keys[0]); e.Ok() && e.Type() != store.TypeHash {
		return ErrWrongType
	}
	return nil
}

// fieldCondition is the condition of argument 3; 0: it is none.
func fieldCondition(c *Ctx) int {
	switch {
	case c.Is(3, "nx"):
		return expireNX
	case c.Is(3, "xx"):
		return expireXX
	case c.Is(3, "gt"):
		return expireGT
	case c.Is(3, "lt"):
		return expireLT
	}
	return 0
}

// fieldArgs reads FIELDS numfields field [field ...] from argument at on, and up to the end.
func fieldArgs(c *Ctx, at int, bad Error) ([][]byte, error) {
	if !c.Is(at, "fields") {
		return nil, errFieldsWord
	}
	n, ok := num.ParseInt(c.Args[at+1])
	if !ok || n < 1 {
		return nil, bad
	}
	if fields := c.Args[at+2:]; int64(len(fields)) == n {
		return fields, nil
	}
	return nil, errFieldsCount
}

// setFieldDeadline sets the deadline of one field, and returns what is replied for it.
func setFieldDeadline(c *Ctx, h *store.HashWriter, f []byte, ms int64, cond int) int64 {
	old, ok := h.Deadline(f)
	switch {
	case !ok:
		return fieldMissing
	case !expireMay(cond, old, ms):
		return fieldUnmet
	case ms <= c.DB.Now:
		h.Delete(f)
		return fieldDeletedNow
	}
	h.SetDeadline(f, ms)
	return fieldDone
}

// HPERSIST key FIELDS numfields field [field ...]
func hpersistCommand(c *Ctx) error {
	if err := checkHash(c); err != nil {
		return err
	}
	fields, err := fieldArgs(c, 2, errFieldsNumber)
	if err != nil {
		return err
	}
	h, err := openHash(c, len(fields))
	if err != nil {
		return err
	}
	c.Reply.Array(len(fields))
	changed := 0
	for _, f := range fields {
		switch old, ok := h.Deadline(f); {
		case !ok:
			c.Reply.Int(fieldMissing)
		case old == 0:
			c.Reply.Int(fieldNoDeadline)
		default:
			h.SetDeadline(f, 0)
			changed++
			c.Reply.Int(fieldDone)
		}
	}
	if changed > 0 {
		c.Changed(c.Keys[0], EventHash, "hpersist")
		c.Dirty += int64(changed - 1)
	}
	return nil
}

func httlCommand(c *Ctx) error {
	return replyFieldDeadlines(c, func(ms int64) int64 { return (ms - c.DB.Now + 999) / 1000 })
}

func hpttlCommand(c *Ctx) error {
	return replyFieldDeadlines(c, func(ms int64) int64 { return ms - c.DB.Now })
}

func hexpiretimeCommand(c *Ctx) error {
	return replyFieldDeadlines(c, func(ms int64) int64 { return (ms + 999) / 1000 })
}

func hpexpiretimeCommand(c *Ctx) error {
	return replyFieldDeadlines(c, func(ms int64) int64 { return ms })
}

func replyFieldDeadlines(c *Ctx, show func(ms int64) int64) error {
	if c.OnLoop && c.Offload(len(c.Args)*fieldWork) {
		return ErrOffload
	}
	e, err := findHash(c)
	if err != nil {
		return err
	}
	fields, err := fieldArgs(c, 2, errFieldsNumber)
	if err != nil {
		return err
	}
	c.Reply.Array(len(fields))
	for _, f := range fields {
		ms, st := int64(0), store.FieldMissing
		if e.Ok() {
			ms, st = e.FieldDeadline(f, c.DB.Now)
		}
		switch {
		case st != store.FieldLive:
			c.Reply.Int(fieldMissing)
		case ms == 0:
			c.Reply.Int(fieldNoDeadline)
		default:
			c.Reply.Int(show(ms))
		}
	}
	return nil
}
