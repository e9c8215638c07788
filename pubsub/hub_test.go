package pubsub

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"radish/internal/glob"
)

// inbox is a Receiver that keeps all.
type inbox struct {
	resp3 bool
	got   []byte
	on    func()
}

func (r *inbox) Resp3() bool { return r.resp3 }
func (r *inbox) Receive(b []byte, _ bool) {
	r.got = append(r.got, b...)
	if r.on != nil {
		r.on()
	}
}

func newHub(loops int) (*Hub, *[]int) {
	woken := new([]int)
	return New(loops, Hooks{Wake: func(i int) { *woken = append(*woken, i) }, Room: func() {}}), woken
}

// check verifies the invariants of the tables, the parts and the loops.
func (h *Hub) check(t testing.TB, subs []*Subscriber) {
	t.Helper()
	var topics [NumKinds]int
	counts := map[*part]int{}
	for _, s := range subs {
		for k := range s.names {
			for name, m := range s.names[k] {
				if m.part.topic.name != name || m.part.topic.kind != Kind(k) || m.part.loop != s.loop || m.part.members[m.at] != m {
					t.Fatalf("subscription %q is not where it should be", name)
				}
				counts[m.part]++
			}
		}
	}
	each := func(tp *topic) {
		topics[tp.kind]++
		if len(tp.parts) == 0 {
			t.Fatalf("topic %q has no subscribers", tp.name)
		}
		for _, p := range tp.parts {
			if p.n != len(p.members) || p.n != counts[p] || p.n == 0 || len(p.pending) != 0 {
				t.Fatalf("part of %q: n %d, members %d, counted %d", tp.name, p.n, len(p.members), counts[p])
			}
			delete(counts, p)
		}
	}
	for k := range h.tables {
		for i := range h.tables[k] {
			for _, tp := range h.tables[k][i].m {
				each(tp)
			}
		}
	}
	inGroups := 0
	h.patterns.groups.All(func(g *globGroup) {
		for i, tp := range g.list {
			if tp.glob.group != g || tp.glob.at != i || h.patterns.m[tp.name] != tp {
				t.Fatalf("pattern %q is not where it should be", tp.name)
			}
			inGroups++
		}
	})
	if inGroups != len(h.patterns.m) {
		t.Fatalf("%d patterns in groups, %d in the table", inGroups, len(h.patterns.m))
	}
	for _, tp := range h.patterns.m {
		each(tp)
	}
	if len(counts) != 0 {
		t.Fatalf("%d parts are in no topic", len(counts))
	}
	for k := range topics {
		if topics[k] != h.Topics(Kind(k)) {
			t.Fatalf("%d topics of kind %d, counted %d", topics[k], k, h.Topics(Kind(k)))
		}
	}
}

func array(resp3 bool, words ...string) string {
	var b strings.Builder
	first := '*'
	if resp3 {
		first = '>'
	}
	fmt.Fprintf(&b, "%c%d\r\n", first, len(words))
	for _, w := range words {
		fmt.Fprintf(&b, "$%d\r\n%s\r\n", len(w), w)
	}
	return b.String()
}

// modelSub is what a subscriber should have and get.
type modelSub struct {
	names [NumKinds]map[string]bool
	// due are its messages, each a set of texts that may come in any order: patterns have none among themselves.
	due [][]string
}

func (m *modelSub) publish(k Kind, channel, text string, resp3 bool) (n int) {
	var set []string
	if m.names[k][channel] {
		n++
		word := "message"
		if k == Shard {
			word = "smessage"
		}
		m.due = append(m.due, []string{array(resp3, word, channel, text)})
	}
	if k == Channel {
		for p := range m.names[Pattern] {
			if glob.Match([]byte(p), []byte(channel), false) {
				n++
				set = append(set, array(resp3, "pmessage", p, channel, text))
			}
		}
	}
	if set != nil {
		m.due = append(m.due, set)
	}
	return n
}

// compare verifies that got is all that is due.
func (m *modelSub) compare(t *testing.T, got string) {
	t.Helper()
	for _, set := range m.due {
		for len(set) > 0 {
			i := slices.IndexFunc(set, func(s string) bool { return strings.HasPrefix(got, s) })
			if i < 0 {
				t.Fatalf("got %q, want one of %q", got[:min(len(got), 200)], set)
			}
			got = got[len(set[i]):]
			set = slices.Delete(set, i, i+1)
		}
	}
	if got != "" {
		t.Fatalf("got %q too much", got)
	}
	m.due = nil
}

