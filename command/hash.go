package command

import (
	"strings"

	"radish/resp"
	"radish/store"
	"radish/store/listpack"
)

// hashSpecs are the rows of the hash commands.
func hashSpecs() []Spec {
	rows := hashWriteSpecs()
	rows = append(rows, hashReadSpecs()...)
	return append(rows, hashExpireSpecs()...)
}

func hashWriteSpecs() []Spec {
	return []Spec{{
		Name: "hset", Arity: -4, Flags: Write | DenyOOM | Fast, Handler: hsetCommand, Member: 2,
		Keys: firstKey(KeyRW|KeyUpdate, ""), Group: GroupHash, Since: "2.0.0",
		Summary:    "Sets fields of a hash to values, and makes what is missing.",
		Complexity: "O(N), N being the number of fields",
		Syntax:     "key field value [field value ...]",
		History:    []string{"4.0.0 More than one field and value may be given."},
	}, {
		Name: "hmset", Arity: -4, Flags: Write | DenyOOM | Fast, Handler: hmsetCommand, Member: 2,
		Keys: firstKey(KeyRW|KeyUpdate, ""), Group: GroupHash, Since: "2.0.0",
		Summary:    "Sets fields of a hash to values, and makes what is missing.",
		Complexity: "O(N), N being the number of fields",
		Syntax:     "key field value [field value ...]",
		Deprecated: "4.0.0", ReplacedBy: "`HSET` with multiple field-value pairs",
	}, {
		Name: "hsetnx", Arity: 4, Flags: Write | DenyOOM | Fast, Handler: hsetnxCommand, Member: 2,
		Keys: firstKey(KeyRW|KeyInsert, ""), Group: GroupHash, Since: "2.0.0",
		Summary: "Sets a field of a hash to a value, unless the field is there.", Complexity: "O(1)",
		Syntax: "key field value",
	}, {
		Name: "hdel", Arity: -3, Flags: Write | Fast, Handler: hdelCommand, Member: 2,
		Keys: firstKey(KeyRW|KeyDelete, ""), Group: GroupHash, Since: "2.0.0",
		Summary:    "Deletes fields of a hash, and the hash with its last one.",
		Complexity: "O(N), N being the number of fields given",
		Syntax:     "key field [field ...]",
		History:    []string{"2.4.0 More than one field may be given."},
	}, {
		Name: "hincrby", Arity: 4, Flags: Write | DenyOOM | Fast, Handler: hincrbyCommand, Member: 2,
		Keys: firstKey(KeyRW|KeyAccess|KeyUpdate, ""), Group: GroupHash, Since: "2.0.0",
		Summary: "Adds an integer to the one in a field of a hash; no field counts as 0.", Complexity: "O(1)",
		Syntax: "key field increment",
	}, {
		Name: "hincrbyfloat", Arity: 4, Flags: Write | DenyOOM | Fast, Handler: hincrbyfloatCommand, Member: 2,
		Keys: firstKey(KeyRW|KeyAccess|KeyUpdate, ""), Group: GroupHash, Since: "2.6.0",
		Summary: "Adds a decimal number to the one in a field of a hash; no field counts as 0.", Complexity: "O(1)",
		Syntax: "key field increment:double",
	}}
}

func hashReadSpecs() []Spec {
	field := func(syntax string) int {
		if strings.HasPrefix(syntax, "key field") {
			return 2
		}
		return 0
	}
	read := func(name string, arity int, flags KeyFlags, since, summary, complexity, syntax string, h Handler) Spec {
		return Spec{
			Name: name, Arity: arity, Flags: ReadOnly | Fast, Handler: h, Member: field(syntax),
			Keys: firstKey(KeyRO|flags, ""), Group: GroupHash, Since: since,
			Summary: summary, Complexity: complexity, Syntax: syntax,
		}
	}
	whole := func(name, summary string, h Handler) Spec {
		s := read(name, 2, KeyAccess, "2.0.0", summary, "O(N), N being the number of fields", "key", h)
		s.Flags, s.Tips = ReadOnly, []string{"nondeterministic_output_order"}
		return s
	}
	random := read("hrandfield", -2, KeyAccess, "6.2.0", "Picks fields of a hash at random.",
		"O(N), N being the number of fields replied", "key options:[count [WITHVALUES]]", hrandfieldCommand)
	random.Flags, random.Tips = ReadOnly, []string{"nondeterministic_output"}
	scan := read("hscan", -3, KeyAccess, "2.8.0", "Lists the fields and values of a hash bit by bit.",
		"O(1) for a call, O(N) for all calls until the cursor is 0 again, for N fields",
		"key cursor:integer [MATCH pattern] [COUNT count] [NOVALUES]", hscanCommand)
	scan.Flags, scan.Tips = ReadOnly, []string{"nondeterministic_output"}
	return []Spec{
		read("hget", 3, KeyAccess, "2.0.0", "Replies the value of a field of a hash.", "O(1)", "key field", hgetCommand),
		read("hmget", -3, KeyAccess, "2.0.0", "Replies the values of fields of a hash.",
			"O(N), N being the number of fields given", "key field [field ...]", hmgetCommand),
		whole("hgetall", "Replies all fields of a hash and their values.", hgetallCommand),
		whole("hkeys", "Replies all fields of a hash.", hkeysCommand),
		whole("hvals", "Replies the values of all fields of a hash.", hvalsCommand),
		read("hlen", 2, 0, "2.0.0", "Counts the fields of a hash.", "O(1)", "key", hlenCommand),
		read("hstrlen", 3, 0, "3.2.0", "Replies how many bytes the value of a field of a hash has.", "O(1)", "key field", hstrlenCommand),
		read("hexists", 3, 0, "2.0.0", "Tells whether a hash has a field.", "O(1)", "key field", hexistsCommand),
		random,
		scan,
	}
}

// fieldWork is what one field of a hash costs a command, in the unit of Ctx.Offload.
const fieldWork = 256

// findHash is the hash of the first key, to be read: the zero Entry if there is no key.
func findHash(c *Ctx) (store.Entry, error) {
	e := c.Find(0)
	if e.Ok() && e.Type() != store.TypeHash {
		return store.Entry{}, ErrWrongType
	}
	return e, nil
}

// openHash is the hash of the first key, to be changed. Work that is too long for the loop is sent away: n fields.
func openHash(c *Ctx, n int) (h store.HashWriter, err error) {
	if c.OnLoop && c.Offload(n*fieldWork) {
		return h, ErrOffload
	}
	h = c.DB.OpenHash(c.Keys[0])
	if h.WrongType() {
		return h, ErrWrongType
	}
	return h, nil
}

// bulkValue replies a value of a listpack.
func bulkValue(w *resp.Writer, v listpack.Value) {
	if v.Int {
		w.BulkInt(v.N)
	} else {
		w.Bulk(v.S)
	}
}
