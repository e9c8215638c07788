package server

import (
	"slices"

	"radish/command"
	"radish/store"
)

// Effects: what commands, expiry and eviction leave in the log. They are appended while the shards of what has changed are locked, so that the log
// has them in the order in which they happened.

// logging is what the server knows of the log beside aof.Log itself.
type logging struct {
	// tx are, by shard, the effects of the EXEC that has the shard locked: what lapses or is evicted then stands among them. The shard's lock
	// guards each.
	tx []*command.Effects
}

// record ends each command that may have changed something: it appends its effects, and what has lapsed before them. The shards of what has changed are
// locked, those of the set for writing. Inside EXEC the effects wait for its end, see beginTx.
func (s *Server) record(c *command.Ctx, written shardSet) {
	e := &c.Effects
	if c.DB.Lapsed && written != 0 && c.Spec.Flags&command.Write != 0 && e.Pending(c) {
		s.dropLapsedLocked(&c.DB, c.Keys, written)
	}
	e.Finish(c)
	if !e.Tx {
		s.appendEffects(c)
	}
}

// dropLapsedLocked deletes those of a command's keys that have lapsed, and fields that it met: what it has taken for gone is to be gone for whoever loads
// the log, too. A command that has not locked all of its keys for writing is logged as what it has done, which holds whatever the others are.
func (s *Server) dropLapsedLocked(db *store.DB, keys []store.Key, written shardSet) {
	for _, k := range keys {
		if written>>s.store.ShardOf(k.H)&1 != 0 {
			dropLapsedKey(db, k)
		}
	}
}

func dropLapsedKey(db *store.DB, k store.Key) {
	if !db.ExpireKey(k) && len(db.LapsedFields) > 0 {
		db.DropLapsedFields(k)
	}
}

// appendEffects appends what c has gathered.
func (s *Server) appendEffects(c *command.Ctx) {
	if e := &c.Effects; e.N > 0 {
		c.LogPos = s.aof.AppendTx(e.First, e.Last, e.Text())
		e.Clear()
	}
}

// beginTx has what happens in the shards gathered in c until endTx. They are locked for writing.
func (s *Server) beginTx(c *command.Ctx, set shardSet) {
	c.Effects.Tx = true
	for ; set != 0; set &= set - 1 {
		s.logging.tx[set.first()] = &c.Effects
	}
}

// endTx appends the effects of a transaction.
func (s *Server) endTx(c *command.Ctx, set shardSet) {
	c.Effects.Tx = false
	for ; set != 0; set &= set - 1 {
		s.logging.tx[set.first()] = nil
	}
	s.appendEffects(c)
}

// logGone logs that a key has lapsed or was evicted. Its shard is locked.
func (s *Server) logGone(db int, key []byte, free bool) {
	name := "DEL"
	if free {
		name = "UNLINK"
	}
	s.logOwn(db, key, []byte(name), key)
}

// logFieldsGone logs that fields of a hash have lapsed. Its shard is locked.
func (s *Server) logFieldsGone(db int, key []byte, fields func(func(f []byte))) {
	args := [][]byte{[]byte("HDEL"), key}
	fields(func(f []byte) { args = append(args, slices.Clone(f)) })
	s.logOwn(db, key, args...)
}

// commitOwn has n things written that were logged for nobody.
func (s *Server) commitOwn(n int) {
	if n > 0 && s.env.Logging.Load() {
		s.aof.Commit(s.aof.End()) // nobody waits: what fails is tried again, and told to clients that write
	}
}

// logOwn logs what the server has done to a key by itself. The key's shard is locked.
func (s *Server) logOwn(db int, key []byte, args ...[]byte) {
	if e := s.logging.tx[s.store.ShardOf(s.store.Key(key).H)]; e != nil {
		e.Add(db, args...)
		return
	}
	var e command.Effects
	e.Add(db, args...)
	s.aof.Append(db, e.Text())
}
