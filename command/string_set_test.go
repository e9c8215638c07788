package command

import (
	"fmt"
	"strings"
	"testing"

	"radish/resp"
	"radish/store"
)

const (
	wrongType = "-WRONGTYPE Operation against a key holding the wrong kind of value"
	notInt    = "-ERR value is not an integer or out of range"
	syntaxErr = "-ERR syntax error"
	tooBig    = "-ERR string exceeds maximum allowed size (proto-max-bulk-len)"
)

// deadline is that of a key, 0 if it has none, -1 if there is no such key.
func (h *harness) deadline(key string) int64 {
	db := h.store.DB(h.db, h.now)
	e := db.Peek(h.store.Key([]byte(key)))
	if !e.Ok() {
		return -1
	}
	return e.Deadline()
}

func (h *harness) encoding(key string) string {
	db := h.store.DB(h.db, h.now)
	return db.Peek(h.store.Key([]byte(key))).Encoding().String()
}

// wantDeadline compares the deadline of a key, in ms from now; 0: none.
func (h *harness) wantDeadline(key string, inMs int64) {
	h.t.Helper()
	want := inMs
	if inMs > 0 {
		want += h.now
	}
	if got := h.deadline(key); got != want {
		h.t.Errorf("%s: deadline %d, want %d", key, got, want)
	}
}

// hearAll makes the harness note what is only notified too, in round brackets.
func (h *harness) hearAll() {
	h.env.KeyEvent = func(_ *Ctx, _ int, k store.Key, class EventClass, event string, changed bool) {
		s := fmt.Sprintf("%d %s %s", class, event, k.B)
		if !changed {
			s = "(" + s + ")"
		}
		h.ev = append(h.ev, s)
	}
}

func TestSet(t *testing.T) {
	h := newHarness(t)
	h.hearAll()
	h.want("SET k v", "+OK")
	h.wantEvents("2 set k")
	h.want("GET k", "$1 v")
	h.want("SET k 2 NX", "$-1")
	h.want("SET none 2 XX", "$-1")
	h.wantEvents("")
	h.want("SET k 2 XX EX 10", "+OK")
	h.wantEvents("2 set k, (1 expire k)")
	if h.dirty != 1 {
		t.Errorf("dirty %d", h.dirty)
	}
	h.wantDeadline("k", 10_000)
	h.want("SET k 3 KEEPTTL", "+OK")
	h.wantDeadline("k", 10_000)
	h.want("SET k 4", "+OK")
	h.wantDeadline("k", 0)
	h.want("SET k 5 px 1500", "+OK")
	h.wantDeadline("k", 1500)
	h.want("SET k 5 EXAT 1700000001", "+OK")
	h.wantDeadline("k", 1000)
	h.want("SET k 5 PXAT 1700000000001", "+OK")
	h.wantDeadline("k", 1)
	h.want("SET k 6 EX 1 EX 7 xx XX", "+OK") // repeated: the last one counts
	h.wantDeadline("k", 7000)
	h.want("SET k 7 GET", "$1 6")
	h.want("SET k 8 NX GET", "$1 7")
	h.want("SET new 8 XX GET", "$-1")
	h.want("SET new 8 NX GET get", "$-1")
	h.want("GET new", "$1 8")
	h.want("SET k 9 GET KEEPTTL PX", syntaxErr)
	h.want("SET k 5 PXAT 1", "+OK") // in the past: gone at once
	h.want("GET k", "$-1")
	h.proto = 3
	h.want("SET k 1 XX", "_")
	h.want("SET k 1 GET", "_")
	if v := h.run("SET", "empty", ""); v != "+OK\r\n" {
		t.Errorf("%q", v)
	}
	h.want("GET empty", "$0 ")
}

