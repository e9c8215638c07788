package command

import "radish/store"

// setSpecs are the rows of the set commands.
func setSpecs() []Spec {
	rows := setMemberSpecs()
	rows = append(rows, setRandomSpecs()...)
	rows = append(rows, setAlgebraSpecs()...)
	return append(rows, setStoreSpecs()...)
}

func setMemberSpecs() []Spec {
	return []Spec{{
		Name: "sadd", Arity: -3, Flags: Write | DenyOOM | Fast, Handler: saddCommand, Member: 2,
		Keys: firstKey(KeyRW|KeyInsert, ""), Group: GroupSet, Since: "1.0.0",
		Summary:    "Puts members into a set; no key counts as an empty set.",
		Complexity: "O(1) for a member, so O(N) for N members.",
		Syntax:     "key member [member ...]",
		History:    []string{"2.4.0 More than one `member` may be given."},
	}, {
		Name: "srem", Arity: -3, Flags: Write | Fast, Handler: sremCommand, Member: 2,
		Keys: firstKey(KeyRW|KeyDelete, ""), Group: GroupSet, Since: "1.0.0",
		Summary:    "Takes members out of a set, and deletes the key with the last one.",
		Complexity: "O(N), N being the number of members given.",
		Syntax:     "key member [member ...]",
		History:    []string{"2.4.0 More than one `member` may be given."},
	}, {
		Name: "sismember", Arity: 3, Flags: ReadOnly | Fast, Handler: sismemberCommand, Member: 2,
		Keys: firstKey(KeyRO, ""), Group: GroupSet, Since: "1.0.0",
		Summary: "Tells whether a set has a member.", Complexity: "O(1)", Syntax: "key member",
	}, {
		Name: "smismember", Arity: -3, Flags: ReadOnly | Fast, Handler: smismemberCommand,
		Keys: firstKey(KeyRO|KeyAccess, ""), Group: GroupSet, Since: "6.2.0",
		Summary: "Tells which of some members a set has.", Complexity: "O(N), N being the number of members asked for",
		Syntax: "key member [member ...]",
	}, {
		Name: "scard", Arity: 2, Flags: ReadOnly | Fast, Handler: scardCommand,
		Keys: firstKey(KeyRO, ""), Group: GroupSet, Since: "1.0.0",
		Summary: "Counts the members of a set.", Complexity: "O(1)", Syntax: "key",
	}, {
		Name: "smembers", Arity: 2, Flags: ReadOnly, Handler: smembersCommand,
		Keys: firstKey(KeyRO|KeyAccess, ""), Group: GroupSet, Since: "1.0.0",
		Summary: "Lists the members of a set.", Complexity: "O(N), N being the number of members.", Syntax: "key",
		Tips: []string{"nondeterministic_output_order"},
	}, {
		Name: "smove", Arity: 4, Flags: Write | Fast, Handler: smoveCommand,
		Keys: []KeySpec{{Flags: KeyRW | KeyAccess | KeyDelete, Begin: 1, Step: 1},
			{Flags: KeyRW | KeyInsert, Begin: 2, Step: 1}},
		Group: GroupSet, Since: "1.0.0",
		Summary: "Takes a member out of a set and puts it into another one.", Complexity: "O(1)",
		Syntax: "source destination member",
	}, {
		Name: "sscan", Arity: -3, Flags: ReadOnly, Handler: sscanCommand,
		Keys: firstKey(KeyRO|KeyAccess, ""), Group: GroupSet, Since: "2.8.0",
		Summary:    "Lists the members of a set bit by bit.",
		Complexity: "O(1) for a call, O(N) for all calls until the cursor is 0 again, for N members.",
		Syntax:     "key cursor [MATCH pattern] [COUNT count]",
		Tips:       []string{"nondeterministic_output"},
	}}
}

func setRandomSpecs() []Spec {
	return []Spec{{
		Name: "spop", Arity: -2, Flags: Write | Fast, Handler: spopCommand,
		Keys: firstKey(KeyRW|KeyAccess|KeyDelete, ""), Group: GroupSet, Since: "1.0.0",
		Summary:    "Takes members out of a set at random and replies them; deletes the key with the last one.",
		Complexity: "O(1) without a count, else O(N), N being the count.",
		Syntax:     "key [count@3.2.0]",
		Tips:       []string{"nondeterministic_output"},
		History:    []string{"3.2.0 The argument `count` came."},
	}, {
		Name: "srandmember", Arity: -2, Flags: ReadOnly, Handler: srandmemberCommand,
		Keys: firstKey(KeyRO|KeyAccess, ""), Group: GroupSet, Since: "1.0.0",
		Summary:    "Picks members of a set at random.",
		Complexity: "O(1) without a count, else O(N), N being the count without its sign.",
		Syntax:     "key [count@2.6.0]",
		Tips:       []string{"nondeterministic_output"},
		History:    []string{"2.6.0 The argument `count` came."},
	}}
}

