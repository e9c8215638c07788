package pubsub

import "slices"

// loop is a loop's mailbox, and what its goroutine needs to empty it.
type loop struct {
	_   [64]byte
	box mailbox
	_   [64]byte

	woken [2]uint64 // loops to be woken at the end of the turn, by bit
	busy  bool      // messages are being delivered
	parts []*part
	subs  []*Subscriber
	holes []*part // parts that members have left while busy
	order []uint64
	buf   []byte
}

// taken is what was in a mailbox.
type taken struct {
	list []entry
	full bool
}

// keepBuf is the longest buffer that a loop keeps.
const keepBuf = 64 << 10

// takeAll empties the mailbox, unless it is being emptied by somebody further up the stack, who will see to it.
func (l *loop) takeAll() (t taken) {
	if !l.busy {
		t.list, t.full = l.box.take()
	}
	return t
}

// Deliver gives all subscribers of a loop what was published for them. It is called on the loop's goroutine.
func (h *Hub) Deliver(loop int) {
	l := &h.loops[loop]
	l.handOut(h, l.takeAll())
}

func (l *loop) handOut(h *Hub, t taken) {
	if len(t.list) == 0 {
		return
	}
	l.busy = true
	l.distribute(t.list)
	l.busy = false
	l.closeHoles()
	l.box.giveBack(t.list)
	if t.full {
		h.full.Add(-1)
		h.hooks.Room()
	}
}

// distribute gives each subscriber what the entries have for it, in one piece and in their order. Subscribers that have just one active part,
// as nearly all do, get the same bytes.
func (l *loop) distribute(list []entry) {
	for i := range list {
		p := list[i].part
		if len(p.pending) == 0 {
			l.parts = append(l.parts, p)
		}
		p.pending = append(p.pending, int32(i))
	}
	if len(l.parts) == 1 {
		p := l.parts[0]
		for i, n := 0, len(p.members); i < n; i++ {
			if m := p.members[i]; m != nil {
				m.sub.receive(p.bytes(list, m.sub), true)
			}
		}
	} else {
		l.collect()
		for _, s := range l.subs {
			if len(s.active) == 1 {
				s.receive(s.active[0].bytes(list, s), true)
			} else {
				s.receive(l.merge(list, s), false)
			}
			clear(s.active)
			s.active = s.active[:0]
			if cap(s.active) > 64 {
				s.active = nil
			}
		}
	}
	for _, p := range l.parts {
		p.pending, p.flat = p.pending[:0], [2][]byte{}
		if cap(p.pending) > 256 {
			p.pending = nil
		}
	}
	clear(l.parts)
	clear(l.subs)
	l.parts, l.subs = l.parts[:0], l.subs[:0]
	if cap(l.buf) > keepBuf {
		l.buf, l.order = nil, nil
	}
}

// collect finds the subscribers of all active parts.
func (l *loop) collect() {
	for _, p := range l.parts {
		for _, m := range p.members {
			s := m.sub
			if len(s.active) == 0 {
				l.subs = append(l.subs, s)
			}
			s.active = append(s.active, p)
		}
	}
}

func (s *Subscriber) receive(b []byte, shared bool) {
	if !s.gone && len(b) > 0 {
		s.to.Receive(b, shared)
	}
}

// bytes is what a part's subscriber gets of the entries, made once for each protocol.
func (p *part) bytes(list []entry, s *Subscriber) []byte {
	resp3 := s.to.Resp3()
	if p.topic == nil && !resp3 && !s.Any() {
		return nil
	}
	at := 0
	if resp3 {
		at = 1
	}
	if p.flat[at] != nil {
		return p.flat[at]
	}
	if len(p.pending) == 1 && !resp3 && p.topic != nil && p.topic.kind != Pattern {
		p.flat[at] = list[p.pending[0]].msg
		return p.flat[at]
	}
	size := 0
	for _, i := range p.pending {
		size += list[i].size()
	}
	b := make([]byte, 0, size)
	for _, i := range p.pending {
		b = list[i].appendTo(b, resp3)
	}
	p.flat[at] = b
	return b
}

// merge is what a subscriber gets that has several active parts. It is valid until the next call.
func (l *loop) merge(list []entry, s *Subscriber) []byte {
	order := l.order[:0]
	for _, p := range s.active {
		for _, i := range p.pending {
			order = append(order, uint64(i))
		}
	}
	if !slices.IsSorted(order) {
		slices.Sort(order)
	}
	resp3 := s.to.Resp3()
	b := l.buf[:0]
	for _, i := range order {
		if e := &list[i]; resp3 || e.direct == nil || s.Any() {
			b = e.appendTo(b, resp3)
		}
	}
	l.order, l.buf = order, b
	return b
}

// drop takes a member out of its part.
func (l *loop) drop(m *member) {
	p := m.part
	if l.busy { // somebody runs through the members
		p.members[m.at] = nil
		l.holes = append(l.holes, p)
		return
	}
	last := len(p.members) - 1
	p.members[m.at] = p.members[last]
	p.members[m.at].at = m.at
	p.members[last] = nil
	p.members = p.members[:last]
}

// closeHoles ends what drop could not while the loop was busy.
func (l *loop) closeHoles() {
	for i, p := range l.holes {
		p.members = slices.DeleteFunc(p.members, func(m *member) bool { return m == nil })
		for at, m := range p.members {
			m.at = at
		}
		l.holes[i] = nil
	}
	l.holes = l.holes[:0]
}
