package store

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// rwLock is a shard's readers-writer lock: one atomic operation to lock and one to unlock while nobody else wants it.
//
// Rules:
//   - Readers share; a writer is alone. A waiting writer holds back new readers, so readers cannot starve it. Nobody takes
//     a lock that it already holds.
//   - A holder is short (microseconds: Lock, RLock, TryLock, TryRLock) or long (LockLong, RLockLong).
//   - Lock, RLock and the long variants wait for any holder: they spin a little, then sleep.
//   - TryLock and TryRLock wait like that for short holders, but never for a long one: when a long holder has the lock in a way
//     that excludes them, or a long writer waits for it, they return false at once. Then the last of the long holders
//     calls onLong after it has unlocked, so that whoever failed tries again.
//   - While long readers hold the lock, a waiting writer does not hold back short readers: it would have to
//     wait for the long ones anyway. So reads beside a long read go on.
//   - When a TryLock failed because of long readers, new long readers wait a moment (up to yieldMax) for that writer to have
//     its turn: overlapping long reads cannot shut writers out for ever.
type rwLock struct {
	state atomic.Uint32
	slow  *slowLock
}

// slowLock is what waiting needs; it lies apart, so that the lock is small.
type slowLock struct {
	mu     sync.Mutex
	wake   sync.Cond // L is mu
	spin   bool      // there are several CPUs
	onLong func()
}

// The state word. long counts the long holders, readers all readers, long ones included.
const (
	lockReaders    = 1<<16 - 1 // mask of the number of readers
	lockWriter     = 1 << 16   // a writer holds it
	lockWaiting    = 1 << 17   // a writer waits: new readers hold back
	lockLongWait   = 1 << 18   // a long writer waits: Try fails
	lockSleepers   = 1 << 19   // somebody sleeps on slow.wake
	lockParked     = 1 << 20   // a Try failed: call onLong
	lockParkedW    = 1 << 21   // a TryLock failed because of long readers; cleared by the next writer
	lockLong       = 1 << 22   // unit of the number of long holders
	lockLongMask   = ^uint32(lockLong - 1)
	lockWriterPlus = lockWriter | lockWaiting
)

const (
	spins      = 500 // about 10 µs: a short holder on another CPU is done by then, and to sleep and be woken takes as long
	batchPause = 100 * time.Microsecond

	yieldMax = 20 // times 100 µs that a long reader lets a parked writer go first
)

func (l *rwLock) init(onLong func()) {
	l.slow = &slowLock{onLong: onLong, spin: runtime.NumCPU() > 1}
	l.slow.wake.L = &l.slow.mu
}

func (l *rwLock) lock() {
	if !l.state.CompareAndSwap(0, lockWriter) {
		l.lockSlow(lockWriter, lockWaiting, false)
	}
}

func (l *rwLock) tryLock() bool {
	return l.state.CompareAndSwap(0, lockWriter) || l.lockSlow(lockWriter, lockWaiting, true)
}

func (l *rwLock) unlock() {
	if !l.state.CompareAndSwap(lockWriter, 0) {
		l.unlockSlow(lockWriter)
	}
}

// unlockBatch is unlock for who takes the lock again for the next batch: those who sleep go first. Without a pause it would have the lock
// again, time after time, before the system has them awake.
func (l *rwLock) unlockBatch() {
	asleep := l.state.Load()&lockSleepers != 0
	l.unlock()
	if asleep {
		time.Sleep(batchPause)
	}
}

func (l *rwLock) rlock() {
	if s := l.state.Load(); s&lockWriterPlus != 0 || !l.state.CompareAndSwap(s, s+1) {
		l.rlockSlow(1, false)
	}
}

func (l *rwLock) tryRLock() bool {
	if s := l.state.Load(); s&lockWriterPlus == 0 && l.state.CompareAndSwap(s, s+1) {
		return true
	}
	return l.rlockSlow(1, true)
}

// tryRLockNow is tryRLock that gives up at once, and of which nobody will be told.
func (l *rwLock) tryRLockNow() bool {
	s := l.state.Load()
	return s&lockWriterPlus == 0 && l.state.CompareAndSwap(s, s+1)
}

func (l *rwLock) runlock() {
	if s := l.state.Load(); s&(lockSleepers|lockLongMask) != 0 || !l.state.CompareAndSwap(s, s-1) {
		l.unlockSlow(1)
	}
}

func (l *rwLock) lockLong()    { l.lockSlow(lockWriter+lockLong, lockWaiting|lockLongWait, false) }
func (l *rwLock) unlockLong()  { l.unlockSlow(lockWriter + lockLong) }
func (l *rwLock) runlockLong() { l.unlockSlow(1 + lockLong) }

// long says whether a long holder has it.
func (l *rwLock) long() bool { return l.state.Load()&lockLongMask != 0 }

func (l *rwLock) rlockLong() {
	for i := 0; i < yieldMax && l.state.Load()&lockParkedW != 0; i++ {
		time.Sleep(100 * time.Microsecond)
	}
	l.rlockSlow(1+lockLong, false)
}

