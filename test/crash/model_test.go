package main

import (
	"math/rand/v2"
	"testing"
	"time"

	"radish/test/harness"
)

// TestModel runs generated requests on both servers: all replies, and all data in the end, must be the model's.
func TestModel(t *testing.T) {
	for _, p := range []harness.Program{harness.Redis(t), harness.Radish(t)} {
		var counted tally
		server := harness.Start(t, p)
		conn := server.Conn(t)
		w := newWriter(0, 1, &counted)
		for range 3000 {
			for _, r := range w.gen.batch() {
				r.sent = time.Now().UnixMilli()
				if err := conn.Write(r.append(nil)); err != nil {
					t.Fatal(err)
				}
				reply, err := r.read(conn)
				if err != nil {
					t.Fatal(err)
				}
				if err := r.apply(w.acked, time.Now().UnixMilli(), &reply.Value); err != nil {
					t.Fatalf("%s: %v", p.Name, err)
				}
			}
		}
		if err := w.check(server.Addr, time.Now().UnixMilli()); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
		kinds := map[string]bool{}
		for _, v := range w.acked {
			kinds[v.kind] = true
		}
		if len(kinds) != 5 {
			t.Errorf("%s: types that are there: %v", p.Name, kinds)
		}
	}
}

// TestUnanswered lets a server run some first ones of requests that the writer has no reply to, and then loses what
// it had acknowledged.
func TestUnanswered(t *testing.T) {
	server := harness.Start(t, harness.Redis(t))
	conn := server.Conn(t)
	var counted tally
	r := rand.New(rand.NewPCG(2, 3))
	for i := range 20 {
		conn.Ok("FLUSHALL")
		w := newWriter(0, uint64(i), &counted)
		send := func(r request) {
			if err := conn.Write(r.append(nil)); err != nil {
				t.Fatal(err)
			}
			reply, err := r.read(conn)
			if err != nil || reply.IsError() && reply.String() != "-ERR no such key" {
				t.Fatal(reply, err)
			}
			if len(w.pending) == 0 {
				if err := r.apply(w.acked, time.Now().UnixMilli(), &reply.Value); err != nil {
					t.Fatal(err)
				}
			}
		}
		for range 20 {
			for _, r := range w.gen.batch() {
				r.sent = time.Now().UnixMilli()
				send(r)
			}
		}
		w.pending = w.gen.batch()
		n := r.IntN(len(w.pending) + 1)
		for i := range w.pending {
			w.pending[i].sent = time.Now().UnixMilli()
		}
		for _, r := range w.pending[:n] {
			send(r)
		}
		before := w.acked.clone()
		if err := w.check(server.Addr, time.Now().UnixMilli()); err != nil {
			t.Fatalf("seed %d, %d: %v", i, n, err)
		}
		w.acked = before
		w.acked["w0:list:0"] = &value{kind: "list", list: []string{"lost"}}
		if err := w.check(server.Addr, time.Now().UnixMilli()); err == nil {
			t.Errorf("seed %d: a lost list was not noticed", i)
		}
	}
}
