package command

import (
	"radish/store"
)

// zsetSpecs are the rows of the sorted-set commands, without those that block.
func zsetSpecs() []Spec {
	rows := zsetWriteSpecs()
	rows = append(rows, zsetReadSpecs()...)
	rows = append(rows, zsetRangeSpecs()...)
	rows = append(rows, zsetOldRangeSpecs()...)
	rows = append(rows, zsetRemoveSpecs()...)
	return append(rows, zsetAlgebraSpecs()...)
}

func zsetWriteSpecs() []Spec {
	pop := firstKey(KeyRW|KeyAccess|KeyDelete, "")
	return []Spec{{
		Name: "zadd", Arity: -4, Flags: Write | DenyOOM | Fast, Handler: zaddCommand, Member: 3,
		Keys: firstKey(KeyRW|KeyUpdate, ""), Group: GroupSortedSet, Since: "1.2.0",
		Summary:    "Adds members to a sorted set, or changes their scores; a missing set is made.",
		Complexity: "O(log(N)) for each member, N being the size of the sorted set",
		Syntax: "key [NX|XX]@3.0.2 [GT|LT]@6.2.0 change:[CH]@3.0.2 increment:[INCR]@3.0.2 " +
			"score member [score member ...]",
		History: []string{
			"2.4.0 Several members at once.",
			"3.0.2 The options `XX`, `NX`, `CH` and `INCR` came.",
			"6.2.0 The options `GT` and `LT` came.",
		},
	}, {
		Name: "zincrby", Arity: 4, Flags: Write | DenyOOM | Fast, Handler: zincrbyCommand, Member: 3,
		Keys: firstKey(KeyRW|KeyAccess|KeyUpdate, ""), Group: GroupSortedSet, Since: "1.2.0",
		Summary:    "Adds to the score of a member of a sorted set; one that is missing counts as 0.",
		Complexity: "O(log(N)), N being the size of the sorted set", Syntax: "key increment member",
	}, {
		Name: "zrem", Arity: -3, Flags: Write | Fast, Handler: zremCommand, Member: 2,
		Keys: firstKey(KeyRW|KeyDelete, ""), Group: GroupSortedSet, Since: "1.2.0",
		Summary:    "Removes members from a sorted set.",
		Complexity: "O(M*log(N)), N being the size of the sorted set and M the number of members named",
		Syntax:     "key member [member ...]", History: []string{"2.4.0 Several members at once."},
	}, {
		Name: "zpopmin", Arity: -2, Flags: Write | Fast, Handler: zpopminCommand,
		Keys: pop, Group: GroupSortedSet, Since: "5.0.0",
		Summary:    "Removes the members with the lowest scores from a sorted set and replies them.",
		Complexity: "O(log(N)*M), N being the size of the sorted set and M the number of members removed",
		Syntax:     "key [count]",
	}, {
		Name: "zpopmax", Arity: -2, Flags: Write | Fast, Handler: zpopmaxCommand,
		Keys: pop, Group: GroupSortedSet, Since: "5.0.0",
		Summary:    "Removes the members with the highest scores from a sorted set and replies them.",
		Complexity: "O(log(N)*M), N being the size of the sorted set and M the number of members removed",
		Syntax:     "key [count]",
	}, {
		Name: "zmpop", Arity: -4, Flags: Write, Handler: zmpopCommand,
		Keys:  []KeySpec{{Flags: KeyRW | KeyAccess | KeyDelete, Begin: 1, KeyNum: true, FirstKey: 1, Step: 1}},
		Group: GroupSortedSet, Since: "7.0.0",
		Summary: "Removes the members with the lowest or highest scores from the first of several sorted sets that exists.",
		Complexity: "O(K)+O(M*log(N)), K being the number of keys, N the size of the sorted set and M the number of members " +
			"removed",
		Syntax: "numkeys key [key ...] where:<MIN|MAX> [COUNT count]",
	}}
}