func TestSetErrors(t *testing.T) {
	h := newHarness(t)
	h.want("SET k old", "+OK")
	const bad = "-ERR invalid expire time in '%s' command"
	for line, reply := range map[string]string{
		"SET k v NX XX":                    syntaxErr,
		"SET k v XX NX":                    syntaxErr,
		"SET k v foo":                      syntaxErr,
		"SET k v PERSIST":                  syntaxErr,
		"SET k v EX":                       syntaxErr,
		"SET k v EX 1 PX 1":                syntaxErr,
		"SET k v EX 1 KEEPTTL":             syntaxErr,
		"SET k v KEEPTTL PXAT 1":           syntaxErr,
		"SET k v EXAT 1 EX 1":              syntaxErr,
		"SET k v EX a":                     notInt,
		"SET k v EX 1.5":                   notInt,
		"SET k v EX +1":                    notInt,
		"SET k v EX 0":                     fmt.Sprintf(bad, "set"),
		"SET k v PX -1":                    fmt.Sprintf(bad, "set"),
		"SET k v EXAT 0":                   fmt.Sprintf(bad, "set"),
		"SET k v EX 9223372036854775":      fmt.Sprintf(bad, "set"),
		"SET k v EX 9223372036854776":      fmt.Sprintf(bad, "set"),
		"SET k v PX 9223372036854775807":   fmt.Sprintf(bad, "set"),
		"SET k v EXAT 9223372036854775807": fmt.Sprintf(bad, "set"),
		"SET k v NX EX 0":                  fmt.Sprintf(bad, "set"),
		"SETEX k 0 v":                      fmt.Sprintf(bad, "setex"),
		"SETEX k x v":                      notInt,
		"PSETEX k -5 v":                    fmt.Sprintf(bad, "psetex"),
		"MSET a 1 b":                       "-ERR wrong number of arguments for 'mset' command",
		"MSETNX a 1 b":                     "-ERR wrong number of arguments for 'msetnx' command",
	} {
		h.want(line, reply)
	}
	h.wantEvents("set k")
	h.want("GET k", "$3 old")
}

func TestSetVariants(t *testing.T) {
	h := newHarness(t)
	h.hearAll()
	h.want("SETNX a 1", ":1")
	h.want("SETNX a 2", ":0")
	h.want("GET a", "$1 1")
	h.wantEvents("2 set a")
	h.want("SETEX a 5 x", "+OK")
	h.wantDeadline("a", 5000)
	h.want("PSETEX a 5 y", "+OK")
	h.wantDeadline("a", 5)
	h.wantEvents("2 set a, (1 expire a), 2 set a, (1 expire a)")
	h.now += 5
	h.want("SETNX a 3", ":0")
	h.now++
	h.want("SETNX a 3", ":1") // it has lapsed
	h.wantDeadline("a", 0)
}

func TestMset(t *testing.T) {
	h := newHarness(t)
	h.want("SETEX b 5 old", "+OK")
	h.wantEvents("set b")
	h.want("MSET a 1 b 2 a 3", "+OK")
	h.wantEvents("set a, set b, set a")
	if h.dirty != 3 {
		t.Errorf("dirty %d", h.dirty)
	}
	h.wantDeadline("b", 0)
	h.want("MGET a b", "*2 $1 3 $1 2")
	h.want("MSETNX c 1 b 2", ":0")
	h.wantEvents("")
	h.want("GET c", "$-1")
	h.want("MSETNX c 1 d 2 c 3", ":1")
	h.want("MGET c d none", "*3 $1 3 $1 2 $-1")
	h.proto = 3
	h.want("MGET none", "*1 _")
}

