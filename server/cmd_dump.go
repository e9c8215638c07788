package server

import (
	"errors"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"radish/command"
	"radish/config"
	"radish/persist"
	"radish/persist/rdb"
	"radish/store"
)

// DUMP and RESTORE: a value as bytes, and back.

// dumps is what these commands share.
type dumps struct {
	encoders  sync.Pool    // of *dumpEncoder
	skipSum   atomic.Bool  // DEBUG SET-SKIP-CHECKSUM-VALIDATION
	sanitized atomic.Int64 // INFO's dump_payload_sanitizations
}

// dumpEncoder makes payloads in its buffer.
type dumpEncoder struct {
	rdb.Encoder
	buf []byte
}

// maxDumpBuf is the biggest buffer that is kept for the next DUMP.
const maxDumpBuf = 1 << 20

func (s *Server) dumpSpecs() []command.Spec {
	restore := command.Spec{
		Name: "restore", Arity: -4, Flags: command.Write | command.DenyOOM, Acl: command.CatKeyspace | command.CatDangerous,
		Keys:  []command.KeySpec{{Flags: command.KeyOW | command.KeyUpdate, Begin: 1, Step: 1}},
		Group: command.GroupGeneric, Since: "2.6.0", Handler: s.cmdRestore, Prepare: s.prepareRestore,
		Summary:    "Makes a key of what DUMP has replied.",
		Complexity: "O(N) where N is the size of the value; O(N*log(N)) for sorted sets.",
		Syntax:     "key ttl serialized-value [REPLACE]@3.0.0 [ABSTTL]@5.0.0 [IDLETIME seconds]@5.0.0 [FREQ frequency]@5.0.0",
		History: []string{"3.0.0 Added the `REPLACE` modifier.", "5.0.0 Added the `ABSTTL` modifier.",
			"5.0.0 Added the `IDLETIME` and `FREQ` options."},
	}
	asking := restore
	asking.Name, asking.Group, asking.Since, asking.SysCmd = "restore-asking", command.GroupServer, "3.0.0", true
	asking.Flags |= command.Asking
	asking.Summary = "RESTORE for keys that move between the nodes of a cluster."
	return []command.Spec{{
		Name: "dump", Arity: 2, Flags: command.ReadOnly, Acl: command.CatKeyspace,
		Keys:  []command.KeySpec{{Flags: command.KeyRO | command.KeyAccess, Begin: 1, Step: 1}},
		Group: command.GroupGeneric, Since: "2.6.0", Handler: s.cmdDump,
		Summary:    "Returns the value of a key as bytes that RESTORE takes.",
		Complexity: "O(N) where N is the size of the value.", Syntax: "key", Tips: []string{"nondeterministic_output"},
	}, restore, asking, s.migrateSpec()}
}

// dumpWork is the work of encoding a byte of a value, and restoreWork of decoding one, in the unit of Ctx.Offload.
const (
	dumpWork    = 16
	restoreWork = 32
)

func (s *Server) cmdDump(c *command.Ctx) error {
	if e := c.DB.Peek(c.Keys[0]); e.Ok() && c.Offload(dumpWork*e.ValueBytes()) {
		return command.ErrOffload
	}
	e := c.Find(0)
	if !e.Ok() {
		c.Reply.Null()
		return nil
	}
	enc := s.encoder()
	enc.buf = persist.AppendPayload(&enc.Encoder, enc.buf[:0], e)
	c.Reply.Bulk(enc.buf)
	s.putEncoder(enc)
	return nil
}

// encoder lends an encoder, until putEncoder.
func (s *Server) encoder() *dumpEncoder {
	enc, _ := s.dumps.encoders.Get().(*dumpEncoder)
	if enc == nil {
		enc = new(dumpEncoder)
	}
	enc.Compress = s.cfg.Load().RDBCompression
	return enc
}

func (s *Server) putEncoder(enc *dumpEncoder) {
	if cap(enc.buf) > maxDumpBuf {
		enc.buf = nil
	}
	s.dumps.encoders.Put(enc)
}

const (
	errBusyKey     command.Error = "BUSYKEY Target key name already exists."
	errRestoreTTL  command.Error = "ERR Invalid TTL value, must be >= 0"
	errRestoreIdle command.Error = "ERR Invalid IDLETIME value, must be >= 0"
	errRestoreFreq command.Error = "ERR Invalid FREQ value, must be >= 0 and <= 255"
	errPayload     command.Error = "ERR DUMP payload version or checksum are wrong"
	errBadFormat   command.Error = "ERR Bad data format"
)

// restoreOpts are the arguments of RESTORE besides key and payload.
type restoreOpts struct {
	ttl             int64 // ms, or with absTTL unix ms; 0: none
	replace, absTTL bool
	idle, freq      int64 // -1: not told
}