// TestRandomOperationsAgainstModel lets loops deliver late; what each subscriber gets must be as if every message were delivered at once.
func TestRandomOperationsAgainstModel(t *testing.T) {
	const loops, clients = 3, 12
	rnd := rand.New(rand.NewPCG(3, 4))
	h, _ := newHub(loops)
	names := []string{"", "a", "ab", "b", "news.1", "news.2"}
	patterns := []string{"", "*", "a*", "*b", "a", "news.?", "news.[12]", `n\ews*`, "n*1", "?", "**", "ab*ba"}
	name := func(k Kind) string {
		if k == Pattern {
			return patterns[rnd.IntN(len(patterns))]
		}
		return names[rnd.IntN(len(names))]
	}
	subs := make([]*Subscriber, clients)
	boxes := make([]*inbox, clients)
	model := make([]*modelSub, clients)
	renew := func(i int) {
		boxes[i] = &inbox{resp3: rnd.IntN(2) == 0}
		subs[i] = h.NewSubscriber(i%loops, boxes[i])
		model[i] = &modelSub{}
		for k := range model[i].names {
			model[i].names[k] = map[string]bool{}
		}
	}
	for i := range subs {
		renew(i)
	}
	for step := range 30000 {
		i, k := rnd.IntN(clients), Kind(rnd.IntN(int(NumKinds)))
		n := name(k)
		switch op := rnd.IntN(20); {
		case op < 4:
			if subs[i].Subscribe(k, []byte(n)) == model[i].names[k][n] {
				t.Fatal("Subscribe tells the wrong thing")
			}
			model[i].names[k][n] = true
		case op < 7:
			if subs[i].Unsubscribe(k, []byte(n)) != model[i].names[k][n] {
				t.Fatal("Unsubscribe tells the wrong thing")
			}
			delete(model[i].names[k], n)
		case op == 7 && rnd.IntN(5) == 0:
			subs[i].Close()
			renew(i)
		case op < 18:
			kind, channel, text := Kind(rnd.IntN(2)), names[rnd.IntN(len(names))], strconv.Itoa(step)
			switch rnd.IntN(20) {
			case 0:
				text += strings.Repeat("x", longMessage) // which is not copied
			case 1:
				text += strings.Repeat("y", shareFrom/8) // of which some are shared
			}
			want := 0
			for j := range model {
				want += model[j].publish(kind, channel, text, boxes[j].resp3)
			}
			if got := h.Publish(rnd.IntN(loops+1)-1, kind, []byte(channel), []byte(text)); got != want {
				t.Fatalf("Publish to %q returns %d, want %d", channel, got, want)
			}
		default:
			l := rnd.IntN(loops)
			h.Deliver(l)
			for j := range subs {
				if j%loops == l {
					model[j].compare(t, string(boxes[j].got))
					boxes[j].got = nil
				}
			}
		}
		h.check(t, subs)
		if subs[i].Count(k) != len(model[i].names[k]) || len(subs[i].Names(k)) != len(model[i].names[k]) {
			t.Fatal("Count or Names is wrong")
		}
		want := 0
		for j := range model {
			if k != Pattern && model[j].names[k][n] {
				want++
			}
		}
		if k != Pattern && h.NumSub(k, []byte(n)) != want {
			t.Fatalf("NumSub of %q is %d, want %d", n, h.NumSub(k, []byte(n)), want)
		}
	}
	for _, s := range subs {
		s.Close()
		if s.Mem() != 0 {
			t.Fatalf("mem is %d after Close", s.Mem())
		}
	}
	h.check(t, nil)
	if !h.Quiet() {
		t.Fatal("not quiet without subscribers")
	}
}

