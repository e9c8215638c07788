package linear

import (
	"testing"

	"github.com/anishathalye/porcupine"
)

// TestModel gives histories whose verdict is known to the checker.
func TestModel(t *testing.T) {
	set := func(k int, v int64) Command { return Command{Name: "SET", Keys: []int{k}, Values: []int64{v}} }
	get := func(k int) Command { return Command{Name: "GET", Keys: []int{k}} }
	incr := func(k int) Command { return Command{Name: "INCR", Keys: []int{k}} }
	on := func(name string, ks ...int) Command { return Command{Name: name, Keys: ks} }
	mset := Command{Name: "MSET", Keys: []int{0, 1}, Values: []int64{5, 6}}
	type op struct {
		client    int
		call, ret int64
		op        Command
		queue     []Command
		reply     string
	}
	exec := Command{Name: "EXEC"}
	for _, c := range []struct {
		name string
		ok   bool
		ops  []op
	}{
		{"read of what was written", true, []op{{0, 0, 1, set(0, 3), nil, "+OK"}, {1, 2, 3, get(0), nil, `"3"`}}},
		{"stale read", false, []op{{0, 0, 1, set(0, 3), nil, "+OK"}, {1, 2, 3, get(0), nil, "$(null)"}}},
		{"stale read at the same time", true, []op{{0, 0, 5, set(0, 3), nil, "+OK"}, {1, 2, 3, get(0), nil, "$(null)"}}},
		{"lost increment", false, []op{{0, 0, 5, incr(0), nil, ":1"}, {1, 0, 5, incr(0), nil, ":1"}}},
		{"half an MSET", false, []op{{0, 0, 9, mset, nil, "+OK"}, {1, 2, 3, on("MGET", 0, 1), nil, `*["5" $(null)]`}}},
		{"half a transaction", false, []op{{0, 0, 9, exec, []Command{incr(0), incr(1)}, "*[:1 :1]"},
			{1, 2, 3, on("MGET", 0, 1), nil, `*["1" $(null)]`}}},
		{"transaction that reads its own writes", true, []op{{0, 0, 9, exec, []Command{set(0, 7), get(0), on("RENAME", 0, 1), get(0), get(1)},
			`*[+OK "7" +OK $(null) "7"]`}}},
		{"rename of no key", true, []op{{0, 0, 1, on("RENAME", 0, 0), nil, "-ERR no such key"}}},
		{"delete of two, of which one is there", true, []op{{0, 0, 1, set(0, 3), nil, "+OK"}, {0, 2, 3, on("DEL", 0, 1), nil, ":1"}}},
		{"watched key changed", true, []op{{0, 0, 1, on("WATCH", 0), nil, "+OK"}, {1, 2, 3, set(0, 3), nil, "+OK"},
			{0, 4, 5, exec, []Command{get(0)}, "*(null)"}}},
		{"watched key changed, unseen", false, []op{{0, 0, 1, on("WATCH", 0), nil, "+OK"}, {1, 2, 3, set(0, 3), nil, "+OK"},
			{0, 4, 5, exec, []Command{get(0)}, `*["3"]`}}},
		{"EXEC failed for nothing", false, []op{{0, 0, 1, on("WATCH", 0), nil, "+OK"}, {1, 2, 3, set(1, 3), nil, "+OK"},
			{0, 4, 5, exec, []Command{get(0)}, "*(null)"}}},
		{"no longer watched", true, []op{{0, 0, 1, on("WATCH", 0), nil, "+OK"}, {1, 2, 3, set(0, 3), nil, "+OK"},
			{0, 4, 5, on("UNWATCH"), nil, "+OK"}, {0, 6, 7, exec, []Command{get(0)}, `*["3"]`}}},
		{"pipeline out of order", false, []op{{0, 0, 9, get(0), nil, `"3"`}, {0, 0, 9, set(0, 3), nil, "+OK"}}},
	} {
		var history []porcupine.Operation
		var seq [clients]int
		for _, o := range c.ops {
			history = append(history, porcupine.Operation{ClientId: o.client, Call: o.call, Return: o.ret,
				Input: Op{Client: o.client, Seq: seq[o.client], Command: o.op, Queue: o.queue}, Output: o.reply})
			seq[o.client]++
		}
		if got := porcupine.CheckOperations(Model(), history); got != c.ok {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
