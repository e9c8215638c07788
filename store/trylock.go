package store

// lockNowTries is how often TryLockNow looks: for less than a microsecond.
const lockNowTries = 100

// TryLockNow takes shard i for writing, for a short time, if it is free now or within a moment. Unlike TryLock it waits for
// nobody, so whoever holds other shards may call it for any shard. Nobody is told when it fails.
func (s *Store) TryLockNow(i int) bool {
	l := &s.shards[i].lock
	for range lockNowTries {
		if l.state.Load() == 0 && l.state.CompareAndSwap(0, lockWriter) {
			return true
		}
	}
	return false
}
