package command

import (
	"fmt"
	"strings"
	"testing"
)

func TestEffects(t *testing.T) {
	var e Effects
	c := &Ctx{Args: [][]byte{[]byte("SET"), []byte("k"), []byte("v")}}
	c.DB.Index = 2
	if e.Finish(c); e.N != 0 {
		t.Error("a command that changed nothing is logged")
	}
	e.Next()
	c.Dirty = 1
	if !e.Pending(c) {
		t.Error("nothing to add")
	}
	e.Finish(c)
	e.Finish(c)
	if one := string(e.Text()); one != "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n" {
		t.Errorf("one command is logged as %q", one)
	}
	e.Add(3, []byte("DEL"), []byte("x"))
	const want = "*1\r\n$5\r\nMULTI\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n3\r\n*2\r\n$3\r\nDEL\r\n$1\r\nx\r\n*1\r\n$4\r\nEXEC\r\n"
	if string(e.Text()) != want || e.N != 2 || e.First != 2 || e.Last != 3 {
		t.Errorf("%q, %d commands, databases %d to %d", e.Text(), e.N, e.First, e.Last)
	}
	e.Tx = true
	if e.Next(); e.N != 2 {
		t.Error("a transaction forgets")
	}
	e.Tx = false
	if e.Next(); e.N != 0 || e.Text() != nil {
		t.Error("what nobody took is kept")
	}
	e.always = true
	if c.Dirty = 0; !e.Pending(c) {
		t.Error("FLUSHDB of nothing is not logged")
	}
	if e.Finish(c); e.N != 1 {
		t.Error("FLUSHDB of nothing is not logged")
	}
}

// TestEffectMany: many elements are several commands, each of its own bytes.
func TestEffectMany(t *testing.T) {
	c := &Ctx{Env: &Env{}}
	c.Env.Logging.Store(true)
	const n = 2*effectItems + 5
	c.effectMany("SREM", []byte("s"), func(item func([]byte)) {
		buf := []byte("00000")
		for i := range n {
			item(fmt.Appendf(buf[:0], "%05d", i))
		}
	})
	if c.Effects.N != 3 || strings.Count(string(c.Effects.buf), "SREM") != 3 || !c.Effects.own {
		t.Errorf("%d commands", c.Effects.N)
	}
	for i := range n {
		if !strings.Contains(string(c.Effects.buf), fmt.Sprintf("$5\r\n%05d\r\n", i)) {
			t.Fatalf("element %d is missing", i)
		}
	}
}

// TestLogNow: what was not logged at the moment at which it happened is not logged later, either.
func TestLogNow(t *testing.T) {
	env := &Env{}
	c := &Ctx{Env: env, Args: [][]byte{[]byte("FLUSHDB")}}
	c.Effects.Next()
	c.LogNow()
	env.Logging.Store(true) // while the handler frees memory
	c.Dirty = 1
	if c.Effects.Finish(c); c.Effects.N != 0 {
		t.Errorf("%q", c.Effects.Text())
	}
}
