package txn

import (
	"sync"
	"testing"
)

func TestTouchMarksOnlyWatchersOfTheKey(t *testing.T) {
	r := NewWatches(4)
	var a, b Watcher
	r.Watch(&a, 1, 0, []byte("k"), true)
	r.Watch(&a, 1, 0, []byte("k"), true)
	r.Watch(&b, 1, 5, []byte("k"), true)
	if r.Count() != 2 {
		t.Fatalf("count is %d, want 2", r.Count())
	}
	r.Touch(1, 0, []byte("other"))
	r.Touch(2, 0, []byte("k"))
	if a.Dirty() || b.Dirty() {
		t.Fatal("a watcher is dirty although its key was not touched")
	}
	r.Touch(1, 0, []byte("k"))
	if !a.Dirty() || b.Dirty() {
		t.Fatalf("dirty: a %v, b %v; want true, false", a.Dirty(), b.Dirty())
	}
	r.Forget(&a)
	if a.Dirty() || a.Len() != 0 || r.Count() != 1 {
		t.Fatal("Forget left something")
	}
	r.Touch(1, 0, []byte("k"))
	if a.Dirty() {
		t.Fatal("a forgotten watcher was marked")
	}
}

func TestTouchAllLeavesOutWhatWasAndIsNotThere(t *testing.T) {
	r := NewWatches(2)
	var was, is, neither, elsewhere Watcher
	r.Watch(&was, 0, 0, []byte("was"), true)
	r.Watch(&is, 1, 0, []byte("is"), false)
	r.Watch(&neither, 1, 0, []byte("no"), false)
	r.Watch(&elsewhere, 1, 1, []byte("is"), true)
	r.TouchAll(func(db int) bool { return db == 0 }, func(db int, key string) bool { return key == "is" })
	if !was.Dirty() || !is.Dirty() || neither.Dirty() || elsewhere.Dirty() {
		t.Fatalf("dirty: %v %v %v %v; want true true false false", was.Dirty(), is.Dirty(), neither.Dirty(), elsewhere.Dirty())
	}
}

func TestTouchLapsedMarksWhoSawTheKeyLive(t *testing.T) {
	r := NewWatches(1)
	var live, stale Watcher
	r.Watch(&live, 0, 0, []byte("k"), true)
	r.Watch(&stale, 0, 0, []byte("k"), false)
	r.TouchLapsed(0, 0, []byte("k"))
	if !live.Dirty() || stale.Dirty() {
		t.Fatalf("dirty: %v %v; want true false", live.Dirty(), stale.Dirty())
	}
	var keys []string
	stale.Each(func(shard, db int, key string, live bool) { keys = append(keys, key) })
	if len(keys) != 1 || keys[0] != "k" {
		t.Fatalf("Each yields %q", keys)
	}
}

func TestWatchFromManyGoroutines(t *testing.T) {
	r := NewWatches(2)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			var w Watcher
			key := []byte{byte('a' + g%3)}
			for range 1000 {
				r.Watch(&w, g%2, 0, key, true)
				r.Touch(g%2, 0, key)
				if !w.Dirty() {
					t.Error("a touch after Watch did not mark")
					return
				}
				r.Forget(&w)
			}
		}()
	}
	wg.Wait()
	if r.Count() != 0 {
		t.Fatalf("%d keys are still watched", r.Count())
	}
}