func TestStringsOffload(t *testing.T) {
	h := newHarness(t) // fails if something is done before ErrOffload
	big := strings.Repeat("x", 3<<20)
	bulk := fmt.Sprintf("$%d\r\n%s\r\n", len(big), big)
	half := big[:len(big)/2]
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"SET", "k", big}, "+OK\r\n"},
		{[]string{"GET", "k"}, bulk},
		{[]string{"SET", "k", "1", "GET"}, bulk},
		{[]string{"SETNX", "k", big}, ":0\r\n"},
		{[]string{"SETEX", "k", "10", big}, "+OK\r\n"},
		{[]string{"GETSET", "k", big}, bulk},
		{[]string{"MSET", "a", half, "b", half, "k", big}, "+OK\r\n"},
		{[]string{"MGET", "none", "a", "b"}, "*3\r\n$-1\r\n" + strings.Repeat(fmt.Sprintf("$%d\r\n%s\r\n", len(half), half), 2)},
		{[]string{"GETRANGE", "k", "0", "-1"}, bulk},
		{[]string{"GETEX", "k"}, bulk},
		{[]string{"BITCOUNT", "k"}, fmt.Sprintf(":%d\r\n", 4*len(big))},
		{[]string{"BITPOS", "k", "1"}, ":1\r\n"},
		{[]string{"LCS", "k", "none"}, "$0\r\n\r\n"},
		{[]string{"APPEND", "a", big}, fmt.Sprintf(":%d\r\n", len(half)+len(big))},
		{[]string{"SETRANGE", "b", "3000000", "x"}, ":3000001\r\n"},
		{[]string{"SETBIT", "bits", "80000000", "1"}, ":0\r\n"},
		{[]string{"BITFIELD", "field", "SET", "u8", "80000000", "1"}, "*1\r\n:0\r\n"},
		{[]string{"BITOP", "AND", "d", "k", "a", "none"}, fmt.Sprintf(":%d\r\n", len(half)+len(big))},
		{[]string{"GETDEL", "k"}, bulk},
	} {
		if got := h.run(c.args...); got != c.want {
			t.Errorf("%.60q: got %.60q, want %.60q", c.args, got, c.want)
		}
	}
}

// TestHotPathsAllocateNothing holds for keys that exist; without locks and table, which are not this
// package's.
func TestHotPathsAllocateNothing(t *testing.T) {
	h := newHarness(t)
	h.env.Observed.Store(false)
	h.want("MSET k 0123456789abcdef0123456789abcdef n 1000 a 1 b 2", "+OK")
	for _, line := range []string{
		"GET k", "GET n", "SET k fedcba9876543210fedcba9876543210", "SET n 77", "SET k 0123456789 EX 10",
		"SET k v NX", "INCR n", "INCRBY n 5", "STRLEN k", "SETBIT k 3 1", "GETBIT k 3", "GETRANGE k 1 3",
		"MSET a 5 b 6", "MGET a b k none",
	} {
		run := h.prepare(line)
		run()
		if n := testing.AllocsPerRun(100, run); n != 0 {
			t.Errorf("%s: %v allocations", line, n)
		}
	}
}

// prepare makes a function that runs the handler of a command line, without looking it up and locking.
func (h *harness) prepare(line string) func() {
	h.t.Helper()
	var args [][]byte
	for _, f := range strings.Fields(line) {
		args = append(args, []byte(f))
	}
	s := h.table.Resolve(args)
	c := &Ctx{Args: args, Spec: s, Keys: h.keys(s, args), Reply: &resp.Writer{Proto: h.proto}, Env: h.env,
		OnLoop: true, DB: h.store.DB(h.db, h.now)}
	return func() {
		c.Reply.Buf = c.Reply.Buf[:0]
		if err := s.Handler(c); err != nil {
			h.t.Errorf("%s: %v", line, err)
		}
	}
}

func BenchmarkStringHandlers(b *testing.B) {
	h := newHarness(b)
	h.env.Observed.Store(false)
	h.want("MSET k 0123456789abcdef0123456789abcdef n 1000 a 1 b 2", "+OK")
	for _, line := range []string{
		"GET k", "GET n", "SET k fedcba9876543210fedcba9876543210", "SET n 77", "INCR n", "APPEND a x", "STRLEN k",
		"MSET a 5 b 6", "MGET a b k", "SETBIT k 3 1", "GETBIT k 3", "BITCOUNT k", "GETRANGE k 1 3",
	} {
		if strings.HasPrefix(line, "APPEND") {
			h.want("SET a 5", "+OK")
		}
		run := h.prepare(line)
		b.Run(strings.ReplaceAll(line, " ", "_"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				run()
			}
		})
	}
}
