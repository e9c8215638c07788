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
	buf   []byte // what one subscriber gets
}

const (
	// keepBuf is the longest buffer that a loop keeps.
	keepBuf = keepBytes
	// shareFrom is the size from which on what several subscribers get is memory of its own, so that those who do not take it at once can keep
	// it all together.
	shareFrom = 16 << 10
)

// takeAll empties the mailbox, unless it is being emptied by somebody further up the stack, who will see to it.
func (l *loop) takeAll() (t taken) {
	if !l.busy {
		t = l.box.take()
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
	l.distribute(&t)
	l.busy = false
	l.closeHoles()
	l.box.giveBack(t)
	if t.full {
		h.full.Add(-1)
		h.hooks.Room()
	}
}

// distribute gives each subscriber what the entries have for it, in one piece and in their order. Subscribers that have just one active part,
// as nearly all do, get the same bytes.
func (l *loop) distribute(t *taken) {
	for i := range t.list {
		p := t.list[i].part
		if len(p.pending) == 0 {
			l.parts = append(l.parts, p)
		}
		p.pending = append(p.pending, int32(i))
		p.marked = p.marked || t.list[i].mark != nil
	}
	if len(l.parts) == 1 && !l.parts[0].marked {
		p := l.parts[0]
		for i, n := 0, len(p.members); i < n; i++ {
			if m := p.members[i]; m != nil {
				l.give(t, p, m.sub)
			}
		}
	} else {
		l.collect()
		for _, s := range l.subs {
			if len(s.active) == 1 && !s.active[0].marked {
				l.give(t, s.active[0], s)
			} else {
				s.receive(l.merge(t, s), false)
			}
			clear(s.active)
			s.active = s.active[:0]
			if cap(s.active) > 64 {
				s.active = nil
			}
		}
	}
	for _, p := range l.parts {
		p.pending, p.flat, p.marked = p.pending[:0], [2]flat{}, false
		if cap(p.pending) > 4096 {
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

// flat is all that a part's subscribers get, in one protocol.
type flat struct {
	b      []byte
	shared bool
}

// give gives a subscriber what one part has.
func (l *loop) give(t *taken, p *part, s *Subscriber) {
	resp3 := s.to.Resp3()
	if p.topic == nil && !resp3 && !s.Any() {
		return
	}
	f := &p.flat[0]
	if resp3 {
		f = &p.flat[1]
	}
	if f.b == nil {
		*f = l.flatten(t, p, resp3)
	}
	s.receive(f.b, f.shared)
}

// flatten puts a part's messages one behind the other. The messages of a channel that no others came between lie so already.
func (l *loop) flatten(t *taken, p *part, resp3 bool) flat {
	first, last := &t.list[p.pending[0]], &t.list[p.pending[len(p.pending)-1]]
	size, copied := 0, true
	for _, i := range p.pending {
		e := &t.list[i]
		size += len(t.msg(e))
		copied = copied && e.ref == nil
	}
	alone := len(p.members) == 1
	if p.topic != nil && p.topic.kind != Pattern && !resp3 {
		if first == last && first.ref != nil {
			return flat{first.ref, true}
		}
		if copied && int(last.to-first.from) == size && (alone || size < shareFrom) {
			return flat{t.buf[first.from:last.to], false}
		}
	}
	var b []byte
	reuse := alone && len(l.parts) == 1
	if reuse {
		b = l.buf[:0]
	} else if p.topic != nil && p.topic.kind == Pattern {
		b = make([]byte, 0, size+len(p.pending)*len(p.topic.glob.head))
	} else {
		b = make([]byte, 0, size+len(p.pending)*headCost)
	}
	for _, i := range p.pending {
		b = t.appendTo(b, &t.list[i], resp3)
	}
	if reuse {
		l.buf = b
	}
	return flat{b, !reuse}
}

// merge is what a subscriber gets that has several active parts, or marks: what follows the last of these. It is valid until the next call.
func (l *loop) merge(t *taken, s *Subscriber) []byte {
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
		switch e := &t.list[i]; {
		case e.mark != nil:
			s.receive(b, false)
			b = b[:0]
			e.mark()
		case resp3 || e.direct == nil || s.Any():
			b = t.appendTo(b, e, resp3)
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
