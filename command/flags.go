package command

import "iter"

// The names of flags and categories, in the order in which Redis lists them.

type flagName struct {
	flag uint64
	name string
}

// flagMovableKeys is the flag that COMMAND INFO shows for Spec.KeyMovable; no row sets it.
const flagMovableKeys = 1 << 63

// flagNames are the command flags that COMMAND INFO shows; others are hidden there.
func flagNames() []flagName {
	return []flagName{
		{uint64(Write), "write"},
		{uint64(ReadOnly), "readonly"},
		{uint64(DenyOOM), "denyoom"},
		{uint64(Module), "module"},
		{uint64(Admin), "admin"},
		{uint64(PubSub), "pubsub"},
		{uint64(NoScript), "noscript"},
		{uint64(Blocking), "blocking"},
		{uint64(Loading), "loading"},
		{uint64(Stale), "stale"},
		{uint64(SkipMonitor), "skip_monitor"},
		{uint64(SkipSlowlog), "skip_slowlog"},
		{uint64(Asking), "asking"},
		{uint64(Fast), "fast"},
		{uint64(NoAuth), "no_auth"},
		{uint64(NoMandatoryKeys), "no_mandatory_keys"},
		{uint64(NoAsyncLoading), "no_async_loading"},
		{uint64(NoMulti), "no_multi"},
		{flagMovableKeys, "movablekeys"},
		{uint64(AllowBusy), "allow_busy"},
	}
}

func keyFlagNames() []flagName {
	return []flagName{
		{uint64(KeyRO), "RO"},
		{uint64(KeyRW), "RW"},
		{uint64(KeyOW), "OW"},
		{uint64(KeyRM), "RM"},
		{uint64(KeyAccess), "access"},
		{uint64(KeyUpdate), "update"},
		{uint64(KeyInsert), "insert"},
		{uint64(KeyDelete), "delete"},
		{uint64(KeyNotKey), "not_key"},
		{uint64(KeyIncomplete), "incomplete"},
		{uint64(KeyVariable), "variable_flags"},
	}
}

const (
	docDeprecated = 1 << iota
	docSysCmd
)

func docFlagNames() []flagName {
	return []flagName{{docDeprecated, "deprecated"}, {docSysCmd, "syscmd"}}
}

func (s *Spec) docFlags() (flags uint64) {
	if s.Deprecated != "" {
		flags |= docDeprecated
	}
	if s.SysCmd {
		flags |= docSysCmd
	}
	return flags
}

func categoryNames() []flagName {
	return []flagName{
		{uint64(CatKeyspace), "keyspace"},
		{uint64(CatRead), "read"},
		{uint64(CatWrite), "write"},
		{uint64(CatSet), "set"},
		{uint64(CatSortedSet), "sortedset"},
		{uint64(CatList), "list"},
		{uint64(CatHash), "hash"},
		{uint64(CatString), "string"},
		{uint64(CatBitmap), "bitmap"},
		{uint64(CatHyperLogLog), "hyperloglog"},
		{uint64(CatGeo), "geo"},
		{uint64(CatStream), "stream"},
		{uint64(CatPubSub), "pubsub"},
		{uint64(CatAdmin), "admin"},
		{uint64(CatFast), "fast"},
		{uint64(CatSlow), "slow"},
		{uint64(CatBlocking), "blocking"},
		{uint64(CatDangerous), "dangerous"},
		{uint64(CatConnection), "connection"},
		{uint64(CatTransaction), "transaction"},
		{uint64(CatScripting), "scripting"},
	}
}

// CategoryByName is the ACL category of that name, in any case and without "@", or 0.
func CategoryByName(name []byte) Categories {
	for _, c := range categoryNames() {
		if EqualFold(name, c.name) {
			return Categories(c.flag)
		}
	}
	return 0
}

// Names yields the names of the categories, without "@", in Redis's order.
func (c Categories) Names() iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, n := range categoryNames() {
			if uint64(c)&n.flag != 0 && !yield(n.name) {
				return
			}
		}
	}
}