// parseRestore reads options, and then looks whether the key is there, before the TTL is looked at: errors come in Redis's order.
func parseRestore(c *command.Ctx) (o restoreOpts, err error) {
	o.idle, o.freq = -1, -1
	for i := 4; i < len(c.Args); i++ {
		more := i+1 < len(c.Args)
		switch {
		case c.Is(i, "replace"):
			o.replace = true
		case c.Is(i, "absttl"):
			o.absTTL = true
		case c.Is(i, "idletime") && more && o.freq == -1:
			i++
			if o.idle, err = c.Int(i); err != nil {
				return o, err
			}
			if o.idle < 0 {
				return o, errRestoreIdle
			}
		case c.Is(i, "freq") && more && o.idle == -1:
			i++
			if o.freq, err = c.Int(i); err != nil {
				return o, err
			}
			if o.freq < 0 || o.freq > 255 {
				return o, errRestoreFreq
			}
		default:
			return o, command.ErrSyntax
		}
	}
	if !o.replace && c.DB.Lookup(c.Keys[0]).Ok() {
		return o, errBusyKey
	}
	if o.ttl, err = c.Int(2); err != nil {
		return o, err
	}
	if o.ttl < 0 {
		return o, errRestoreTTL
	}
	return o, nil
}

func (s *Server) cmdRestore(c *command.Ctx) error {
	o, err := parseRestore(c)
	if err != nil {
		return err
	}
	v, ok := c.Prepared.Take().(*persist.Value)
	if !ok {
		if c.Offload(restoreWork * len(c.Args[3])) {
			return command.ErrOffload
		}
		if v, err = s.decodePayload(c.Args[3]); err != nil {
			return err
		}
	}
	k := c.Keys[0]
	deadline := o.ttl
	if deadline != 0 && !o.absTTL {
		deadline += c.DB.Clock
	}
	if deadline != 0 && deadline <= c.DB.Now {
		v.Free()
		if o.replace && s.deleteReplaced(c, k) {
			c.Changed(k, command.EventGeneric, "del")
			c.Effect([]byte("DEL"), k.B)
		}
		c.Reply.OK()
		return nil
	}
	tell := !v.Detached() || c.DB.Peek(k).Ok() // else the store does: Redis tells of new also when another value was there
	v.Install(&c.DB, k, deadline)
	switch lfu := c.Env.LFU.Load(); {
	case lfu && o.freq >= 0:
		c.DB.SetFreq(k, uint8(o.freq))
	case !lfu && o.idle >= 0:
		c.DB.SetIdle(k, o.idle)
	}
	if tell {
		c.Event(k, command.EventNew, "new")
	}
	c.Changed(k, command.EventGeneric, "restore")
	if deadline != 0 && !o.absTTL && c.Env.Logging.Load() {
		args := append(slices.Clone(c.Args), []byte("ABSTTL"))
		args[2] = strconv.AppendInt(nil, deadline, 10)
		c.Effect(args...)
	}
	c.Reply.OK()
	return nil
}

// deleteReplaced deletes a key in whose place nothing comes.
func (s *Server) deleteReplaced(c *command.Ctx, k store.Key) bool {
	if c.Env.LazyServer.Load() {
		return c.DB.Delete(k)
	}
	return c.DB.DeleteSync(k)
}

// prepareRestore decodes the payload while others use the key.
func (s *Server) prepareRestore(c *command.Ctx) error {
	if _, err := parseRestore(c); err != nil {
		return err
	}
	v, err := s.decodePayload(c.Args[3])
	if err != nil {
		return err
	}
	c.Prepared.Value = v
	return nil
}

// decodePayload makes a value of a payload. What is wrong with it goes to the log, as in Redis.
func (s *Server) decodePayload(p []byte) (*persist.Value, error) {
	v, err := persist.Restore(s.store, p, persist.RestoreOptions{
		Deep:         s.cfg.Load().SanitizeDumpPayload != config.SanitizeNo,
		SkipChecksum: s.dumps.skipSum.Load(),
		Sanitized:    &s.dumps.sanitized,
	})
	switch {
	case err == persist.ErrPayload:
		return nil, errPayload
	case err != nil:
		var bad *rdb.Error
		if errors.As(err, &bad) {
			s.log.Verbosef("Internal error in RDB reading offset %d -> %s", bad.Offset, bad.Text)
		}
		return nil, errBadFormat
	}
	return v, nil
}

// debugSkipChecksum is DEBUG SET-SKIP-CHECKSUM-VALIDATION.
func (s *Server) debugSkipChecksum(c *command.Ctx) error {
	s.dumps.skipSum.Store(leadingInt(c.Args[2]) != 0)
	c.Reply.OK()
	return nil
}
