package command

// stringSpecs are the rows of the string commands.
func stringSpecs() []Spec {
	rows := stringSetSpecs()
	rows = append(rows, stringGetSpecs()...)
	rows = append(rows, stringCounterSpecs()...)
	return append(rows, stringPartSpecs()...)
}

// firstKey is the key specification of a command whose only key is its first argument.
func firstKey(flags KeyFlags, notes string) []KeySpec {
	return []KeySpec{{Flags: flags, Notes: notes, Begin: 1, Step: 1}}
}

func stringSetSpecs() []Spec {
	return []Spec{{
		Name: "set", Arity: -3, Flags: Write | DenyOOM, Handler: setCommand,
		Keys:    firstKey(KeyRW|KeyAccess|KeyUpdate|KeyVariable, "GET, if given, reads the key before it is written"),
		GetKeys: setKeys,
		Group:   GroupString, Since: "1.0.0",
		Summary:    "Stores a string under a key, whatever the key held before, with conditions and a time to live if asked for.",
		Complexity: "O(1)",
		Syntax: "key value [NX|XX]@2.6.12 [GET]@6.2.0 [EX seconds@2.6.12|PX milliseconds@2.6.12|" +
			"EXAT unix-time-seconds@6.2.0|PXAT unix-time-milliseconds@6.2.0|KEEPTTL@6.0.0]",
		History: []string{
			"2.6.12 The options `EX`, `PX`, `NX` and `XX` came.",
			"6.0.0 The option `KEEPTTL` came.",
			"6.2.0 The options `GET`, `EXAT` and `PXAT` came.",
			"7.0.0 `NX` and `GET` may stand together.",
		},
	}, {
		Name: "setnx", Arity: 3, Flags: Write | DenyOOM | Fast, Handler: setnxCommand,
		Keys: firstKey(KeyOW|KeyInsert, ""), Group: GroupString, Since: "1.0.0",
		Summary: "Stores a string under a key that does not exist yet.", Complexity: "O(1)",
		Syntax: "key value", Deprecated: "2.6.12", ReplacedBy: "`SET` with the `NX` argument",
	}, {
		Name: "setex", Arity: 4, Flags: Write | DenyOOM, Handler: setexCommand,
		Keys: firstKey(KeyOW|KeyUpdate, ""), Group: GroupString, Since: "2.0.0",
		Summary: "Stores a string under a key for a number of seconds.", Complexity: "O(1)",
		Syntax: "key seconds value", Deprecated: "2.6.12", ReplacedBy: "`SET` with the `EX` argument",
	}, {
		Name: "psetex", Arity: 4, Flags: Write | DenyOOM, Handler: psetexCommand,
		Keys: firstKey(KeyOW|KeyUpdate, ""), Group: GroupString, Since: "2.6.0",
		Summary: "Stores a string under a key for a number of milliseconds.", Complexity: "O(1)",
		Syntax: "key milliseconds value", Deprecated: "2.6.12", ReplacedBy: "`SET` with the `PX` argument",
	}, {
		Name: "mset", Arity: -3, Flags: Write | DenyOOM, Handler: msetCommand,
		Keys:  []KeySpec{{Flags: KeyOW | KeyUpdate, Begin: 1, Last: -1, Step: 2}},
		Group: GroupString, Since: "1.0.1",
		Summary:    "Stores several strings, each under its key, in one step.",
		Complexity: "O(N), N being the number of keys",
		Syntax:     "key value [key value ...]",
		Tips:       []string{"request_policy:multi_shard", "response_policy:all_succeeded"},
	}, {
		Name: "msetnx", Arity: -3, Flags: Write | DenyOOM, Handler: msetnxCommand,
		Keys:  []KeySpec{{Flags: KeyOW | KeyInsert, Begin: 1, Last: -1, Step: 2}},
		Group: GroupString, Since: "1.0.1",
		Summary:    "Stores several strings in one step, provided that none of the keys exists.",
		Complexity: "O(N), N being the number of keys",
		Syntax:     "key value [key value ...]",
	}}
}

func stringGetSpecs() []Spec {
	return []Spec{{
		Name: "get", Arity: 2, Flags: ReadOnly | Fast, Handler: getCommand,
		Keys: firstKey(KeyRO|KeyAccess, ""), Group: GroupString, Since: "1.0.0",
		Summary: "Replies the string that a key holds.", Complexity: "O(1)", Syntax: "key",
	}, {
		Name: "getset", Arity: 3, Flags: Write | DenyOOM | Fast, Handler: getsetCommand,
		Keys: firstKey(KeyRW|KeyAccess|KeyUpdate, ""), Group: GroupString, Since: "1.0.0",
		Summary: "Stores a string under a key and replies the one that stood there.", Complexity: "O(1)",
		Syntax: "key value", Deprecated: "6.2.0", ReplacedBy: "`SET` with the `!GET` argument",
	}, {
		Name: "getdel", Arity: 2, Flags: Write | Fast, Handler: getdelCommand,
		Keys: firstKey(KeyRW|KeyAccess|KeyDelete, ""), Group: GroupString, Since: "6.2.0",
		Summary: "Replies the string that a key holds and deletes the key.", Complexity: "O(1)", Syntax: "key",
	}, {
		Name: "getex", Arity: -2, Flags: Write | Fast, Handler: getexCommand,
		Keys:  firstKey(KeyRW|KeyAccess|KeyUpdate, "It may change the time to live, so it counts as an update"),
		Group: GroupString, Since: "6.2.0",
		Summary:    "Replies the string that a key holds and sets or removes its time to live.",
		Complexity: "O(1)",
		Syntax:     "key [EX seconds|PX milliseconds|EXAT unix-time-seconds|PXAT unix-time-milliseconds|PERSIST]",
	}, {
		Name: "mget", Arity: -2, Flags: ReadOnly | Fast, Handler: mgetCommand,
		Keys:  []KeySpec{{Flags: KeyRO | KeyAccess, Begin: 1, Last: -1, Step: 1}},
		Group: GroupString, Since: "1.0.0",
		Summary:    "Replies the strings that several keys hold, taken in one step.",
		Complexity: "O(N), N being the number of keys",
		Syntax:     "key [key ...]",
		Tips:       []string{"request_policy:multi_shard"},
	}, {
		Name: "strlen", Arity: 2, Flags: ReadOnly | Fast, Handler: strlenCommand,
		Keys: firstKey(KeyRO, ""), Group: GroupString, Since: "2.2.0",
		Summary: "Replies how many bytes the string of a key has.", Complexity: "O(1)", Syntax: "key",
	}}
}

