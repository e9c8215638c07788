package command

import (
	"fmt"
	"strings"
	"testing"

	"radish/resp"
	"radish/store"
)

func TestListAllocations(t *testing.T) {
	h := newHarness(t)
	var vals []string
	for i := range 2000 {
		vals = append(vals, fmt.Sprintf("element %d", i))
	}
	h.rpush("long", vals)
	h.rpush("short", vals[:20])
	h.rpush("short2", vals[:20])
	for _, line := range []string{"LPUSH long a", "RPUSH long a", "LPOP long", "RPOP long", "RPUSH short a", "LPOP short", "LRANGE long 0 99",
		"LINDEX long 1000", "LPOS long a", "LMOVE short short2 LEFT RIGHT", "RPOPLPUSH short2 short", "LLEN long"} {
		args := strings.Fields(line)
		b := make([][]byte, len(args))
		for i, a := range args {
			b[i] = []byte(a)
		}
		s := h.table.Resolve(b)
		c := &Ctx{Args: b, Spec: s, Reply: &resp.Writer{Proto: 2}, Env: &Env{}, OnLoop: true, DB: h.store.DB(0, h.now)}
		c.Keys = h.keys(s, b)
		if n := testing.AllocsPerRun(100, func() {
			c.Reply.Buf = c.Reply.Buf[:0]
			if err := s.Handler(c); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", line, n)
		}
	}
}

func BenchmarkListCommands(b *testing.B) {
	h := newHarness(b)
	var vals []string
	for i := range 100_000 {
		vals = append(vals, fmt.Sprintf("element:%07d", i))
	}
	h.rpush("k", vals)
	for _, line := range []string{"LPUSH k element:1234567", "RPUSH k element:1234567", "LPOP k", "RPOP k", "LRANGE k 0 99", "LRANGE k 0 599", "LINDEX k 50000"} {
		args := strings.Fields(line)
		in := make([][]byte, len(args))
		for i, a := range args {
			in[i] = []byte(a)
		}
		s := h.table.Resolve(in)
		c := &Ctx{Args: in, Spec: s, Reply: &resp.Writer{Proto: 2}, Env: &Env{}, OnLoop: true, DB: h.store.DB(0, h.now)}
		c.Keys = h.keys(s, in)
		b.Run(line, func(b *testing.B) {
			for b.Loop() {
				if strings.HasSuffix(args[0], "POP") { // what is popped must be there
					var l store.List
					c.DB.OpenList(&l, c.Keys[0])
					l.Push(args[0] == "LPOP", in[0])
				}
				c.Reply.Buf = c.Reply.Buf[:0]
				if err := s.Handler(c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
