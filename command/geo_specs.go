package command

// geoSpecs are the rows of the commands that keep positions on earth in sorted sets; package geohash says how.
func geoSpecs() []Spec {
	return append(geoMemberSpecs(), geoSearchSpecs()...)
}

func geoMemberSpecs() []Spec {
	read := firstKey(KeyRO|KeyAccess, "")
	return []Spec{{
		Name: "geoadd", Arity: -5, Flags: Write | DenyOOM, Handler: geoaddCommand,
		Keys: firstKey(KeyRW|KeyUpdate, ""), Group: GroupGeo, Since: "3.2.0",
		Summary:    "Adds members with their positions to a sorted set, or moves them.",
		Complexity: "O(log(N)) for each member, N being the number of members of the set",
		Syntax:     "key [NX|XX]@6.2.0 [change:CH]@6.2.0 data:<longitude latitude member> ...",
		History:    []string{"6.2.0 The options `CH`, `NX` and `XX` came."},
	}, {
		Name: "geodist", Arity: -4, Flags: ReadOnly, Handler: geodistCommand,
		Keys: read, Group: GroupGeo, Since: "3.2.0",
		Summary: "Tells how far apart two members are.", Complexity: "O(1)",
		Syntax: "key member1 member2 unit:[M|KM|FT|MI]",
	}, {
		Name: "geohash", Arity: -2, Flags: ReadOnly, Handler: geohashCommand,
		Keys: read, Group: GroupGeo, Since: "3.2.0",
		Summary: "Replies the positions of members as ordinary geohashes.", Complexity: "O(1) for each member", Syntax: "key [member ...]",
	}, {
		Name: "geopos", Arity: -2, Flags: ReadOnly, Handler: geoposCommand,
		Keys: read, Group: GroupGeo, Since: "3.2.0",
		Summary: "Replies the longitudes and latitudes of members.", Complexity: "O(1) for each member", Syntax: "key [member ...]",
	}}
}

const (
	geoUnit   = "unit:<M|KM|FT|MI>"
	geoWith   = " [WITHCOORD] [WITHDIST] [WITHHASH]"
	geoOrder  = " [ASC|DESC]"
	geoCount  = " count-block:[<COUNT count> [ANY]]"
	geoCount6 = " count-block:[<COUNT count> [ANY]@6.2.0]"
	geoStore  = " store:[<STORE storekey(key)#1>|<STOREDIST storedistkey(key)#2>]"
	geoFrom   = "from:<FROMMEMBER member|fromlonlat:<FROMLONLAT longitude latitude>> "
	geoBy     = "by:<circle:<<BYRADIUS radius> " + geoUnit + ">|box:<<BYBOX width> height " + geoUnit + ">>"

	geoComplexity = "O(N+log(M)), N being the number of members in the grid cells that cover the area, M the number of all members"
)

func geoSearchSpecs() []Spec {
	read := firstKey(KeyRO|KeyAccess, "")
	any6 := "6.2.0 The option `ANY` of `COUNT` came."
	units7 := "7.0.0 Names of units may be written in capitals."
	return []Spec{{
		Name: "georadius", Arity: -6, Flags: Write | DenyOOM, Handler: georadiusCommand, Prepare: geoPrepare(georadiusQuery),
		Locks: geoLocks, Keys: geoStoreKeys(6), Group: GroupGeo, Since: "3.2.0",
		Summary:    "Finds the members within a distance from a position, and stores them if asked to.",
		Complexity: geoComplexity,
		Syntax:     "key longitude latitude radius " + geoUnit + geoWith + geoCount6 + geoOrder + geoStore,
		History:    []string{any6, units7},
		Deprecated: "6.2.0", ReplacedBy: "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` argument",
	}, {
		Name: "georadius_ro", Arity: -6, Flags: ReadOnly, Handler: georadiusroCommand,
		Keys: read, Group: GroupGeo, Since: "3.2.10",
		Summary: "Finds the members within a distance from a position.", Complexity: geoComplexity,
		Syntax:     "key longitude latitude radius " + geoUnit + geoWith + geoCount6 + geoOrder,
		History:    []string{any6},
		Deprecated: "6.2.0", ReplacedBy: "`GEOSEARCH` with the `BYRADIUS` argument",
	}, {
		Name: "georadiusbymember", Arity: -5, Flags: Write | DenyOOM, Handler: georadiusbymemberCommand, Prepare: geoPrepare(georadiusbymemberQuery),
		Locks: geoLocks, Keys: geoStoreKeys(5), Group: GroupGeo, Since: "3.2.0",
		Summary:    "Finds the members within a distance from another member, and stores them if asked to.",
		Complexity: geoComplexity,
		Syntax:     "key member radius " + geoUnit + geoWith + geoCount + geoOrder + geoStore,
		History:    []string{units7},
		Deprecated: "6.2.0", ReplacedBy: "`GEOSEARCH` and `GEOSEARCHSTORE` with the `BYRADIUS` and `FROMMEMBER` arguments",
	}, {
		Name: "georadiusbymember_ro", Arity: -5, Flags: ReadOnly, Handler: georadiusbymemberroCommand,
		Keys: read, Group: GroupGeo, Since: "3.2.10",
		Summary: "Finds the members within a distance from another member.", Complexity: geoComplexity,
		Syntax:     "key member radius " + geoUnit + geoWith + geoCount + geoOrder,
		Deprecated: "6.2.0", ReplacedBy: "`GEOSEARCH` with the `BYRADIUS` and `FROMMEMBER` arguments",
	}, {
		Name: "geosearch", Arity: -7, Flags: ReadOnly, Handler: geosearchCommand,
		Keys: read, Group: GroupGeo, Since: "6.2.0",
		Summary: "Finds the members in a circle or a box.", Complexity: geoComplexity,
		Syntax:  "key " + geoFrom + geoBy + geoOrder + geoCount + geoWith,
		History: []string{units7},
	}, {
		Name: "geosearchstore", Arity: -8, Flags: Write | DenyOOM, Handler: geosearchstoreCommand, Prepare: geoPrepare(geosearchstoreQuery),
		Keys: []KeySpec{
			{Flags: KeyOW | KeyUpdate, Begin: 1, Step: 1},
			{Flags: KeyRO | KeyAccess, Begin: 2, Step: 1},
		},
		Group: GroupGeo, Since: "6.2.0",
		Summary: "Finds the members in a circle or a box, and stores them.", Complexity: geoComplexity,
		Syntax:  "destination source " + geoFrom + geoBy + geoOrder + geoCount + " [STOREDIST]",
		History: []string{units7},
	}}
}

// geoStoreKeys are the keys of GEORADIUS and GEORADIUSBYMEMBER, whose options begin at argument from.
func geoStoreKeys(from int) []KeySpec {
	return []KeySpec{
		{Flags: KeyRO | KeyAccess, Begin: 1, Step: 1},
		{Flags: KeyOW | KeyUpdate, Keyword: "STORE", StartFrom: from, Step: 1},
		{Flags: KeyOW | KeyUpdate, Keyword: "STOREDIST", StartFrom: from, Step: 1},
	}
}

// geoLocks: without STORE or STOREDIST GEORADIUS and GEORADIUSBYMEMBER only read.
func geoLocks(args [][]byte) Locks {
	for _, a := range args[5:] {
		if EqualFold(a, "store") || EqualFold(a, "storedist") {
			return LockKeys
		}
	}
	return 0
}