func TestNamesAreInTheOrderOfSubscription(t *testing.T) {
	h, _ := newHub(1)
	s := h.NewSubscriber(0, &inbox{})
	for _, n := range []string{"c", "a", "b"} {
		s.Subscribe(Channel, []byte(n))
	}
	s.Unsubscribe(Channel, []byte("a"))
	s.Subscribe(Channel, []byte("a"))
	if got := s.Names(Channel); !slices.Equal(got, []string{"c", "b", "a"}) {
		t.Fatalf("%q", got)
	}
	if got := h.Names(Channel, func(n string) bool { return n > "a" }); len(got) != 2 {
		t.Fatalf("%q", got)
	}
}

func TestWakesOnlyOthersAndOnlyOnce(t *testing.T) {
	h, woken := newHub(3)
	for i := range 3 {
		h.NewSubscriber(i, &inbox{}).Subscribe(Channel, []byte("c"))
	}
	h.Publish(1, Channel, []byte("c"), []byte("x"))
	h.Publish(1, Channel, []byte("c"), []byte("y"))
	if len(*woken) != 0 {
		t.Fatalf("woken %v before the end of the turn", *woken)
	}
	h.Served(1)
	if !slices.Equal(*woken, []int{0, 2}) {
		t.Fatalf("woken %v", *woken)
	}
	h.Deliver(0)
	h.Publish(-1, Channel, []byte("c"), []byte("z"))
	if !slices.Equal(*woken, []int{0, 2, 0, 1}) {
		t.Fatalf("woken %v by nobody's loop", *woken)
	}
	if !h.Pending(1) {
		t.Fatal("nothing pending for the loop that publishes")
	}
}

func TestDirectMessages(t *testing.T) {
	h, _ := newHub(2)
	two, three := &inbox{}, &inbox{resp3: true}
	a, b := h.NewSubscriber(0, two), h.NewSubscriber(1, three)
	head := &Head{Resp2: "*3\r\n", Resp3: ">2\r\n"}
	send := func(body string) {
		h.Send(-1, a, head, []byte(body))
		h.Send(-1, b, head, []byte(body))
		h.Deliver(0)
		h.Deliver(1)
	}
	send("x") // a is not in the mode in which RESP2 knows messages
	a.Subscribe(Channel, []byte("c"))
	send("y")
	h.Publish(-1, Channel, []byte("c"), []byte("1"))
	send("z")
	if got := string(two.got); got != "*3\r\ny"+array(false, "message", "c", "1")+"*3\r\nz" {
		t.Fatalf("RESP2: %q", got)
	}
	if got := string(three.got); got != ">2\r\nx>2\r\ny>2\r\nz" {
		t.Fatalf("RESP3: %q", got)
	}
	a.Close()
	h.Send(-1, a, head, []byte("gone"))
	h.Deliver(0)
}

// TestReceiverThatCloses ends subscribers, the one that receives and others, while messages are delivered.
func TestReceiverThatCloses(t *testing.T) {
	for _, channels := range [][]string{{"c"}, {"c", "d"}} {
		h, _ := newHub(1)
		var subs []*Subscriber
		boxes := make([]*inbox, 9)
		for i := range boxes {
			boxes[i] = &inbox{}
			s := h.NewSubscriber(0, boxes[i])
			subs = append(subs, s)
			for _, c := range channels {
				s.Subscribe(Channel, []byte(c))
			}
		}
		boxes[2].on = func() { subs[2].Close(); subs[5].Close(); subs[0].Close() }
		for _, c := range channels {
			h.Publish(0, Channel, []byte(c), []byte("x"))
		}
		h.Deliver(0)
		var left []*Subscriber
		for i, s := range subs {
			if !s.gone {
				left = append(left, s)
			}
			if got := strings.Count(string(boxes[i].got), "message"); i != 5 && got != len(channels) || i == 5 && got != 0 {
				t.Fatalf("subscriber %d got %d messages", i, got)
			}
		}
		h.check(t, left)
	}
}

func TestFullMailbox(t *testing.T) {
	rooms := 0
	h := New(2, Hooks{Wake: func(int) {}, Room: func() { rooms++ }})
	s := h.NewSubscriber(1, &inbox{})
	s.Subscribe(Channel, []byte("c"))
	text := make([]byte, 10_000)
	n := 0
	for ; !h.Full(); n++ {
		h.Publish(0, Channel, []byte("c"), text)
	}
	if n < 20 || n > 30 || h.FullAt(0) || !h.FullAt(1) {
		t.Fatalf("full after %d messages", n)
	}
	h.Publish(0, Channel, []byte("c"), text)
	h.Deliver(1)
	if h.Full() || rooms != 1 {
		t.Fatalf("still full, or told %d times", rooms)
	}
}

