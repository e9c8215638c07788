package server

import (
	"sync/atomic"
	"testing"

	"radish/command"
)

// concat is a command for tests: it stores the strings of its other keys, joined, at its first key.
type concat struct {
	prepares, frees  atomic.Int64
	direct, prepared atomic.Int64
	onPrepare        atomic.Pointer[func(c *command.Ctx)] // runs in Prepare, after the keys were read
}

type joined struct {
	of  *concat
	val []byte
}

func (j *joined) Free() { j.of.frees.Add(1) }

func (t *concat) row() command.Spec {
	return command.Spec{Name: "concat", Arity: -3, Flags: command.Write, Group: command.GroupString, Since: "1.0.0", Summary: "Joins strings.",
		Syntax: "destination key [key ...]",
		Keys: []command.KeySpec{{Flags: command.KeyOW | command.KeyUpdate, Begin: 1, Step: 1},
			{Flags: command.KeyRO | command.KeyAccess, Begin: 2, Last: -1, Step: 1}},
		Handler: t.handle, Prepare: t.prepare}
}

func (t *concat) join(c *command.Ctx) (val []byte, err error) {
	for i := 1; i < len(c.Keys); i++ {
		e, err := c.String(i)
		if err != nil {
			return nil, err
		}
		if e.Ok() {
			val = e.Append(val)
		}
	}
	if string(val) == "bad" {
		return nil, command.ErrSyntax
	}
	return val, nil
}

func (t *concat) prepare(c *command.Ctx) error {
	t.prepares.Add(1)
	val, err := t.join(c)
	if err != nil {
		return err
	}
	if fn := t.onPrepare.Load(); fn != nil {
		(*fn)(c)
	}
	if string(val) != "unprepared" {
		c.Prepared.Value = &joined{t, val}
	}
	return nil
}

func (t *concat) handle(c *command.Ctx) error {
	if c.OnLoop {
		return command.ErrOffload
	}
	var val []byte
	if j, ok := c.Prepared.Take().(*joined); ok {
		t.prepared.Add(1)
		val = j.val
	} else {
		t.direct.Add(1)
		var err error
		if val, err = t.join(c); err != nil {
			return err
		}
	}
	c.DB.SetString(c.Keys[0], val, 0)
	c.Changed(c.Keys[0], command.EventString, "set")
	c.Reply.Int(int64(len(val)))
	return nil
}

func (t *concat) wantCounts(tb testing.TB, what string, prepares, frees, prepared, direct int64) {
	tb.Helper()
	got := [4]int64{t.prepares.Swap(0), t.frees.Swap(0), t.prepared.Swap(0), t.direct.Swap(0)}
	if want := [4]int64{prepares, frees, prepared, direct}; got != want {
		tb.Errorf("%s: prepares, frees, handlers with and without a prepared value %v, want %v", what, got, want)
	}
}

func TestPreparedCommand(t *testing.T) {
	cmd := &concat{}
	s, addr := startServerWith(t, []command.Spec{cmd.row()})
	w, other := dial(t, addr), dial(t, addr)
	w.do("MSET a A b B bad bad un unprepared")

	want(t, "concat", w.do("CONCAT d a b none"), ":2\r\n")
	cmd.wantCounts(t, "undisturbed", 1, 0, 1, 0)
	want(t, "GET d", w.do("GET d"), "$2\r\nAB\r\n")

	want(t, "concat with an error", w.do("CONCAT d bad"), "-ERR syntax error\r\n")
	cmd.wantCounts(t, "an error", 1, 0, 0, 0) // nor under the lock that stops others

	want(t, "concat of what is not prepared", w.do("CONCAT d un"), ":10\r\n")
	cmd.wantCounts(t, "nothing prepared", 1, 0, 0, 1)

	w.do("MULTI")
	w.do("CONCAT d a b")
	want(t, "EXEC", w.do("EXEC"), "*1\r\n:2\r\n")
	cmd.wantCounts(t, "inside EXEC", 0, 0, 0, 1)

	// Others read beside Prepare. The test changes keys behind its back, as a writer between the two locks would.
	change := func(key string, values ...string) {
		fn := func(c *command.Ctx) {
			want(t, "GET b beside Prepare", other.do("GET b"), "$1\r\nB\r\n")
			if len(values) > 0 {
				db := s.store.DB(0, c.DB.Now)
				db.SetString(db.Key([]byte(key)), []byte(values[0]), 0)
				values = values[1:]
			}
		}
		cmd.onPrepare.Store(&fn)
	}
	change("a", "AA")
	want(t, "concat of a key that changes", w.do("CONCAT d a b"), ":3\r\n")
	cmd.wantCounts(t, "changed once", 2, 1, 1, 0)

	change("a", "A", "AAA")
	want(t, "concat of a key that changes again", w.do("CONCAT d a b"), ":4\r\n")
	cmd.wantCounts(t, "changed twice", 2, 2, 0, 1)

	change("d", "other") // it is only overwritten
	want(t, "concat to a key that changes", w.do("CONCAT d a b"), ":4\r\n")
	cmd.wantCounts(t, "the destination changed", 1, 0, 1, 0)
	want(t, "GET d", w.do("GET d"), "$4\r\nAAAB\r\n")
}
