package store

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// guarded is what the tests' lock guards: it notices when the lock lets two in.
type guarded struct {
	rwLock
	writers, readers atomic.Int32
	n                int // written under the lock, so that the race detector looks too
}

func newGuarded(onLong func()) *guarded {
	g := &guarded{}
	g.init(onLong)
	return g
}

func (g *guarded) write(t *testing.T) {
	if g.writers.Add(1) != 1 || g.readers.Load() != 0 {
		t.Error("a writer is not alone")
	}
	g.n++
	g.writers.Add(-1)
}

func (g *guarded) read(t *testing.T) int {
	g.readers.Add(1)
	if g.writers.Load() != 0 {
		t.Error("a reader beside a writer")
	}
	n := g.n
	g.readers.Add(-1)
	return n
}

// All ways to lock, by many goroutines: nobody is let in wrongly, everybody comes through, nothing stays set.
func TestLockExclusion(t *testing.T) {
	var wakes atomic.Int64
	g := newGuarded(func() { wakes.Add(1) })
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 2000 {
				switch rand.IntN(12) {
				case 0:
					g.lockLong()
					g.write(t)
					g.unlockLong()
				case 1:
					g.rlockLong()
					g.read(t)
					g.runlockLong()
				case 2, 3, 4:
					g.lock()
					g.write(t)
					g.unlock()
				case 5, 6, 7:
					g.rlock()
					g.read(t)
					g.runlock()
				case 8, 9:
					if g.tryLock() {
						g.write(t)
						g.unlock()
					}
				default:
					if g.tryRLock() {
						g.read(t)
						g.runlock()
					}
				}
			}
		})
	}
	wg.Wait()
	if s := g.state.Load() &^ lockParkedW; s != 0 {
		t.Fatalf("state is %#x at the end", s)
	}
	t.Logf("onLong was called %d times", wakes.Load())
}

// soon fails the test unless f returns soon.
func soon(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { f(); close(done) }()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatalf("%s: still waiting", what)
	}
}

func TestTryNeverWaitsForLongHolder(t *testing.T) {
	var wakes atomic.Int32
	g := newGuarded(func() { wakes.Add(1) })

	g.lockLong()
	soon(t, "Try behind a long writer", func() {
		if g.tryLock() || g.tryRLock() {
			t.Error("Try got in beside a long writer")
		}
	})
	g.unlockLong()
	if wakes.Load() != 1 {
		t.Fatalf("onLong was called %d times after a long writer", wakes.Load())
	}

	g.rlockLong()
	g.rlockLong()
	soon(t, "Try behind a long reader", func() {
		if g.tryLock() {
			t.Error("TryLock got in beside a long reader")
		}
		if !g.tryRLock() {
			t.Error("TryRLock must get in beside a long reader")
		}
		g.runlock()
	})
	g.runlockLong()
	if wakes.Load() != 1 {
		t.Fatal("onLong was called while a long reader is there")
	}
	g.runlockLong()
	if wakes.Load() != 2 {
		t.Fatalf("onLong was called %d times after long readers", wakes.Load())
	}
	soon(t, "TryLock", func() {
		if !g.tryLock() {
			t.Error("TryLock failed on a free lock")
		}
		g.unlock()
	})

	g.lockLong()
	g.unlockLong()
	if wakes.Load() != 2 || g.state.Load() != 0 {
		t.Fatal("onLong was called though nobody failed")
	}
}

// waiting returns when a writer has said that it waits.
func waiting(t *testing.T, g *guarded, bits uint32) {
	t.Helper()
	for i := 0; g.state.Load()&bits != bits; i++ {
		if i > 5000 {
			t.Fatalf("state is %#x, nobody waits", g.state.Load())
		}
		time.Sleep(time.Millisecond)
	}
}

// A short writer that waits for a long reader holds nobody back; a long writer that waits makes Try fail, but for readers
// beside a long reader.
func TestWaitingWriters(t *testing.T) {
	g := newGuarded(nil)
	g.rlockLong()
	got := make(chan struct{})
	go func() { g.lock(); g.write(t); g.unlock(); close(got) }()
	waiting(t, g, lockWaiting)
	soon(t, "reading beside a long reader", func() {
		g.rlock()
		g.runlock()
		if !g.tryRLock() {
			t.Error("TryRLock failed beside a long reader")
		}
		g.runlock()
	})
	g.runlockLong()
	<-got

	g.rlock()
	got = make(chan struct{})
	go func() { g.lockLong(); g.write(t); g.unlockLong(); close(got) }()
	waiting(t, g, lockLongWait)
	soon(t, "Try behind a waiting long writer", func() {
		if g.tryRLock() || g.tryLock() {
			t.Error("Try got in before a waiting long writer")
		}
	})
	g.runlock()
	<-got
	soon(t, "the free lock", func() { g.lock(); g.unlock() })
}

// Readers that never leave the lock free do not keep a writer out, nor do overlapping long readers keep out a writer that tries.
func TestWritersDoNotStarve(t *testing.T) {
	woken := make(chan struct{}, 1)
	g := newGuarded(func() {
		select {
		case woken <- struct{}{}:
		default:
		}
	})
	var stop atomic.Bool
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for !stop.Load() {
				g.rlock()
				g.read(t)
				g.runlock()
			}
		})
	}
	soon(t, "a writer among readers", func() {
		for range 100 {
			g.lock()
			g.write(t)
			g.unlock()
		}
	})
	for range 2 {
		wg.Go(func() {
			for !stop.Load() {
				g.rlockLong()
				time.Sleep(3 * time.Millisecond)
				g.runlockLong()
			}
		})
	}
	soon(t, "a writer that tries among long readers", func() {
		for n := 0; n < 5; {
			if g.tryLock() {
				g.write(t)
				g.unlock()
				n++
				continue
			}
			<-woken
		}
	})
	stop.Store(true)
	wg.Wait()
}

// TestUnlockBatchLetsSleepersIn: who unlocks between two batches waits while others wake up, or would have the lock again before them.
func TestUnlockBatchLetsSleepersIn(t *testing.T) {
	g := newGuarded(nil)
	for range 20 {
		g.lock()
		done := make(chan bool)
		go func() {
			g.lock()
			g.unlock()
			close(done)
		}()
		waiting(t, g, lockSleepers)
		start := time.Now()
		g.unlockBatch()
		if took := time.Since(start); took < batchPause {
			t.Fatalf("%v until the next batch, want %v", took, batchPause)
		}
		<-done
	}
}