const (
	interCost = "O(N*M) at worst, N being the number of members of the smallest set and M the number of sets."
	unionCost = "O(N), N being the number of members of all sets together."
)

func setAlgebraSpecs() []Spec {
	keys := []KeySpec{{Flags: KeyRO | KeyAccess, Begin: 1, Last: -1, Step: 1}}
	unordered := []string{"nondeterministic_output_order"}
	return []Spec{{
		Name: "sinter", Arity: -2, Flags: ReadOnly, Handler: sinterCommand,
		Keys: keys, Group: GroupSet, Since: "1.0.0",
		Summary: "Lists the members that all of some sets have.", Complexity: interCost,
		Syntax: "key [key ...]", Tips: unordered,
	}, {
		Name: "sintercard", Arity: -3, Flags: ReadOnly, Handler: sintercardCommand,
		Keys:  []KeySpec{{Flags: KeyRO | KeyAccess, Begin: 1, Step: 1, KeyNum: true, FirstKey: 1}},
		Group: GroupSet, Since: "7.0.0",
		Summary: "Counts the members that all of some sets have.", Complexity: interCost,
		Syntax: "numkeys key [key ...] [LIMIT limit]",
	}, {
		Name: "sunion", Arity: -2, Flags: ReadOnly, Handler: sunionCommand,
		Keys: keys, Group: GroupSet, Since: "1.0.0",
		Summary: "Lists the members that any of some sets has.", Complexity: unionCost,
		Syntax: "key [key ...]", Tips: unordered,
	}, {
		Name: "sdiff", Arity: -2, Flags: ReadOnly, Handler: sdiffCommand,
		Keys: keys, Group: GroupSet, Since: "1.0.0",
		Summary: "Lists the members of a set that some other sets do not have.", Complexity: unionCost,
		Syntax: "key [key ...]", Tips: unordered,
	}}
}

func setStoreSpecs() []Spec {
	keys := func(to KeyFlags) []KeySpec {
		return []KeySpec{{Flags: to | KeyUpdate, Begin: 1, Step: 1}, {Flags: KeyRO | KeyAccess, Begin: 2, Last: -1, Step: 1}}
	}
	return []Spec{{
		Name: "sinterstore", Arity: -3, Flags: Write | DenyOOM, Handler: sinterstoreCommand, Prepare: prepareSinterstore,
		Keys: keys(KeyRW), Group: GroupSet, Since: "1.0.0",
		Summary: "Makes a set of the members that all of some sets have.", Complexity: interCost,
		Syntax: "destination key#1 [key ...]",
	}, {
		Name: "sunionstore", Arity: -3, Flags: Write | DenyOOM, Handler: sunionstoreCommand, Prepare: prepareSunionstore,
		Keys: keys(KeyOW), Group: GroupSet, Since: "1.0.0",
		Summary: "Makes a set of the members that any of some sets has.", Complexity: unionCost,
		Syntax: "destination key#1 [key ...]",
	}, {
		Name: "sdiffstore", Arity: -3, Flags: Write | DenyOOM, Handler: sdiffstoreCommand, Prepare: prepareSdiffstore,
		Keys: keys(KeyOW), Group: GroupSet, Since: "1.0.0",
		Summary: "Makes a set of the members of a set that some other sets do not have.", Complexity: unionCost,
		Syntax: "destination key#1 [key ...]",
	}}
}

// setWork is what a member of a set costs at most, in the unit of Ctx.Offload: two cache misses.
const setWork = 256

// findSet is Find for a set: the zero Entry if there is no key, ErrWrongType if it is of another type.
func findSet(c *Ctx, i int) (store.Entry, error) {
	e := c.Find(i)
	if e.Ok() && e.Type() != store.TypeSet {
		return store.Entry{}, ErrWrongType
	}
	return e, nil
}

// openSet opens key i of the row in order to change the set that it holds, or will.
func openSet(c *Ctx, i int) (store.SetWriter, error) {
	s, ok := c.DB.OpenSet(c.Keys[i])
	if !ok {
		return s, ErrWrongType
	}
	return s, nil
}
