package server

import (
	"encoding/hex"
	"fmt"
	"strings"

	"radish/command"
	"radish/internal/num"
	"radish/persist"
	"radish/persist/rdb"
	"radish/store"
)

const (
	errNotSDS       command.Error = "ERR Not an sds encoded string."
	errNotHashTable command.Error = "ERR The value stored at the specified key is not represented using an hash table"
	errDBRange      command.Error = "ERR Out of range database"
)

// lookAt calls fn with the key that argument 2 names and find finds, its shard being locked for reading. As in Redis some look-ups are counted.
func (s *Server) lookAt(c *command.Ctx, find func(k store.Key) store.Entry, fn func(e store.Entry) error) error {
	k := s.store.Key(c.Args[2])
	if i := s.store.ShardOf(k.H); !c.DB.Locked {
		s.store.RLockLong(i)
		defer s.store.RUnlockLong(i)
	}
	e := find(k)
	if !e.Ok() {
		return command.ErrNoSuchKey
	}
	return fn(e)
}

func (s *Server) debugObject(c *command.Ctx) error {
	return s.lookAt(c, c.DB.Peek, func(e store.Entry) error {
		idle := e.IdleMs(c.DB.Now) / 1000
		c.Reply.SimpleString(fmt.Sprintf("Value at:%p refcount:%d encoding:%s serializedlength:%d lru:%d lru_seconds_idle:%d%s",
			e.Pointer(), s.env.Refcount(e), e.Encoding(), s.serializedLength(e), e.LRU(), idle, s.listDetails(e)))
		return nil
	})
}

// serializedLength is how many bytes a value takes in an RDB file, without its type.
func (s *Server) serializedLength(e store.Entry) int {
	enc := s.encoder()
	defer s.putEncoder(enc)
	enc.buf = persist.AppendValue(&enc.Encoder, enc.buf[:0], e, persist.TypeOf(e, rdb.VersionFields))
	return len(enc.buf)
}

// debugSdslen shows the sizes of a string and its key. They share one chunk when the string is short: then
// the memory is shown with the key.
func (s *Server) debugSdslen(c *command.Ctx) error {
	return s.lookAt(c, c.DB.Peek, func(e store.Entry) error {
		if e.Type() != store.TypeString || e.Encoding() == store.EncInt {
			return errNotSDS
		}
		keyLen, valueLen := len(e.Key()), e.StringLen()
		chunk, value, spare := e.Layout()
		c.Reply.SimpleString(fmt.Sprintf("key_sds_len:%d, key_sds_avail:0, key_zmalloc: %d, val_sds_len:%d, val_sds_avail:%d, val_zmalloc: %d",
			keyLen, chunk, valueLen, spare, value))
		return nil
	})
}

// debugDigest replies the digest of all data, of one moment.
func (s *Server) debugDigest(c *command.Ctx) error {
	if !c.DB.Locked {
		all := allShards(s.store.Shards())
		all.lockLong(s.store, false)
		defer all.unlockLong(s.store, false)
	}
	d := s.store.Digest(true)
	c.Reply.SimpleString(hex.EncodeToString(d[:]))
	return nil
}

func (s *Server) debugDigestValue(c *command.Ctx) error {
	c.Reply.Array(len(c.Args) - 2)
	for _, a := range c.Args[2:] {
		k := s.store.Key(a)
		i := s.store.ShardOf(k.H)
		if !c.DB.Locked {
			s.store.RLockLong(i)
		}
		d := c.DB.DigestValue(k)
		if !c.DB.Locked {
			s.store.RUnlockLong(i)
		}
		c.Reply.SimpleString(hex.EncodeToString(d[:]))
	}
	return nil
}

// debugHtstats shows the tables of a database. A table grows and shrinks by segments, so there is no second
// table to which keys move.
func (s *Server) debugHtstats(c *command.Ctx) error {
	n, err := c.Int(2)
	if err != nil {
		return err
	}
	if n < 0 || n >= int64(s.store.Databases()) {
		return errDBRange
	}
	d := s.store.Stats().DB[n]
	full := len(c.Args) >= 4 && c.Is(3, "full")
	var b strings.Builder
	b.WriteString("[Dictionary HT]\nHash table 0 stats (main hash table):\n")
	if d.Keys == 0 {
		b.WriteString("No stats available for empty dictionaries\n")
	} else {
		fmt.Fprintf(&b, " table size: %d\n number of elements: %d\n", d.Slots, d.Keys)
		if full {
			fmt.Fprintf(&b, " segments: %d\n bytes: %d\n load: %.2f\n", d.Segments, d.TableBytes, float64(d.Keys)/float64(max(1, d.Slots)))
		}
	}
	b.WriteString("[Expires HT]\nIndex of deadlines:\n")
	if d.Volatile == 0 {
		b.WriteString("No stats available for empty dictionaries\n")
	} else {
		fmt.Fprintf(&b, " number of elements: %d\n", d.Volatile)
		if full {
			fmt.Fprintf(&b, " bytes: %d\n", d.DeadlineBytes)
		}
	}
	c.Reply.VerbatimString("txt", b.String())
	return nil
}

// debugPopulate makes many keys. Each locks its shard for itself, so that other commands go on.
func (s *Server) debugPopulate(c *command.Ctx) error {
	count, err := debugSize(c, 2)
	if err != nil {
		return err
	}
	prefix := []byte("key")
	if len(c.Args) > 3 {
		prefix = c.Args[3]
	}
	size := int64(0)
	if len(c.Args) > 4 {
		if size, err = debugSize(c, 4); err != nil {
			return err
		}
		if size > c.Env.MaxBulkLen.Load() {
			return command.ErrStringTooBig
		}
	}
	var key, value []byte
	for i := int64(0); i < count && !s.ending.Load(); i++ {
		key = num.AppendInt(append(append(key[:0], prefix...), ':'), i)
		value = num.AppendInt(append(value[:0], "value:"...), i)
		if size > 0 {
			value = append(value, make([]byte, max(0, int(size)-len(value)))...)[:size]
		}
		s.populate(c, s.store.Key(key), value)
	}
	c.Reply.OK()
	return nil
}

// debugSize is argument i as a number of something.
func debugSize(c *command.Ctx, i int) (int64, error) {
	n, err := c.Int(i)
	if err != nil || n < 0 {
		return 0, command.ErrNotPositive
	}
	return n, nil
}

// populate makes one key, if it is not there.
func (s *Server) populate(c *command.Ctx, k store.Key, value []byte) {
	if i := s.store.ShardOf(k.H); !c.DB.Locked {
		s.store.Lock(i)
		defer s.store.Unlock(i)
	}
	if c.DB.Peek(k).Ok() {
		return
	}
	c.DB.SetString(k, value, 0)
	if s.env.Observed.Load() {
		s.keyEvent(c, c.DB.Index, k, 0, "", true)
	}
}
