package txn

import (
	"fmt"
	"strings"
	"testing"

	"radish/command"
)

func TestQueue(t *testing.T) {
	set := &command.Spec{Name: "set", Flags: command.Write}
	get := &command.Spec{Name: "get", Flags: command.ReadOnly}
	var q Queue
	var m Memory
	for _, n := range []int{3, 100, 5000, 3} {
		q.Use(&m)
		buf := make([]byte, 0, 64)
		for i := range n {
			buf = fmt.Appendf(buf[:0], "key%d", i)
			q.Add(get, [][]byte{[]byte("GET"), buf}, 1, uint64(i))
		}
		if q.Writes() || !q.Has(command.ReadOnly) || q.Failed {
			t.Error("flags")
		}
		q.Add(set, [][]byte{[]byte("SET"), []byte(strings.Repeat("k", 3000)), []byte("v")}, 0, 0)
		if want := q.Bytes - (3 + 3000 + 1 + 3*24); want < int64(n)*(3+4+2*24) {
			t.Errorf("%d bytes", q.Bytes)
		}
		q.Fail()
		if !q.Writes() || !q.Failed || len(q.Cmds) != n+1 {
			t.Errorf("%d commands", len(q.Cmds))
		}
		for i, c := range q.Cmds[:n] {
			if want := fmt.Sprint("key", i); string(c.Args[1]) != want || string(c.Key.B) != want || c.Key.H != uint64(i) || c.Spec != get || string(c.Args[0]) != "GET" {
				t.Fatalf("command %d of %d is %q", i, n, c.Args)
			}
		}
		if last := q.Cmds[n]; last.Key.B != nil || len(last.Args) != 3 || len(last.Args[1]) != 3000 {
			t.Errorf("the last command is %.20q", last.Args)
		}
		q.Reset(&m)
		if len(q.Cmds) != 0 || q.Bytes != 0 || q.Failed || q.Writes() {
			t.Error("the queue is not empty")
		}
		if (m.cmds != nil) != (n <= 100) {
			t.Errorf("memory of %d commands kept: %v", n, m.cmds != nil)
		}
		if n == 5000 {
			m = Memory{}
		}
	}
}

// TestQueueAllocates nothing, once there is memory.
func TestQueueAllocates(t *testing.T) {
	set := &command.Spec{Name: "set", Flags: command.Write}
	args := [][]byte{[]byte("SET"), []byte("key"), []byte("value")}
	var m Memory
	n := testing.AllocsPerRun(100, func() {
		var q Queue
		q.Use(&m)
		for range 10 {
			q.Add(set, args, 1, 1)
		}
		q.Reset(&m)
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}