// TestOrderUnderParallelPublishing has goroutines publish while loops deliver: one publisher's messages keep their order, and all
// subscribers of a channel see the same order.
func TestOrderUnderParallelPublishing(t *testing.T) {
	const loops, publishers, each = 4, 4, 2000
	wake := make([]chan struct{}, loops)
	for i := range wake {
		wake[i] = make(chan struct{}, 1)
	}
	h := New(loops, Hooks{Wake: func(i int) {
		select {
		case wake[i] <- struct{}{}:
		default:
		}
	}, Room: func() {}})
	boxes := make([]*inbox, loops)
	var loopsDone, published sync.WaitGroup
	stop := make(chan struct{})
	var ready sync.WaitGroup
	ready.Add(loops)
	for i := range loops {
		boxes[i] = &inbox{}
		loopsDone.Go(func() {
			s := h.NewSubscriber(i, boxes[i])
			s.Subscribe(Channel, []byte("a"))
			s.Subscribe(Channel, []byte("b"))
			other := h.NewSubscriber(i, &inbox{})
			ready.Done()
			for {
				select {
				case <-wake[i]:
					h.Deliver(i)
					other.Subscribe(Pattern, []byte("*"))
					other.Unsubscribe(Pattern, []byte("*"))
				case <-stop:
					h.Deliver(i)
					return
				}
			}
		})
	}
	ready.Wait()
	for p := range publishers {
		published.Go(func() {
			for n := range each {
				h.Publish(-1, Channel, []byte{"ab"[n%2]}, fmt.Appendf(nil, "%d-%d", p, n))
			}
		})
	}
	published.Wait()
	close(stop)
	loopsDone.Wait()
	var first map[string][]string
	for i, b := range boxes {
		byChannel := map[string][]string{}
		last := map[string]int{}
		words := strings.Split(string(b.got), "\r\n")
		for at := 0; at+7 <= len(words); at += 7 {
			channel, text := words[at+4], words[at+6]
			byChannel[channel] = append(byChannel[channel], text)
			p, num, _ := strings.Cut(text, "-")
			n, _ := strconv.Atoi(num)
			if n != last[p] {
				t.Fatalf("loop %d: publisher %s: %d after %d", i, p, n, last[p]-1)
			}
			last[p]++
		}
		if len(byChannel["a"])+len(byChannel["b"]) != publishers*each {
			t.Fatalf("loop %d got %d and %d", i, len(byChannel["a"]), len(byChannel["b"]))
		}
		if first == nil {
			first = byChannel
		}
		for _, c := range []string{"a", "b"} {
			if !slices.Equal(first[c], byChannel[c]) {
				t.Fatalf("loops 0 and %d saw channel %s in different orders", i, c)
			}
		}
	}
}

// TestMark has a mark come between what was sent before it and what is sent after it, in a mailbox with messages of a channel and without.
func TestMark(t *testing.T) {
	for _, channel := range []bool{false, true} {
		h, _ := newHub(1)
		to, other := &inbox{resp3: true}, &inbox{}
		s := h.NewSubscriber(0, to)
		o := h.NewSubscriber(0, other)
		if channel {
			s.Subscribe(Channel, []byte("c"))
			o.Subscribe(Channel, []byte("c"))
		}
		send := func(text string) {
			h.Send(0, s, &Head{Resp3: ">"}, []byte(text))
			h.Publish(0, Channel, []byte("c"), []byte(text))
		}
		before := ""
		send("1")
		h.Mark(0, s, func() { before = string(to.got) })
		send("2")
		h.Deliver(0)
		one, two := ">1", ">2"
		if channel {
			one, two = one+array(true, "message", "c", "1"), two+array(true, "message", "c", "2")
			if want := array(false, "message", "c", "1") + array(false, "message", "c", "2"); string(other.got) != want {
				t.Errorf("the other got %q, want %q", other.got, want)
			}
		}
		if before != one || string(to.got) != one+two {
			t.Errorf("before the mark %q, in all %q", before, to.got)
		}
		h.check(t, []*Subscriber{s, o})
	}
}
