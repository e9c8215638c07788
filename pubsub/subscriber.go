package pubsub

import (
	"cmp"
	"slices"
)

// Receiver is where a subscriber's messages go. Its methods are called on the subscriber's loop, and must not subscribe or publish.
type Receiver interface {
	// Resp3 says in which protocol it wants messages now.
	Resp3() bool
	// Receive takes messages: whole arrays or pushes. shared: others get the very same bytes, which never change, so that they may be kept;
	// else they are valid only until it returns.
	Receive(b []byte, shared bool)
}

// Subscriber is somebody who may listen. All its methods belong to its loop. It holds nothing that outlasts it unless it has subscribed.
type Subscriber struct {
	hub   *Hub
	to    Receiver
	loop  int
	own   *part // for Hub.Send
	gone  bool
	names [NumKinds]map[string]*member
	// active are the parts whose messages are being delivered to it.
	active []*part
	mem    int64
	seq    uint64
}

// member is one subscription.
type member struct {
	sub  *Subscriber
	part *part
	at   int    // in part.members
	seq  uint64 // ascending with the age
}

// subscriptionCost is about what a subscription takes beside its name.
const subscriptionCost = 200

// NewSubscriber makes a subscriber that belongs to a loop.
func (h *Hub) NewSubscriber(loop int, to Receiver) *Subscriber {
	s := &Subscriber{hub: h, to: to, loop: loop}
	s.own = &part{loop: loop}
	s.own.members = []*member{{sub: s, part: s.own}}
	return s
}

// Count is the number of its subscriptions of a kind.
func (s *Subscriber) Count(k Kind) int { return len(s.names[k]) }

// Any says whether it has subscriptions.
func (s *Subscriber) Any() bool {
	return len(s.names[Channel])+len(s.names[Shard])+len(s.names[Pattern]) > 0
}

// Mem is about how many bytes its subscriptions take.
func (s *Subscriber) Mem() int64 { return s.mem }

// Names lists what it has subscribed to, the oldest first.
func (s *Subscriber) Names(k Kind) []string {
	list := make([]*member, 0, len(s.names[k]))
	for _, m := range s.names[k] {
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b *member) int { return cmp.Compare(a.seq, b.seq) })
	names := make([]string, len(list))
	for i, m := range list {
		names[i] = m.part.topic.name
	}
	return names
}

// Subscribe begins to listen; false: it does already. What was published before is delivered to those who listened before.
func (s *Subscriber) Subscribe(k Kind, name []byte) bool {
	if s.gone || s.names[k][string(name)] != nil {
		return false
	}
	h, l := s.hub, &s.hub.loops[s.loop]
	p, before := h.join(k, name, l, s.loop)
	l.handOut(h, before)
	s.seq++
	m := &member{sub: s, part: p, at: len(p.members), seq: s.seq}
	p.members = append(p.members, m)
	if s.names[k] == nil {
		s.names[k] = make(map[string]*member)
	}
	s.names[k][p.topic.name] = m
	s.mem += int64(len(name)) + subscriptionCost
	return true
}

// Unsubscribe ends Subscribe; false: it did not listen. What was published before is delivered to it too.
func (s *Subscriber) Unsubscribe(k Kind, name []byte) bool {
	m := s.names[k][string(name)]
	if m == nil {
		return false
	}
	h, l := s.hub, &s.hub.loops[s.loop]
	l.handOut(h, h.leave(k, m.part, l))
	if s.names[k][string(name)] == m { // else it has got more than it may, and is gone
		s.remove(k, m)
	}
	return true
}

// Close ends the subscriber: it gets nothing any more. It may be called while messages are delivered.
func (s *Subscriber) Close() {
	s.gone = true
	s.UnsubscribeAll()
}

// UnsubscribeAll ends all subscriptions. What was published before is lost to it. It may be called while messages are delivered.
func (s *Subscriber) UnsubscribeAll() {
	h, l := s.hub, &s.hub.loops[s.loop]
	for k := range NumKinds {
		for _, m := range s.names[k] {
			h.leave(k, m.part, nil)
			l.drop(m)
		}
		s.names[k] = nil
	}
	s.mem = 0
}

func (s *Subscriber) remove(k Kind, m *member) {
	s.hub.loops[s.loop].drop(m)
	s.mem -= int64(len(m.part.topic.name)) + subscriptionCost
	delete(s.names[k], m.part.topic.name)
	if len(s.names[k]) == 0 {
		s.names[k] = nil
	}
}

// join counts one more subscriber of a topic on a loop, and empties the loop's mailbox at that moment.
func (h *Hub) join(k Kind, name []byte, l *loop, index int) (p *part, before taken) {
	var tp *topic
	if k == Pattern {
		h.patterns.mu.Lock()
		defer h.patterns.mu.Unlock()
		if tp = h.patterns.m[string(name)]; tp == nil {
			tp = h.patterns.add(name)
			h.topics[k].Add(1)
		}
	} else {
		t := h.table(k, name)
		t.mu.Lock()
		defer t.mu.Unlock()
		if tp = t.m[string(name)]; tp == nil {
			tp = &topic{kind: k, name: string(name)}
			t.m[tp.name] = tp
			h.topics[k].Add(1)
		}
	}
	i := slices.IndexFunc(tp.parts, func(p *part) bool { return p.loop == index })
	if i < 0 {
		i = len(tp.parts)
		tp.parts = append(tp.parts, &part{topic: tp, loop: index})
	}
	p = tp.parts[i]
	p.n++
	return p, l.takeAll()
}

// leave counts one subscriber less, and empties the mailbox of l, unless it is nil, at that moment.
func (h *Hub) leave(k Kind, p *part, l *loop) (before taken) {
	tp := p.topic
	var t *table
	if k == Pattern {
		h.patterns.mu.Lock()
		defer h.patterns.mu.Unlock()
	} else {
		t = h.table(k, []byte(tp.name))
		t.mu.Lock()
		defer t.mu.Unlock()
	}
	if p.n--; p.n == 0 {
		tp.parts = slices.DeleteFunc(tp.parts, func(q *part) bool { return q == p })
	}
	if len(tp.parts) == 0 {
		if k == Pattern {
			h.patterns.remove(tp)
		} else {
			delete(t.m, tp.name)
		}
		h.topics[k].Add(-1)
	}
	if l != nil {
		before = l.takeAll()
	}
	return before
}

// Send sends a message to a subscriber alone: one of the beginnings of head, and body, which must not change any more. Anybody may call it, for
// any subscriber; from as for Publish.
func (h *Hub) Send(from int, to *Subscriber, head *Head, body []byte) {
	h.putOwn(from, to, entry{part: to.own, ref: body, direct: head})
}

// Mark has fn called on the subscriber's loop between what was sent to it before, and what will be. fn must not subscribe or publish. Who may call it, and
// from, are as for Send.
func (h *Hub) Mark(from int, to *Subscriber, fn func()) {
	h.putOwn(from, to, entry{part: to.own, mark: fn})
}

func (h *Hub) putOwn(from int, to *Subscriber, e entry) {
	var out posting
	first, full := h.loops[to.loop].box.putRef(e)
	h.noted(&out, to.loop, first, full)
	h.wake(&out, from)
}
