package server

import (
	"fmt"
	"strings"

	"radish/command"
	"radish/store"
)

// debugHtstatsKey shows the hash table that a big set, hash or sorted set is, or has. As it grows and shrinks by segments,
// there is no second table to which elements move.
func (s *Server) debugHtstatsKey(c *command.Ctx) error {
	return s.lookAt(c, c.Inspect, func(e store.Entry) error {
		d, ok := e.DictStats()
		if !ok {
			return errNotHashTable
		}
		var b strings.Builder
		b.WriteString("Hash table 0 stats (main hash table):\n")
		if d.Elems == 0 {
			b.WriteString("No stats available for empty dictionaries\n")
		} else {
			fmt.Fprintf(&b, " table size: %d\n number of elements: %d\n", d.Slots, d.Elems)
		}
		if len(c.Args) >= 4 && c.Is(3, "full") {
			fmt.Fprintf(&b, " segments: %d\n bytes: %d, of these elements: %d\n load: %.2f\n", d.Segments, d.Bytes, d.ElemBytes, float64(d.Elems)/float64(d.Slots))
		}
		c.Reply.VerbatimString("txt", b.String())
		return nil
	})
}
