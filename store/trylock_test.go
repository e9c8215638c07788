package store

import "testing"

func TestTryLockNowWaitsForNobody(t *testing.T) {
	s, err := New(Options{Databases: 1, Shards: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for name, held := range map[string]struct{ lock, unlock func(int) }{
		"a writer": {s.Lock, s.Unlock}, "a reader": {s.RLock, s.RUnlock}, "a long reader": {s.RLockLong, s.RUnlockLong}, "itself": {func(i int) { s.TryLockNow(i) }, s.Unlock},
	} {
		held.lock(0)
		if s.TryLockNow(0) {
			t.Errorf("TryLockNow succeeds beside %s", name)
		}
		held.unlock(0)
		if !s.TryLockNow(0) {
			t.Errorf("TryLockNow fails after %s", name)
		}
		s.Unlock(0)
	}
}
