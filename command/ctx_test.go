package command

import (
	"testing"

	"radish/resp"
	"radish/store"
)

func TestEqualFold(t *testing.T) {
	for _, c := range []struct {
		b, word string
		want    bool
	}{
		{"GeT", "get", true}, {"get", "get", true}, {"", "", true}, {"ge", "get", false}, {"gets", "get", false},
		{"g@t", "g`t", false}, {"G\xc5T", "g\xe5t", false},
	} {
		if EqualFold([]byte(c.b), c.word) != c.want {
			t.Errorf("%q and %q", c.b, c.word)
		}
	}
}

// TestFind: a lookup in order to read counts, touches, and tells of a miss; see also TestObject.
func TestFind(t *testing.T) {
	h := newHarness(t)
	h.run("set", "k", "v")
	var events []string
	h.env.KeyEvent = func(_ *Ctx, _ int, k store.Key, class EventClass, event string, changed bool) {
		if class != EventKeyMiss || changed {
			t.Errorf("event %s of class %d", event, class)
		}
		events = append(events, event+" "+string(k.B))
	}
	c := &Ctx{Env: h.env, DB: h.store.DB(0, h.now), Keys: []store.Key{h.store.Key([]byte("k")), h.store.Key([]byte("l"))}}
	if !c.Find(0).Ok() || c.Find(1).Ok() || !c.FindUntouched(0).Ok() || c.FindUntouched(1).Ok() {
		t.Error("finds the wrong keys")
	}
	if _, err := c.String(0); err != nil {
		t.Error(err)
	}
	if c.Hits != 3 || c.Misses != 2 || len(events) != 2 || events[0] != "keymiss l" {
		t.Errorf("%d hits, %d misses, events %q", c.Hits, c.Misses, events)
	}
	h.env.Observed.Store(false)
	c.Find(1)
	c.Changed(c.Keys[0], EventString, "set")
	c.ChangedIn(1, c.Keys[0], EventString, "set")
	if len(events) != 2 || c.Misses != 3 || c.Dirty != 2 {
		t.Errorf("unobserved: %d misses, dirty %d, events %q", c.Misses, c.Dirty, events)
	}
}

func TestDBAt(t *testing.T) {
	h := newHarness(t)
	c := &Ctx{Env: h.env, DB: h.store.DB(0, h.now)}
	c.DB.NoTouch, c.DB.Locked = true, true
	if db := c.DBAt(3); db.Index != 3 || db.Now != h.now || !db.NoTouch || !db.Locked {
		t.Errorf("%+v", db)
	}
}

func TestOffload(t *testing.T) {
	c := &Ctx{OnLoop: true}
	if c.Offload(offloadWork) || !c.Offload(offloadWork+1) {
		t.Error("on a loop")
	}
	c.OnLoop = false
	if c.Offload(1 << 40) {
		t.Error("on a worker")
	}
}

func TestReplyHelp(t *testing.T) {
	w := resp.Writer{Proto: 2}
	c := &Ctx{Args: [][]byte{[]byte("some"), []byte("help")}, Reply: &w}
	if err := c.ReplyHelp("ONE", "    The first."); err != nil {
		t.Fatal(err)
	}
	const want = "*5\r\n+SOME <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n+ONE\r\n+    The first.\r\n+HELP\r\n+    Print this help.\r\n"
	if string(w.Buf) != want {
		t.Errorf("got %q", w.Buf)
	}
}