func zsetReadSpecs() []Spec {
	const rankCost = "O(log(N)), N being the size of the sorted set"
	keys := firstKey(KeyRO|KeyAccess, "")
	withScore := []string{"7.2.0 The argument `WITHSCORE` came."}
	return []Spec{{
		Name: "zcard", Arity: 2, Flags: ReadOnly | Fast, Handler: zcardCommand,
		Keys: firstKey(KeyRO, ""), Group: GroupSortedSet, Since: "1.2.0",
		Summary: "Replies how many members a sorted set has.", Complexity: "O(1)", Syntax: "key",
	}, {
		Name: "zscore", Arity: 3, Flags: ReadOnly | Fast, Handler: zscoreCommand, Member: 2,
		Keys: keys, Group: GroupSortedSet, Since: "1.2.0",
		Summary: "Replies the score of a member of a sorted set.", Complexity: "O(1)", Syntax: "key member",
	}, {
		Name: "zmscore", Arity: -3, Flags: ReadOnly | Fast, Handler: zmscoreCommand,
		Keys: keys, Group: GroupSortedSet, Since: "6.2.0",
		Summary:    "Replies the scores of several members of a sorted set.",
		Complexity: "O(N), N being the number of members named", Syntax: "key member [member ...]",
	}, {
		Name: "zrank", Arity: -3, Flags: ReadOnly | Fast, Handler: zrankCommand, Member: 2,
		Keys: keys, Group: GroupSortedSet, Since: "2.0.0",
		Summary:    "Replies how many members of a sorted set stand before one, in ascending order.",
		Complexity: rankCost, Syntax: "key member [WITHSCORE]", History: withScore,
	}, {
		Name: "zrevrank", Arity: -3, Flags: ReadOnly | Fast, Handler: zrevrankCommand, Member: 2,
		Keys: keys, Group: GroupSortedSet, Since: "2.0.0",
		Summary:    "Replies how many members of a sorted set stand before one, in descending order.",
		Complexity: rankCost, Syntax: "key member [WITHSCORE]", History: withScore,
	}, {
		Name: "zcount", Arity: 4, Flags: ReadOnly | Fast, Handler: zcountCommand,
		Keys: keys, Group: GroupSortedSet, Since: "2.0.0",
		Summary:    "Counts the members of a sorted set with scores in a range.",
		Complexity: rankCost, Syntax: "key min:double max:double",
	}, {
		Name: "zlexcount", Arity: 4, Flags: ReadOnly | Fast, Handler: zlexcountCommand,
		Keys: keys, Group: GroupSortedSet, Since: "2.8.9",
		Summary:    "Counts the members in a range of names, of a sorted set whose scores are all equal.",
		Complexity: rankCost, Syntax: "key min max",
	}, {
		Name: "zrandmember", Arity: -2, Flags: ReadOnly, Handler: zrandmemberCommand,
		Keys: keys, Group: GroupSortedSet, Since: "6.2.0",
		Summary:    "Replies members of a sorted set that are chosen at random.",
		Complexity: "O(N), N being the number of members replied",
		Syntax:     "key options:[count [WITHSCORES]]", Tips: []string{"nondeterministic_output"},
	}, {
		Name: "zscan", Arity: -3, Flags: ReadOnly, Handler: zscanCommand,
		Keys: keys, Group: GroupSortedSet, Since: "2.8.0",
		Summary:    "Lists members and scores of a sorted set bit by bit.",
		Complexity: "O(1) for a call, O(N) for all calls until the cursor is 0 again, for N members",
		Syntax:     "key cursor [MATCH pattern] [COUNT count]", Tips: []string{"nondeterministic_output"},
	}}
}

const zrangeCost = "O(log(N)+M), N being the size of the sorted set and M the number of members replied"

func zsetRangeSpecs() []Spec {
	return []Spec{{
		Name: "zrange", Arity: -4, Flags: ReadOnly, Handler: zrangeCommand,
		Keys: firstKey(KeyRO|KeyAccess, ""), Group: GroupSortedSet, Since: "1.2.0",
		Summary:    "Replies the members in a range of a sorted set: of ranks, scores or names.",
		Complexity: zrangeCost,
		Syntax: "key start:string stop:string sortby:[BYSCORE|BYLEX]@6.2.0 [REV]@6.2.0 [LIMIT offset count]@6.2.0 " +
			"[WITHSCORES]",
		History: []string{"6.2.0 The options `REV`, `BYSCORE`, `BYLEX` and `LIMIT` came."},
	}, {
		Name: "zrangestore", Arity: -5, Flags: Write | DenyOOM, Handler: zrangestoreCommand, Prepare: prepareZRange,
		Keys: []KeySpec{
			{Flags: KeyOW | KeyUpdate, Begin: 1, Step: 1},
			{Flags: KeyRO | KeyAccess, Begin: 2, Step: 1},
		},
		Group: GroupSortedSet, Since: "6.2.0",
		Summary:    "Stores the members in a range of a sorted set in another one.",
		Complexity: "O(log(N)+M), N being the size of the sorted set and M the number of members stored",
		Syntax:     "dst src min max sortby:[BYSCORE|BYLEX] [REV] [LIMIT offset count]",
	}}
}

