package command

import (
	"math"
	"strconv"

	"radish/internal/glob"
	"radish/internal/num"
	"radish/resp"
	"radish/store"
)

const errCursor Error = "ERR invalid cursor"

func scanSpecs() []Spec {
	return []Spec{{
		Name: "keys", Arity: 2, Flags: ReadOnly | Worker | AllKeys, Handler: keysCommand,
		Acl: CatKeyspace | CatDangerous, Group: GroupGeneric, Since: "1.0.0",
		Summary:    "Lists all keys whose names match a pattern.",
		Complexity: "O(N) where N is the number of keys in the database.",
		Syntax:     "pattern", Tips: []string{"request_policy:all_shards", "nondeterministic_output_order"},
	}, {
		Name: "scan", Arity: -2, Flags: ReadOnly | TouchesArbitraryKeys | AllKeys, Handler: scanCommand,
		Group: GroupGeneric, Since: "2.8.0",
		Summary:    "Lists the keys of the database bit by bit.",
		Complexity: "O(1) for a call, O(N) for all calls until the cursor is 0 again, for N keys.",
		Syntax:     "cursor [MATCH pattern] [COUNT count] [TYPE type]@6.0.0",
		Tips:       []string{"nondeterministic_output", "request_policy:special", "response_policy:special"},
		History:    []string{"6.0.0 The option `TYPE` came."},
	}, {
		Name: "randomkey", Arity: 1, Flags: ReadOnly | TouchesArbitraryKeys | AllKeys, Handler: randomkeyCommand,
		Group: GroupGeneric, Since: "1.0.0",
		Summary: "Picks a key of the database at random.", Complexity: "O(1)",
		Tips: []string{"request_policy:all_shards", "response_policy:special", "nondeterministic_output"},
	}}
}

// keysCommand walks the database under short locks. What others write meanwhile may or may not be seen;
// keys that are there all the time are listed once each. Inside EXEC it is one moment.
func keysCommand(c *Ctx) error {
	pattern := c.Args[1]
	all := len(pattern) == 1 && pattern[0] == '*'
	w := c.Reply
	m := w.DeferArray()
	n := 0
	c.DB.Walk(func(e store.Entry) bool {
		if k := e.Key(); all || glob.Match(pattern, k, false) {
			w.Bulk(k)
			n++
		}
		return !w.Enough()
	})
	w.SetArrayLen(m, n)
	return nil
}

type scanOpts struct {
	pattern []byte // nil: every key
	count   int
	typed   bool // only values of type typ; without such a type there are none
	known   bool
	typ     store.Type
}

func parseScanOpts(c *Ctx) (o scanOpts, err error) {
	o.count = 10
	for i := 2; i < len(c.Args); i += 2 {
		if i+1 == len(c.Args) {
			return o, ErrSyntax
		}
		switch {
		case c.Is(i, "count"):
			n, err := c.Int(i + 1)
			if err != nil {
				return o, err
			}
			if n < 1 {
				return o, ErrSyntax
			}
			o.count = int(min(n, math.MaxInt32))
		case c.Is(i, "match"):
			o.pattern = c.Args[i+1]
			if string(o.pattern) == "*" {
				o.pattern = nil
			}
		case c.Is(i, "type"):
			o.typed = true
			o.typ, o.known = typeByName(c.Args[i+1])
		default:
			return o, ErrSyntax
		}
	}
	return o, nil
}

func typeByName(name []byte) (store.Type, bool) {
	for t := store.TypeString; t <= store.TypeStream; t++ {
		if EqualFold(name, t.String()) {
			return t, true
		}
	}
	return 0, false
}

func scanCommand(c *Ctx) error {
	cursor, ok := num.ParseCursor(c.Args[1])
	if !ok {
		return errCursor
	}
	o, err := parseScanOpts(c)
	if err != nil {
		return err
	}
	if c.Offload(int(min(int64(o.count), c.DB.Len())) * keyWork) {
		return ErrOffload
	}
	c.DB.NoWait = c.OnLoop
	w := c.Reply
	w.Array(2)
	first := w.DeferRaw() // the cursor, which is known last
	m := w.DeferArray()
	n := 0
	cursor = c.DB.ScanLapsed(cursor, o.count, func(e store.Entry) {
		k := e.Key()
		if !o.matches(k) {
			return
		}
		if o.typed {
			c.Hits++ // Redis looks the key up
			if !o.known || e.Type() != o.typ {
				return
			}
		}
		w.Bulk(k)
		n++
	}, func(key []byte) bool {
		if !o.matches(key) {
			return false
		}
		if o.typed {
			c.Misses++
		}
		return true
	})
	if c.DB.Blocked {
		return ErrOffload
	}
	w.SetArrayLen(m, n)
	var room, digits [32]byte
	head := resp.Writer{Buf: room[:0], Proto: w.Proto}
	head.Bulk(strconv.AppendUint(digits[:0], cursor, 10))
	w.SetRaw(first, head.Buf)
	return nil
}

// matches says whether a key passes MATCH.
func (o *scanOpts) matches(key []byte) bool {
	return o.pattern == nil || glob.Match(o.pattern, key, false)
}

func randomkeyCommand(c *Ctx) error {
	var room [64]byte
	c.DB.NoWait = c.OnLoop
	key, ok := c.DB.RandomKey(room[:0])
	if c.DB.Blocked {
		return ErrOffload
	}
	if !ok {
		c.Reply.Null()
		return nil
	}
	c.Reply.Bulk(key)
	return nil
}
