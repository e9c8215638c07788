package server

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"radish/command"
)

// Broadcast mode of client-side caching: a client names prefixes and is told of every key that begins so, whether it has read it or not. A loop
// gathers the keys that its commands change in a turn, and tells of all of them at its end, each once; who is no loop leaves it to one.

// bcastPrefix is a prefix and the clients that have named it. tracking.prefixMu guards them.
type bcastPrefix struct {
	prefix  string
	clients map[*tracker]struct{}
}

// bcastKey is a key that has changed.
type bcastKey struct {
	key string
	by  *Client // who did it last; nil: nobody
}

// trackBroadcast notes that a key has changed. It is called where the change was made: by the loop from, or else by a worker, for the client that runs c, or by
// a background goroutine.
func (s *Server) trackBroadcast(c *command.Ctx, from int, k bcastKey) {
	switch {
	case from >= 0:
		l := s.loops[from]
		l.changed = append(l.changed, k)
	case c != nil && c.Reach == 0 && k.by != nil:
		k.by.changed = append(k.by.changed, k)
	default:
		s.gatherChanged([]bcastKey{k})
	}
}

// gatherChanged has a loop tell of keys that no loop has changed, together with those of its own.
func (s *Server) gatherChanged(keys []bcastKey) {
	if len(keys) == 0 {
		return
	}
	t := s.tracking
	t.gatherMu.Lock()
	first := len(t.gathered) == 0
	t.gathered = append(t.gathered, keys...)
	t.gatherMu.Unlock()
	if first {
		l := s.loops[0]
		l.nl.Post(l.takeGathered)
	}
}

func (l *eventLoop) takeGathered() {
	t := l.srv.tracking
	t.gatherMu.Lock()
	l.changed = append(l.changed, t.gathered...)
	t.gathered = nil
	t.gatherMu.Unlock()
}

// broadcastTurn tells of the keys that the turn's commands have changed.
func (l *eventLoop) broadcastTurn() {
	if len(l.changed) == 0 {
		return
	}
	keys := l.changed
	l.changed = nil
	slices.SortStableFunc(keys, func(a, b bcastKey) int { return cmp.Compare(a.key, b.key) })
	n := 0
	for i := range keys {
		if n > 0 && keys[n-1].key == keys[i].key {
			n--
		}
		keys[n] = keys[i]
		n++
	}
	l.srv.broadcast(l.index, keys[:n])
}

// broadcast tells of keys, which are in order, and each there once: of one prefix after another, as Redis does.
func (s *Server) broadcast(from int, keys []bcastKey) {
	t := s.tracking
	t.prefixMu.RLock()
	defer t.prefixMu.RUnlock()
	found := make(map[*bcastPrefix][]bcastKey)
	for _, k := range keys {
		t.prefixes.Prefixes([]byte(k.key), func(p *bcastPrefix) { found[p] = append(found[p], k) })
	}
	for _, p := range slices.SortedFunc(maps.Keys(found), func(a, b *bcastPrefix) int { return cmp.Compare(a.prefix, b.prefix) }) {
		keys := found[p]
		var all []byte
		for tr := range p.clients {
			m := tr.mode.Load()
			if m == nil || !m.bcast {
				continue
			}
			if m.noLoop && slices.ContainsFunc(keys, func(k bcastKey) bool { return k.by == m.client }) {
				if others := keysArray(keys, m.client); others != nil {
					s.tell(from, tr, m, others)
				}
				continue
			}
			if all == nil {
				all = keysArray(keys, nil)
			}
			s.tell(from, tr, m, all)
		}
	}
}

// keysArray is the array of the keys that not has not changed; nil: there are none. If not is nil it is that of all.
func keysArray(keys []bcastKey, not *Client) []byte {
	names := make([]string, 0, len(keys))
	for _, k := range keys {
		if not == nil || k.by != not {
			names = append(names, k.key)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return appendBulks(nil, names...)
}

// joinPrefixes and leavePrefixes keep the table of prefixes in step with how a client tracks.
func (s *Server) joinPrefixes(tr *tracker, m *trackMode) {
	if m == nil || !m.bcast {
		return
	}
	t := s.tracking
	t.prefixMu.Lock()
	defer t.prefixMu.Unlock()
	for _, name := range m.prefixes {
		p, ok := t.prefixes.Get(name)
		if !ok {
			p = &bcastPrefix{prefix: name, clients: make(map[*tracker]struct{})}
			t.prefixes.Set(name, p)
		}
		p.clients[tr] = struct{}{}
	}
	t.prefixCount.Store(int64(t.prefixes.Len()))
}

func (s *Server) leavePrefixes(tr *tracker, m *trackMode) {
	if m == nil || !m.bcast {
		return
	}
	t := s.tracking
	t.prefixMu.Lock()
	defer t.prefixMu.Unlock()
	for _, name := range m.prefixes {
		if p, ok := t.prefixes.Get(name); ok {
			if delete(p.clients, tr); len(p.clients) == 0 {
				t.prefixes.Delete(name)
			}
		}
	}
	t.prefixCount.Store(int64(t.prefixes.Len()))
}

// firstOverlap is the first of some prefixes that overlaps with one of others, or with another of its own kind; -1: none does. In order of
// the alphabet a prefix stands right before those that begin with it.
func firstOverlap(prefixes, others []string) int {
	type place struct {
		text string
		i    int // in prefixes; -1: it is one of others
	}
	all := make([]place, 0, len(prefixes)+len(others))
	for i, p := range prefixes {
		all = append(all, place{p, i})
	}
	for _, p := range others {
		all = append(all, place{p, -1})
	}
	slices.SortStableFunc(all, func(a, b place) int { return cmp.Compare(a.text, b.text) })
	first := len(prefixes)
	note := func(i int) {
		if i >= 0 {
			first = min(first, i)
		}
	}
	var within []place // each begins with the one before it, and what is looked at with the last
	for _, p := range all {
		for len(within) > 0 && !strings.HasPrefix(p.text, within[len(within)-1].text) {
			within = within[:len(within)-1]
		}
		if len(within) > 0 {
			note(p.i)
			note(within[len(within)-1].i)
		}
		within = append(within, p)
	}
	if first == len(prefixes) {
		return -1
	}
	return first
}

// overlap says whether two prefixes can be those of one key.
func overlap(a, b string) bool { return strings.HasPrefix(a, b) || strings.HasPrefix(b, a) }
