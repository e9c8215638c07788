package server

import (
	"fmt"
	"math"

	"radish/command"
	"radish/config"
	"radish/internal/num"
	"radish/store"
	"radish/store/listpack"
)

const (
	errNotListpack  command.Error = "ERR Not a listpack encoded object."
	errNotQuicklist command.Error = "ERR Not a quicklist encoded object."
	errThreshold    command.Error = "ERR argument must be a memory value bigger than 1 and smaller than 4gb"
)

// debugListpack writes the listpack that is a key's value into the log.
func (s *Server) debugListpack(c *command.Ctx) error {
	return s.lookAt(c, c.Inspect, func(e store.Entry) error {
		lp := e.Listpack()
		if lp == nil {
			return errNotListpack
		}
		s.logListpack(lp)
		c.Reply.SimpleString("Listpack structure printed into the log")
		return nil
	})
}

// logListpack writes a listpack into the log, an entry a line.
func (s *Server) logListpack(lp []byte) {
	s.log.Noticef("{total bytes %d} {num entries %d}", len(lp), listpack.Len(lp))
	for off, i := listpack.First(lp), 0; off >= 0; off, i = listpack.Next(lp, off), i+1 {
		size := listpack.Size(lp, off)
		v := listpack.Get(lp, off).Append(nil)
		s.log.Noticef("{index: %d, offset: %d, size: %d, bytes: % x, value: %.40q}", i, off, size, lp[off:off+min(size, 40)], v)
	}
}

// debugQuicklist writes the nodes of a quicklist into the log, with 1 as the next argument what is in them too.
func (s *Server) debugQuicklist(c *command.Ctx) error {
	full := false
	if len(c.Args) == 4 {
		n, ok := num.ParseInt(c.Args[3])
		full = ok && n != 0
	}
	return s.lookAt(c, c.Inspect, func(e store.Entry) error {
		if e.Encoding() != store.EncQuicklist {
			return errNotQuicklist
		}
		s.log.Noticef("{count: %d} {nodes: %d} {bytes: %d}", e.ListLen(), e.ListNodes(), e.ListBytes())
		i := 0
		for it := e.ListIter(0, e.ListLen(), false); it.Next(); i++ {
			s.log.Noticef("{quicklist node(%d), size: %d, count: %d}", i, len(it.LP), it.N)
			if full {
				s.logListpack(it.LP)
			}
		}
		c.Reply.SimpleString("Quicklist structure printed into the log")
		return nil
	})
}

// debugPackedThreshold says from which size on an element of a quicklist has a node for itself; 0: the default.
func (s *Server) debugPackedThreshold(c *command.Ctx) error {
	n, ok := config.ParseMemory(c.Arg(2))
	if !ok || n > math.MaxUint32+1-1<<20 {
		return errThreshold
	}
	s.store.SetLargeElement(int64(n))
	c.Reply.OK()
	return nil
}

// listDetails is what DEBUG OBJECT tells of a quicklist besides.
func (s *Server) listDetails(e store.Entry) string {
	if e.Encoding() != store.EncQuicklist {
		return ""
	}
	bytes := 0
	for it := e.ListIter(0, e.ListLen(), false); it.Next(); {
		bytes += len(it.LP)
	}
	return fmt.Sprintf(" ql_nodes:%d ql_avg_node:%.2f ql_listpack_max:%d ql_compressed:0 ql_uncompressed_size:%d",
		e.ListNodes(), float64(e.ListLen())/float64(e.ListNodes()), s.cfg.Load().ListMaxListpackSize, bytes)
}
