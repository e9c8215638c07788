package server

import (
	"radish/command"
	"radish/store"
)

// allLocks is all shards, locked for reading, but for those that are locked for writing: what a request needs that reads keys which its
// arguments do not name, and may change some that they do.
type allLocks struct {
	taken bool // false: the zero value, which is no locks
	all   shardSet
	write shardSet
}

// locksOf is the locks of a request whose row has Locks: all shards, or, if that is not taken, those of c.Keys; write says for what. refs
// belong to c.Keys.
func (s *Server) locksOf(c *command.Ctx, refs []command.KeyRef) (all allLocks, write bool) {
	need := c.Spec.Locks(c.Args)
	write = need&command.LockKeys != 0
	if need&command.LockAll == 0 {
		return allLocks{}, write
	}
	all = allLocks{taken: true, all: allShards(s.store.Shards())}
	if write {
		for i, k := range c.Keys {
			if refs[i].Flags&(command.KeyRW|command.KeyOW|command.KeyRM) != 0 {
				all.write |= 1 << s.store.ShardOf(k.H)
			}
		}
	}
	return all, write
}

// each calls fn with every shard in ascending order, until it says no, and returns where.
func (a *allLocks) each(fn func(shard int, write bool) bool) (stopped int, ok bool) {
	for i := 0; a.all>>i&1 != 0; i++ {
		if !fn(i, a.write>>i&1 != 0) {
			return i, false
		}
	}
	return 0, true
}

// tryLock locks all, or none: false means that a long command holds one.
func (a *allLocks) tryLock(s *store.Store) bool {
	at, ok := a.each(func(i int, write bool) bool {
		if write {
			return s.TryLock(i)
		}
		return s.TryRLock(i)
	})
	if !ok {
		held := allLocks{all: 1<<at - 1, write: a.write}
		held.unlock(s)
	}
	return ok
}

func (a *allLocks) unlock(s *store.Store) {
	a.each(func(i int, write bool) bool {
		if write {
			s.Unlock(i)
		} else {
			s.RUnlock(i)
		}
		return true
	})
}

// lockLong locks all and waits for them: for workers.
func (a *allLocks) lockLong(s *store.Store) {
	a.each(func(i int, write bool) bool {
		if write {
			s.LockLong(i)
		} else {
			s.RLockLong(i)
		}
		return true
	})
}

func (a *allLocks) unlockLong(s *store.Store) {
	a.each(func(i int, write bool) bool {
		if write {
			s.UnlockLong(i)
		} else {
			s.RUnlockLong(i)
		}
		return true
	})
}
