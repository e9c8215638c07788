package server

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

// SORT with BY and GET sees all keys at one moment, on a loop, on a worker and in a transaction, beside those who change them.
func TestSortLocksAllShards(t *testing.T) {
	_, addr := startServer(t)
	w := dial(t, addr)
	const n = 200
	pairs := "MSET"
	for i := range n {
		w.do(fmt.Sprintf("RPUSH l %d", i))
		pairs += fmt.Sprintf(" w%d %%d", i)
	}
	set := func(v int) string {
		args := make([]any, n)
		for i := range args {
			args[i] = v
		}
		return fmt.Sprintf(pairs, args...)
	}
	w.do(set(0))
	var wg sync.WaitGroup
	for c := range 2 {
		conn := dial(t, addr)
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 300 {
				if got := conn.do(set(1 + 2*i + c)); !strings.Contains(got, "OK") {
					t.Errorf("MSET: %s", got)
				}
			}
		}()
	}
	for i := range 100 {
		w.do("SORT l BY w* GET w* STORE d")
		for _, got := range []string{w.do("SORT_RO l BY w* GET w*"), w.do("LRANGE d 0 -1")} {
			f := strings.Fields(got) // *n, then lengths and values
			if len(f) != 1+2*n {
				t.Fatalf("%d: %.300q", i, got)
			}
			for at := 2; at < len(f); at += 2 {
				if f[at] != f[2] {
					t.Fatalf("%d: keys of different moments: %.300q", i, got)
				}
			}
		}
	}
	wg.Wait()
}

// PFCOUNT writes the estimate: at the same time as others read and count.
func TestPfcountBesideReaders(t *testing.T) {
	_, addr := startServer(t)
	var wg sync.WaitGroup
	for c := range 4 {
		conn := dial(t, addr)
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 300 {
				conn.do(fmt.Sprintf("PFADD h %d-%d", c, i))
				conn.do("PFCOUNT h")
				conn.do("GET h")
				conn.do("PFCOUNT h x")
			}
		}()
	}
	wg.Wait()
	w := dial(t, addr)
	want(t, "PFCOUNT", w.do("PFCOUNT h"), w.do("PFCOUNT h h"))
}
