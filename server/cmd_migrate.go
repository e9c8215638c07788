package server

import (
	"errors"
	"slices"
	"time"

	"radish/command"
	"radish/persist"
	"radish/resp"
	"radish/store"
)

// MIGRATE: keys go to another server, and are deleted here when it has them. What speaks to the other server is in migrate_link.go.
//
// Redis stands still meanwhile. Here others go on: no lock is held while the other server is waited for, so a key may be written between the moment
// when its value was taken and the one when the other server answers. Such a key is not deleted: whoever wrote it was told that the write is done, and the
// other server has the value of before. MIGRATE says so with an error then, unless REPLACE allows to send the key once more. A key is deleted only if value and deadline are those that the other server took; so at every moment, and wherever one of the servers or the connection
// dies, at least one of the two has the latest value.
//
// Inside EXEC the locks of the whole transaction are held all the time, and commands on its shards wait for the other server.

const (
	errMigrateKeys    command.Error = "ERR When using MIGRATE KEYS option, the key argument must be set to the empty string"
	errMigrateConnect command.Error = "IOERR error or timeout connecting to the client"
	errMigrateWrite   command.Error = "IOERR error or timeout writing to target instance"
	errMigrateRead    command.Error = "IOERR error or timeout reading to target instance"
	errMigrateChanged command.Error = "ERR Some keys were changed here while the target instance took them, which has them as they were before"
)

func (s *Server) migrateSpec() command.Spec {
	const flags = command.KeyRW | command.KeyAccess | command.KeyDelete
	return command.Spec{
		Name: "migrate", Arity: -6, Flags: command.Write | command.Worker | command.LocksItself, Acl: command.CatKeyspace | command.CatDangerous,
		Keys: []command.KeySpec{{Flags: flags, Begin: 3, Step: 1},
			{Flags: flags | command.KeyIncomplete, Keyword: "KEYS", StartFrom: -2, Last: -1, Step: 1}},
		GetKeys: migrateKeys,
		Group:   command.GroupGeneric, Since: "2.6.0", Handler: s.cmdMigrate,
		Summary:    "Brings keys to another server.",
		Complexity: "O(N) here and there, where N is the size of the values, which are transferred.",
		Syntax: `host port key-selector:<key|empty-string:""> destination-db timeout [COPY]@3.0.0 [REPLACE]@3.0.0` +
			` [authentication:<AUTH auth(password)@4.0.7|auth2:<AUTH2 username password>@6.0.0>] [KEYS keys(key)#1 ...]@3.0.6`,
		Tips: []string{"nondeterministic_output"},
		History: []string{"3.0.0 Added the `COPY` and `REPLACE` options.", "3.0.6 Added the `KEYS` option.", "4.0.7 Added the `AUTH` option.",
			"6.0.0 Added the `AUTH2` option."},
	}
}

// migrateKeys are the keys of MIGRATE. A request with KEYS and a key is one that the handler refuses.
func migrateKeys(args [][]byte) ([]command.KeyRef, error) {
	first, last := 3, 3
	if i := migrateKeysAt(args); i > 0 {
		first, last = i+1, len(args)-1
		if len(args[3]) > 0 {
			return nil, nil
		}
	}
	var refs []command.KeyRef
	for i := first; i <= last; i++ {
		refs = append(refs, command.KeyRef{Index: i, Flags: command.KeyRW | command.KeyAccess | command.KeyDelete})
	}
	return refs, nil
}

// migrateKeysAt is the argument KEYS, or 0: a user or password may read like it.
func migrateKeysAt(args [][]byte) int {
	for i := 6; i < len(args); i++ {
		switch {
		case command.EqualFold(args[i], "keys"):
			return i
		case command.EqualFold(args[i], "auth"):
			i++
		case command.EqualFold(args[i], "auth2"):
			i += 2
		}
	}
	return 0
}

// migrateSecrets are the arguments of a MIGRATE that nobody is to see: user and password.
func migrateSecrets(args [][]byte) (hide []int) {
	for i := 6; i < len(args); i++ {
		switch {
		case command.EqualFold(args[i], "keys"):
			return hide
		case command.EqualFold(args[i], "auth") && i+1 < len(args):
			i++
			hide = append(hide, i)
		case command.EqualFold(args[i], "auth2") && i+2 < len(args):
			i += 2
			hide = append(hide, i-1, i)
		}
	}
	return hide
}