// lockSlow takes the lock for writing by adding unit. While it waits it keeps the bits of intent set. With try it gives up,
// and says false, when a long holder or long writer is in the way.
func (l *rwLock) lockSlow(unit, intent uint32, try bool) bool {
	for n := 0; ; n++ {
		s := l.state.Load()
		switch {
		case s&(lockReaders|lockWriter) == 0 && !(try && s&lockLongWait != 0):
			// Other waiting writers set their intent again when they look next.
			if l.state.CompareAndSwap(s, (s&^(intent|lockWaiting|lockParkedW))+unit) {
				return true
			}
		case try && (s&lockLongMask != 0 || s&lockLongWait != 0):
			next := s | lockParked
			if s&lockReaders != 0 {
				next |= lockParkedW
			}
			if s&lockLongWait == 0 {
				next &^= lockWaiting // perhaps ours; a writer that sleeps sets it again when the long holder wakes it
			}
			if next == s || l.state.CompareAndSwap(s, next) {
				return false
			}
		case s&intent != intent:
			l.state.CompareAndSwap(s, s|intent)
		default:
			l.wait(n, s)
		}
	}
}

// rlockSlow takes the lock for reading by adding unit; try as in lockSlow.
func (l *rwLock) rlockSlow(unit uint32, try bool) bool {
	for n := 0; ; n++ {
		s := l.state.Load()
		free := s&lockWriter == 0 && (s&lockWaiting == 0 || s&lockLongMask != 0)
		switch {
		case free:
			if l.state.CompareAndSwap(s, s+unit) {
				return true
			}
		case try && (s&lockLongMask != 0 || s&lockLongWait != 0):
			if s&lockParked != 0 || l.state.CompareAndSwap(s, s|lockParked) {
				return false
			}
		default:
			l.wait(n, s)
		}
	}
}

// wait lets some time pass: at first it spins, then it lets other goroutines run, then it sleeps until an unlock.
func (l *rwLock) wait(n int, s uint32) {
	if n < spins && l.slow.spin {
		for range 20 {
			if l.state.Load() != s {
				return
			}
		}
		return
	}
	if n < spins+4 {
		runtime.Gosched()
		return
	}
	w := l.slow
	w.mu.Lock()
	// The holder wakes under mu, and only after it has seen this bit: no wake-up is lost.
	if s&lockSleepers != 0 && l.state.Load() == s || l.state.CompareAndSwap(s, s|lockSleepers) {
		w.wake.Wait()
	}
	w.mu.Unlock()
}

// unlockSlow subtracts unit, wakes the sleepers if the lock became free for some of them, and calls onLong if the last long holder
// left and somebody failed meanwhile.
func (l *rwLock) unlockSlow(unit uint32) {
	for {
		s := l.state.Load()
		next := s - unit
		wake := next&lockSleepers != 0 && next&(lockReaders|lockWriter) == 0 ||
			next&lockSleepers != 0 && unit >= lockLong // short readers may pass, or wait, when a long holder is gone
		parked := next&lockParked != 0 && next&(lockLongMask|lockLongWait) == 0
		if wake {
			next &^= lockSleepers
		}
		if parked {
			next &^= lockParked
		}
		if !l.state.CompareAndSwap(s, next) {
			continue
		}
		if wake {
			l.slow.mu.Lock()
			l.slow.wake.Broadcast()
			l.slow.mu.Unlock()
		}
		if parked && l.slow.onLong != nil {
			l.slow.onLong()
		}
		return
	}
}

// Lock takes shard i for writing, for a short time. It waits for any holder.
func (s *Store) Lock(i int) { s.shards[i].lock.lock() }

// Unlock ends Lock or TryLock.
func (s *Store) Unlock(i int) { s.shards[i].lock.unlock() }

// RLock takes shard i for reading, for a short time. It waits for any writer.
func (s *Store) RLock(i int) { s.shards[i].lock.rlock() }

// RUnlock ends RLock or TryRLock.
func (s *Store) RUnlock(i int) { s.shards[i].lock.runlock() }

// TryLock takes shard i for writing, for a short time. It waits for short holders, but not for long ones:
// then it returns false, and Options.OnLongUnlock will be called for the shard.
func (s *Store) TryLock(i int) bool { return s.shards[i].lock.tryLock() }

// TryRLock takes shard i for reading, for a short time. It waits for short writers, but not for long ones:
// then it returns false, and Options.OnLongUnlock will be called for the shard.
func (s *Store) TryRLock(i int) bool { return s.shards[i].lock.tryRLock() }

// LockLong takes shard i for writing, by somebody who may keep it for longer than a millisecond.
func (s *Store) LockLong(i int) { s.shards[i].lock.lockLong() }

// UnlockLong ends LockLong, and calls Options.OnLongUnlock if a Try failed meanwhile.
func (s *Store) UnlockLong(i int) { s.shards[i].lock.unlockLong() }

// RLockLong takes shard i for reading, by somebody who may keep it for longer than a millisecond.
func (s *Store) RLockLong(i int) { s.shards[i].lock.rlockLong() }

// RUnlockLong ends RLockLong, and calls Options.OnLongUnlock if a Try failed meanwhile and no other long holder is there.
func (s *Store) RUnlockLong(i int) { s.shards[i].lock.runlockLong() }
