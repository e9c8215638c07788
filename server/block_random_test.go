package server

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestBlockedClientsAreServedInOrder: those who wait for a key get its elements in the order in which they came, on
// whatever loops they are, also when some of them leave.
func TestBlockedClientsAreServedInOrder(t *testing.T) {
	s, addr := startServer(t, "--io-threads", "4")
	w := dial(t, addr)
	const n = 120
	var waiting []*wire
	var ids []string
	for i := range n {
		a := dial(t, addr)
		ids = append(ids, a.id())
		a.send([]string{"BLPOP k 0", "BLPOP other k 0", "BLMPOP 0 2 k other LEFT", "BLMOVE k done LEFT RIGHT 0"}[i%4])
		waitFor(t, s, int64(i+1))
		waiting = append(waiting, a)
	}
	stay := waiting[:0:0]
	for i, a := range waiting {
		switch rand.IntN(4) {
		case 0:
			want(t, "UNBLOCK", w.do("CLIENT UNBLOCK "+ids[i]), ":1\r\n")
		case 1:
			a.nc.Close()
		default:
			stay = append(stay, a)
		}
	}
	waitFor(t, s, int64(len(stay)))
	for i := 0; i < len(stay); {
		line := "RPUSH k"
		for range 1 + rand.IntN(5) {
			line += fmt.Sprintf(" e%d", i)
			i++
		}
		w.do(line)
	}
	for i, a := range stay {
		if r := a.reply(); !strings.Contains(r, fmt.Sprintf("\r\ne%d\r\n", i)) {
			t.Fatalf("client %d got %q", i, r)
		}
	}
	w.do("DEL k done")
	wantNobodyWaiting(t, s)
}

// blockStorm is many clients that push and pop at random, while some leave.
type blockStorm struct {
	t        *testing.T
	addr     string
	keys     []string
	mu       sync.Mutex
	got      map[string]int // elements that were delivered
	pushed   atomic.Int64
	idsMu    sync.Mutex
	ids      []string
	deadline time.Time
}

func (b *blockStorm) key(r *rand.Rand) string { return b.keys[r.IntN(len(b.keys))] }

// take notes the elements in a reply: they begin with "e:".
func (b *blockStorm) take(reply string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for line := range strings.SplitSeq(reply, "\r\n") {
		if strings.HasPrefix(line, "e:") {
			b.got[line]++
		}
	}
}

func (b *blockStorm) push(r *rand.Rand) {
	w := dial(b.t, b.addr)
	for time.Now().Before(b.deadline) {
		elem := func() string { return fmt.Sprintf("e:%d", b.pushed.Add(1)) }
		switch r.IntN(6) {
		case 0:
			w.send("MULTI", "RPUSH "+b.key(r)+" "+elem(), "LPUSH "+b.key(r)+" "+elem(), "EXEC")
			for range 4 {
				w.reply()
			}
		case 1:
			k := "private" + strings.ReplaceAll(w.id(), ":", "")
			w.send("RPUSH "+k+" "+elem(), "RENAMENX "+k+" "+b.key(r), "BLMOVE "+k+" "+b.key(r)+" LEFT LEFT 0.001")
			w.reply()
			w.reply()
			w.reply()
		case 2:
			w.do("RPUSH " + b.key(r) + " " + elem() + " " + elem() + " " + elem())
		default:
			w.do("RPUSH " + b.key(r) + " " + elem())
		}
		if r.IntN(3) == 0 {
			time.Sleep(time.Duration(r.IntN(300)) * time.Microsecond)
		}
	}
}

func (b *blockStorm) pop(r *rand.Rand) {
	w := dial(b.t, b.addr)
	b.idsMu.Lock()
	b.ids = append(b.ids, w.id())
	b.idsMu.Unlock()
	for time.Now().Before(b.deadline) {
		timeout := []string{"0.001", "0.01", "1"}[r.IntN(3)]
		moves := false
		switch r.IntN(6) {
		case 0:
			w.send("BLPOP " + b.key(r) + " " + b.key(r) + " " + b.key(r) + " " + timeout)
		case 1:
			w.send("BRPOP " + b.key(r) + " " + timeout)
		case 2:
			w.send("BLMPOP " + timeout + " 2 " + b.key(r) + " " + b.key(r) + " RIGHT COUNT 3")
		case 3:
			w.send("LPOP " + b.key(r))
		default:
			moves = true
			w.send("BLMOVE " + b.key(r) + " " + b.key(r) + " LEFT RIGHT " + timeout)
		}
		if moves && r.IntN(10) == 0 { // who moves elements loses none, whenever it leaves
			time.Sleep(time.Duration(r.IntN(2000)) * time.Microsecond)
			w.nc.Close()
			w = dial(b.t, b.addr)
			continue
		}
		if reply := w.reply(); !moves {
			b.take(reply)
		}
	}
}

func (b *blockStorm) unblock(r *rand.Rand) {
	w := dial(b.t, b.addr)
	for time.Now().Before(b.deadline) {
		b.idsMu.Lock()
		id := b.ids[r.IntN(len(b.ids))]
		b.idsMu.Unlock()
		w.do("CLIENT UNBLOCK " + id)
	}
}

// TestBlockedClientsAtRandom: whatever happens at once on several loops and shards, each element is delivered once or is
// still there.
func TestBlockedClientsAtRandom(t *testing.T) {
	s, addr := startServer(t, "--io-threads", "4")
	b := &blockStorm{t: t, addr: addr, keys: strings.Fields("a b c d e f g h"), got: make(map[string]int), deadline: time.Now().Add(1500 * time.Millisecond)}
	b.ids = append(b.ids, "1")
	var wg sync.WaitGroup
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	for i := range 21 {
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		run := b.pop
		switch {
		case i < 5:
			run = b.push
		case i == 20:
			run = b.unblock
		}
		wg.Go(func() { run(r) })
	}
	wg.Wait()
	eventually(t, "nobody waits", func() bool { return s.blocked.Load() == 0 })
	w := dial(t, addr)
	left := 0
	for line := range strings.SplitSeq(w.do("KEYS *"), "\r\n") {
		if line != "" && line[0] != '*' && line[0] != '$' {
			rest := w.do("LRANGE " + line + " 0 -1")
			left += strings.Count(rest, "\r\ne:")
			b.take(rest)
		}
	}
	for e, n := range b.got {
		if n != 1 {
			t.Errorf("%s was delivered %d times", e, n)
		}
	}
	if missing := b.pushed.Load() - int64(len(b.got)); missing != 0 {
		t.Errorf("%d of %d elements are missing; %d are in lists", missing, b.pushed.Load(), left)
	}
	wantNobodyWaiting(t, s)
}