// migrateOpts are the arguments of MIGRATE besides the keys.
type migrateOpts struct {
	host           string
	port           int
	db             int64
	timeout        time.Duration // of each step
	copy, replace  bool
	auth           bool
	user, password []byte // user nil: AUTH with a password alone
}

func parseMigrate(c *command.Ctx) (o migrateOpts, err error) {
	for i := 6; i < len(c.Args); i++ {
		more := len(c.Args) - 1 - i
		switch {
		case c.Is(i, "copy"):
			o.copy = true
		case c.Is(i, "replace"):
			o.replace = true
		case c.Is(i, "auth") && more >= 1:
			o.auth, o.password = true, c.Args[i+1]
			i++
		case c.Is(i, "auth2") && more >= 2:
			o.auth, o.user, o.password = true, c.Args[i+1], c.Args[i+2]
			i += 2
		case c.Is(i, "keys"):
			if len(c.Args[3]) > 0 {
				return o, errMigrateKeys
			}
			i = len(c.Args)
		default:
			return o, command.ErrSyntax
		}
	}
	ms, err := c.Int(5)
	if err != nil {
		return o, err
	}
	if o.db, err = c.Int(4); err != nil {
		return o, err
	}
	if ms <= 0 {
		ms = 1000
	}
	const longest = 100 * 365 * 24 * time.Hour
	o.timeout = time.Duration(min(ms, longest.Milliseconds())) * time.Millisecond
	o.host, o.port = cText(c.Args[1]), leadingInt(c.Args[2])
	if o.port >= 0 {
		o.port &= 0xffff // as getaddrinfo does
	}
	return o, nil
}

// migration is one MIGRATE.
type migration struct {
	s      *Server
	c      *command.Ctx
	o      migrateOpts
	locked bool // EXEC holds the locks

	keys []store.Key // to be sent
	sent []sentKey   // in this attempt
	req  resp.Writer
	// stale: the target has a key that was deleted here since it was sent.
	stale bool
}

// sentKey is a key and what it was when it was sent.
type sentKey struct {
	store.Key
	version  uint64
	deadline int64 // unix ms; 0: none
	taken    bool  // the target has it
}

// migrateRounds is how often keys are sent with REPLACE that others change meanwhile.
const migrateRounds = 4

func (s *Server) cmdMigrate(c *command.Ctx) error {
	o, err := parseMigrate(c)
	if err != nil {
		return err
	}
	c.NoEffect() // but for what remove says: at the end there are no locks, and the log may have been turned on meanwhile
	m := &migration{s: s, c: c, o: o, locked: c.Deny}
	m.find()
	for round := 1; len(m.keys) > 0; round++ {
		changed, err := m.send()
		if err != nil {
			return err
		}
		m.stale = m.stale || round > 1 && len(m.sent) < len(m.keys)
		switch {
		case len(changed) > 0 && o.replace && round < migrateRounds:
			m.keys = changed
		case len(changed) > 0 || m.stale:
			return errMigrateChanged
		case len(m.sent) == 0 && round == 1:
			m.keys = nil
		default:
			c.Reply.OK()
			return nil
		}
	}
	c.Reply.SimpleString("NOKEY")
	return nil
}

// send sends the keys, once more if the connection turns out to be broken, as one that was kept often is. changed are those that the target has taken and
// that are another value here by now.
func (m *migration) send() (changed []store.Key, err error) {
	for try := 1; ; try++ {
		changed, err = m.attempt()
		var broken *brokenLink
		switch {
		case !errors.As(err, &broken):
			return changed, err
		case try == 1 && broken.untouched && !broken.timeout():
		case broken.writing:
			return nil, errMigrateWrite
		default:
			return nil, errMigrateRead
		}
	}
}

// attempt sends the keys over one connection and deletes those that the target has taken. A failure of the connection is a *brokenLink.
func (m *migration) attempt() (changed []store.Key, err error) {
	var l *migrateLink
	m.wait(func() {
		if l, err = m.s.links.open(&m.o, m.s.stop); err == nil {
			err = l.begin(&m.o)
		}
	})
	if l == nil {
		return nil, connectError(err)
	}
	if err == nil {
		m.encode()
		m.wait(func() { err = l.exchange(m.req.TakePieces(), m.sent, m.s.replies.Put) })
		changed = m.remove()
	}
	m.s.links.giveBack(l)
	return changed, err
}