func zsetOldRangeSpecs() []Spec {
	keys := firstKey(KeyRO|KeyAccess, "")
	const byName = "Replies the members in a range of names, of a sorted set whose scores are all equal"
	return []Spec{{
		Name: "zrevrange", Arity: -4, Flags: ReadOnly, Handler: zrevrangeCommand,
		Keys: keys, Group: GroupSortedSet, Since: "1.2.0",
		Summary:    "Replies the members in a range of ranks of a sorted set, counted and listed from the end.",
		Complexity: zrangeCost,
		Syntax:     "key start stop [WITHSCORES]", Deprecated: "6.2.0", ReplacedBy: "`ZRANGE` with the `REV` argument",
	}, {
		Name: "zrangebyscore", Arity: -4, Flags: ReadOnly, Handler: zrangebyscoreCommand,
		Keys: keys, Group: GroupSortedSet, Since: "1.0.5",
		Summary:    "Replies the members of a sorted set with scores in a range.",
		Complexity: zrangeCost,
		Syntax:     "key min:double max:double [WITHSCORES]@2.0.0 [LIMIT offset count]", Deprecated: "6.2.0",
		ReplacedBy: "`ZRANGE` with the `BYSCORE` argument", History: []string{"2.0.0 The option `WITHSCORES` came."},
	}, {
		Name: "zrevrangebyscore", Arity: -4, Flags: ReadOnly, Handler: zrevrangebyscoreCommand,
		Keys: keys, Group: GroupSortedSet, Since: "2.2.0",
		Summary:    "Replies the members of a sorted set with scores in a range, in descending order.",
		Complexity: zrangeCost,
		Syntax:     "key max:double min:double [WITHSCORES] [LIMIT offset count]", Deprecated: "6.2.0",
		ReplacedBy: "`ZRANGE` with the `REV` and `BYSCORE` arguments",
		History:    []string{"2.1.6 Bounds can be left out of the range."},
	}, {
		Name: "zrangebylex", Arity: -4, Flags: ReadOnly, Handler: zrangebylexCommand,
		Keys: keys, Group: GroupSortedSet, Since: "2.8.9",
		Summary: byName + ".", Complexity: zrangeCost,
		Syntax: "key min max [LIMIT offset count]", Deprecated: "6.2.0", ReplacedBy: "`ZRANGE` with the `BYLEX` argument",
	}, {
		Name: "zrevrangebylex", Arity: -4, Flags: ReadOnly, Handler: zrevrangebylexCommand,
		Keys: keys, Group: GroupSortedSet, Since: "2.8.9",
		Summary: byName + ", in descending order.", Complexity: zrangeCost,
		Syntax: "key max min [LIMIT offset count]", Deprecated: "6.2.0",
		ReplacedBy: "`ZRANGE` with the `REV` and `BYLEX` arguments",
	}}
}

func zsetRemoveSpecs() []Spec {
	const cost = "O(log(N)+M), N being the size of the sorted set and M the number of members removed"
	keys := firstKey(KeyRW|KeyDelete, "")
	return []Spec{{
		Name: "zremrangebyrank", Arity: 4, Flags: Write, Handler: zremrangebyrankCommand,
		Keys: keys, Group: GroupSortedSet, Since: "2.0.0",
		Summary:    "Removes the members in a range of ranks from a sorted set.",
		Complexity: cost, Syntax: "key start stop",
	}, {
		Name: "zremrangebyscore", Arity: 4, Flags: Write, Handler: zremrangebyscoreCommand,
		Keys: keys, Group: GroupSortedSet, Since: "1.2.0",
		Summary:    "Removes the members with scores in a range from a sorted set.",
		Complexity: cost, Syntax: "key min:double max:double",
	}, {
		Name: "zremrangebylex", Arity: 4, Flags: Write, Handler: zremrangebylexCommand,
		Keys: keys, Group: GroupSortedSet, Since: "2.8.9",
		Summary:    "Removes the members in a range of names from a sorted set whose scores are all equal.",
		Complexity: cost, Syntax: "key min max",
	}}
}

