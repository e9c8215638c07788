package command

import "radish/store"

// zsetBlockSpecs are the rows of the commands that wait for members of sorted sets.
func zsetBlockSpecs() []Spec {
	popKeys := []KeySpec{{Flags: KeyRW | KeyAccess | KeyDelete, Begin: 1, Last: -2, Step: 1}}
	const complexity = "O(log(N)) where N is the number of members"
	return []Spec{{
		Name: "bzpopmin", Arity: -3, Flags: Write | Fast | Blocking, Handler: bzpopminCommand, Keys: popKeys,
		Group: GroupSortedSet, Since: "5.0.0",
		Summary: "Takes the member with the lowest score of the first sorted set that there is, or waits for one.", Complexity: complexity,
		Syntax: "key [key ...] timeout:double", History: blockingHistory(),
	}, {
		Name: "bzpopmax", Arity: -3, Flags: Write | Fast | Blocking, Handler: bzpopmaxCommand, Keys: popKeys,
		Group: GroupSortedSet, Since: "5.0.0",
		Summary: "Takes the member with the highest score of the first sorted set that there is, or waits for one.", Complexity: complexity,
		Syntax: "key [key ...] timeout:double", History: blockingHistory(),
	}, {
		Name: "bzmpop", Arity: -5, Flags: Write | Blocking, Handler: bzmpopCommand,
		Keys:  []KeySpec{{Flags: KeyRW | KeyAccess | KeyDelete, Begin: 2, KeyNum: true, FirstKey: 1, Step: 1}},
		Group: GroupSortedSet, Since: "7.0.0",
		Summary:    "Takes members with the lowest or highest scores of the first sorted set that there is, or waits for some.",
		Complexity: "O(K) + O(M*log(N)) where K is the number of keys, N the number of members and M the number of those taken",
		Syntax:     "timeout:double numkeys key [key ...] where:<MIN|MAX> [COUNT count]",
	}}
}

func bzpopminCommand(c *Ctx) error { return zpopOrBlock(c, false) }
func bzpopmaxCommand(c *Ctx) error { return zpopOrBlock(c, true) }

func zpopOrBlock(c *Ctx, highest bool) error {
	timeout, err := c.TimeoutMs(len(c.Args) - 1)
	if err != nil {
		return err
	}
	i, err := firstOf(c, store.TypeZSet)
	if err != nil {
		return err
	}
	if i < 0 {
		return blockOnAll(c, store.TypeZSet, timeout)
	}
	c.Reply.Array(3)
	c.Reply.Bulk(c.Keys[i].B)
	popMembers(c, c.Keys[i], highest, 1, false)
	c.effectPop(zpopName(highest), c.Keys[i].B, 1)
	return nil
}

// BZMPOP timeout numkeys key [key ...] <MIN | MAX> [COUNT count]
func bzmpopCommand(c *Ctx) error {
	o, err := parseMPop(c, 2, "min", "max")
	if err != nil {
		return err
	}
	timeout, err := c.TimeoutMs(1)
	if err != nil {
		return err
	}
	i, err := firstOf(c, store.TypeZSet)
	if err != nil {
		return err
	}
	if i < 0 {
		return blockOnAll(c, store.TypeZSet, timeout)
	}
	n := min(o.count, c.DB.Peek(c.Keys[i]).ZLen())
	if c.Offload(n * zsetWork) {
		c.DB.Lookup(c.Keys[i]) // popMembers looks it up once more
		return c.offloadUsed()
	}
	c.Reply.Array(2)
	c.Reply.Bulk(c.Keys[i].B)
	c.Reply.Array(n)
	popMembers(c, c.Keys[i], !o.first, n, true)
	c.effectPop(zpopName(!o.first), c.Keys[i].B, n)
	return nil
}