// wait runs fn, which waits for others, and lets others have the worker meanwhile. Inside EXEC it keeps it: who has it might want the shards.
func (m *migration) wait(fn func()) {
	if m.locked {
		fn()
		return
	}
	<-m.s.workers
	fn()
	m.s.workers <- struct{}{}
}

// lock locks the shards of keys, and those that serving the clients which wait for them takes. unlock is never nil. While the server ends nothing is
// locked, and there are no shards to look at: ok is false. Since MIGRATE began others may have begun to load data, or paused writes: it waits for that.
func (m *migration) lock(write bool) (unlock func(), ok bool) {
	s := m.s
	if m.locked {
		return func() {}, true
	}
	against := gateLoading
	if write {
		against |= gatePause
	}
	for !s.ending.Load() {
		unlock := m.lockNow(write)
		if s.gates.Load()&uint32(against) == 0 {
			return unlock, true
		}
		unlock()
		m.wait(func() {
			for s.gates.Load()&uint32(against) != 0 && !s.ending.Load() {
				time.Sleep(time.Millisecond)
			}
		})
	}
	return func() {}, false
}

// lockNow is lock, whatever others do.
func (m *migration) lockNow(write bool) (unlock func()) {
	s, c := m.s, m.c
	var held shardSet
	for _, k := range c.Keys {
		held |= 1 << s.store.ShardOf(k.H)
	}
	if write {
		held |= s.waiting.reach(s.store, c.DB.Index, c.Keys)
	}
	held.lockLong(s.store, write)
	c.DB.Now = time.Now().UnixMilli()
	return func() {
		s.serveReady(c, held, c.DB.Now)
		held.unlockLong(s.store, write)
	}
}

// find notes which keys there are.
func (m *migration) find() {
	unlock, ok := m.lock(false)
	defer unlock()
	if !ok {
		return
	}
	for i := range m.c.Keys {
		if m.c.Find(i).Ok() {
			m.keys = append(m.keys, m.c.Keys[i])
		}
	}
}

// encode makes the commands that restore the keys, with what they are now.
func (m *migration) encode() {
	m.sent = m.sent[:0]
	unlock, ok := m.lock(false)
	defer unlock()
	if !ok {
		return
	}
	m.req = resp.Writer{Proto: 2, Pool: &m.s.replies}
	w := &m.req
	enc := m.s.encoder()
	defer m.s.putEncoder(enc)
	for _, k := range m.keys {
		e := m.c.DB.Peek(k)
		if !e.Ok() {
			continue
		}
		ttl := e.Deadline()
		if ttl != 0 {
			ttl = max(ttl-m.c.DB.Now, 1)
		}
		m.sent = append(m.sent, sentKey{Key: k, version: m.c.DB.Version(k), deadline: e.Deadline()})
		enc.buf = persist.AppendPayload(&enc.Encoder, enc.buf[:0], e)
		if m.o.replace {
			w.Array(5)
		} else {
			w.Array(4)
		}
		w.BulkString("RESTORE")
		w.Bulk(k.B)
		w.BulkInt(ttl)
		w.Bulk(enc.buf)
		if m.o.replace {
			w.BulkString("REPLACE")
		}
	}
}

// remove deletes the keys that the target has taken, but for those that were changed since they were sent, which it returns.
func (m *migration) remove() (changed []store.Key) {
	if m.o.copy || !slices.ContainsFunc(m.sent, func(k sentKey) bool { return k.taken }) {
		return nil
	}
	unlock, ok := m.lock(true)
	defer unlock()
	if !ok {
		return nil
	}
	c := m.c
	done := make(map[string]bool) // a key may be named twice
	for i := range m.sent {
		k := &m.sent[i]
		if !k.taken || done[string(k.B)] {
			continue
		}
		done[string(k.B)] = true
		e := c.DB.Peek(k.Key)
		switch {
		case e.Ok() && e.Deadline() == k.deadline && c.DB.Version(k.Key) == k.version:
			m.s.deleteReplaced(c, k.Key)
			c.Changed(k.Key, command.EventGeneric, "del")
			c.Effect([]byte("DEL"), k.B)
		case e.Ok():
			changed = append(changed, k.Key)
		case k.deadline == 0 || k.deadline > c.DB.Now: // else it has lapsed, as it does there
			m.stale = true
		}
	}
	if c.Env.Logging.Load() {
		m.s.record(c, 0) // the locks go now
	}
	return changed
}