func zsetAlgebraSpecs() []Spec {
	const (
		unionCost = "O(N)+O(M*log(M)), N being the sum of the sizes of the sets and M the size of the result"
		interCost = "O(N*K)+O(M*log(M)), N being the size of the smallest set, K the number of sets and M the size of the result"
		diffCost  = "O(L)+O(M*log(M)), L being the sum of the sizes of the sets and M the size of the result"
		weights   = " [WEIGHTS weight [weight ...]] [AGGREGATE <SUM|MIN|MAX>]"
	)
	from := []KeySpec{{Flags: KeyRO | KeyAccess, Begin: 1, KeyNum: true, FirstKey: 1, Step: 1}}
	to := []KeySpec{
		{Flags: KeyOW | KeyUpdate, Begin: 1, Step: 1},
		{Flags: KeyRO | KeyAccess, Begin: 2, KeyNum: true, FirstKey: 1, Step: 1},
	}
	return []Spec{{
		Name: "zunion", Arity: -3, Flags: ReadOnly, Handler: zunionCommand, Keys: from,
		Group: GroupSortedSet, Since: "6.2.0", Complexity: unionCost,
		Summary: "Replies the members that any of several sorted sets or sets has, with their scores added up.",
		Syntax:  "numkeys key [key ...]" + weights + " [WITHSCORES]",
	}, {
		Name: "zinter", Arity: -3, Flags: ReadOnly, Handler: zinterCommand, Keys: from,
		Group: GroupSortedSet, Since: "6.2.0", Complexity: interCost,
		Summary: "Replies the members that all of several sorted sets or sets have, with their scores added up.",
		Syntax:  "numkeys key [key ...]" + weights + " [WITHSCORES]",
	}, {
		Name: "zdiff", Arity: -3, Flags: ReadOnly, Handler: zdiffCommand, Keys: from,
		Group: GroupSortedSet, Since: "6.2.0", Complexity: diffCost,
		Summary: "Replies the members of the first of several sorted sets or sets that none of the others has.",
		Syntax:  "numkeys key [key ...] [WITHSCORES]",
	}, {
		Name: "zintercard", Arity: -3, Flags: ReadOnly, Handler: zintercardCommand, Keys: from,
		Group: GroupSortedSet, Since: "7.0.0",
		Complexity: "O(N*K), N being the size of the smallest set and K the number of sets",
		Summary:    "Counts the members that all of several sorted sets or sets have.",
		Syntax:     "numkeys key [key ...] [LIMIT limit]",
	}, {
		Name: "zunionstore", Arity: -4, Flags: Write | DenyOOM, Handler: zunionstoreCommand, Prepare: prepareZUnion, Keys: to,
		Group: GroupSortedSet, Since: "2.0.0", Complexity: unionCost,
		Summary: "Stores the members that any of several sorted sets or sets has, with their scores added up.",
		Syntax:  "destination numkeys key [key ...]" + weights,
	}, {
		Name: "zinterstore", Arity: -4, Flags: Write | DenyOOM, Handler: zinterstoreCommand, Prepare: prepareZInter, Keys: to,
		Group: GroupSortedSet, Since: "2.0.0", Complexity: interCost,
		Summary: "Stores the members that all of several sorted sets or sets have, with their scores added up.",
		Syntax:  "destination numkeys key [key ...]" + weights,
	}, {
		Name: "zdiffstore", Arity: -4, Flags: Write | DenyOOM, Handler: zdiffstoreCommand, Prepare: prepareZDiff, Keys: to,
		Group: GroupSortedSet, Since: "6.2.0", Complexity: diffCost,
		Summary: "Stores the members of the first of several sorted sets or sets that none of the others has.",
		Syntax:  "destination numkeys key [key ...]",
	}}
}

// zsetWork is what an element of a big sorted set costs that is read or written, in the unit of Ctx.Offload.
const zsetWork = 256

// findZSet looks up the sorted set at key i of the row in order to read it; the zero Entry if there is none.
func findZSet(c *Ctx, i int) (store.Entry, error) {
	e := c.Find(i)
	if e.Ok() && e.Type() != store.TypeZSet {
		return store.Entry{}, ErrWrongType
	}
	return e, nil
}

// openZSet opens the sorted set at key i of the row in order to change it.
func openZSet(c *Ctx, i int) (store.ZWriter, error) {
	z := c.DB.OpenZSet(c.Keys[i])
	if e := z.Entry(); e.Ok() && e.Type() != store.TypeZSet {
		return z, ErrWrongType
	}
	return z, nil
}

// closeZSet ends changing a sorted set, of which n elements are others now, and tells the world.
func closeZSet(c *Ctx, z *store.ZWriter, k store.Key, n int, event string, order tellOrder) {
	if deleted := z.Close(); n > 0 {
		c.changedElems(k, EventZSet, event, n, deleted, order)
	}
}