func stringCounterSpecs() []Spec {
	keys := firstKey(KeyRW|KeyAccess|KeyUpdate, "")
	return []Spec{{
		Name: "incr", Arity: 2, Flags: Write | DenyOOM | Fast, Handler: incrCommand,
		Keys: keys, Group: GroupString, Since: "1.0.0",
		Summary: "Adds 1 to the integer that a key holds; no key counts as 0.", Complexity: "O(1)", Syntax: "key",
	}, {
		Name: "decr", Arity: 2, Flags: Write | DenyOOM | Fast, Handler: decrCommand,
		Keys: keys, Group: GroupString, Since: "1.0.0",
		Summary: "Takes 1 from the integer that a key holds; no key counts as 0.", Complexity: "O(1)", Syntax: "key",
	}, {
		Name: "incrby", Arity: 3, Flags: Write | DenyOOM | Fast, Handler: incrbyCommand,
		Keys: keys, Group: GroupString, Since: "1.0.0",
		Summary: "Adds an integer to the one that a key holds; no key counts as 0.", Complexity: "O(1)",
		Syntax: "key increment",
	}, {
		Name: "decrby", Arity: 3, Flags: Write | DenyOOM | Fast, Handler: decrbyCommand,
		Keys: keys, Group: GroupString, Since: "1.0.0",
		Summary: "Takes an integer from the one that a key holds; no key counts as 0.", Complexity: "O(1)",
		Syntax: "key decrement",
	}, {
		Name: "incrbyfloat", Arity: 3, Flags: Write | DenyOOM | Fast, Handler: incrbyfloatCommand,
		Keys: keys, Group: GroupString, Since: "2.6.0",
		Summary: "Adds a decimal number to the one that a key holds; no key counts as 0.", Complexity: "O(1)",
		Syntax: "key increment:double",
	}}
}

func stringPartSpecs() []Spec {
	const rangeCost = "O(N), N being the number of bytes replied"
	return []Spec{{
		Name: "append", Arity: 3, Flags: Write | DenyOOM | Fast, Handler: appendCommand,
		Keys: firstKey(KeyRW|KeyInsert, ""), Group: GroupString, Since: "2.0.0",
		Summary: "Puts a string behind the one that a key holds; no key counts as empty.",
		Complexity: "O(1) for a short argument, averaged over many calls: room for more is kept behind a " +
			"string that grows",
		Syntax: "key value",
	}, {
		Name: "setrange", Arity: 4, Flags: Write | DenyOOM, Handler: setrangeCommand,
		Keys: firstKey(KeyRW|KeyUpdate, ""), Group: GroupString, Since: "2.2.0",
		Summary:    "Overwrites bytes of the string that a key holds, from an offset on; zero bytes fill a gap.",
		Complexity: "O(N), N being the number of bytes written and filled",
		Syntax:     "key offset value",
	}, {
		Name: "getrange", Arity: 4, Flags: ReadOnly, Handler: getrangeCommand,
		Keys: firstKey(KeyRO|KeyAccess, ""), Group: GroupString, Since: "2.4.0",
		Summary: "Replies the bytes between two indexes of the string that a key holds.", Complexity: rangeCost,
		Syntax: "key start end",
	}, {
		Name: "substr", Arity: 4, Flags: ReadOnly, Handler: getrangeCommand,
		Keys: firstKey(KeyRO|KeyAccess, ""), Group: GroupString, Since: "1.0.0",
		Summary: "Replies the bytes between two indexes of the string that a key holds.", Complexity: rangeCost,
		Syntax: "key start end", Deprecated: "2.0.0", ReplacedBy: "`GETRANGE`",
	}, {
		Name: "lcs", Arity: -3, Flags: ReadOnly, Handler: lcsCommand,
		Keys:  []KeySpec{{Flags: KeyRO | KeyAccess, Begin: 1, Last: 1, Step: 1}},
		Group: GroupString, Since: "7.0.0",
		Summary:    "Finds a longest common subsequence of the strings that two keys hold.",
		Complexity: "O(N*M), N and M being the lengths of the two strings",
		Syntax:     "key1 key2#0 [LEN] [IDX] [MINMATCHLEN min-match-len] [WITHMATCHLEN]",
	}}
}
