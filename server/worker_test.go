package server

import (
	"strings"
	"sync"
	"testing"
	"time"
)

// TestNoLoopWaitsForAWorkerThatAsksLoops: a transaction on a worker holds shards while it asks the loops, so what
// runs on a loop must not wait for those shards.
func TestNoLoopWaitsForAWorkerThatAsksLoops(t *testing.T) {
	_, addr := startServer(t)
	dial(t, addr).do("MSET a 1 b 2 c 3")
	var wg sync.WaitGroup
	for _, lines := range [][]string{
		{"MULTI", "SET a 1", "DBSIZE", "CLIENT LIST", "EXEC"},
		{"SCAN 0", "RANDOMKEY", "SCAN 0 COUNT 1"},
		{"RANDOMKEY", "SCAN 0 COUNT 1000", "FLUSHALL ASYNC", "SET b 1"},
	} {
		for range 2 {
			w := dial(t, addr)
			wg.Add(1)
			go func() {
				defer wg.Done()
				for range 150 {
					w.send(lines...)
					for range lines {
						if _, err := w.read(); err != nil {
							t.Error(err)
							return
						}
					}
				}
			}()
		}
	}
	wg.Wait()
}

// TestScanWaitsForALongCommandOnAWorker: SCAN and RANDOMKEY see all keys although a long command holds a shard.
func TestScanWaitsForALongCommandOnAWorker(t *testing.T) {
	s, addr := startServer(t, "--io-threads", "1")
	w := dial(t, addr)
	w.do("SET k v")
	i := s.store.ShardOf(s.store.Key([]byte("k")).H)
	for _, c := range [][2]string{{"SCAN 0", "*2\r\n$1\r\n0\r\n*1\r\n$1\r\nk\r\n"}, {"RANDOMKEY", "$1\r\nk\r\n"}} {
		s.store.LockLong(i)
		w.send(c[0])
		want(t, "PING beside "+c[0], dial(t, addr).do("PING"), "+PONG\r\n")
		s.store.UnlockLong(i)
		want(t, c[0], w.reply(), c[1])
	}
}

// TestExecOfAClientThatIsGone: a transaction whose client leaves while it waits on a worker still heeds WATCH.
func TestExecOfAClientThatIsGone(t *testing.T) {
	s, addr := startServer(t)
	other, w := dial(t, addr), dial(t, addr)
	other.do("SET k v")
	w.do("WATCH k")
	other.do("SET k w")
	i := s.store.ShardOf(s.store.Key([]byte("x")).H)
	s.store.LockLong(i)
	w.send("MULTI", "SET x 1", "EXEC", "PING")
	for range 2 {
		w.reply()
	}
	time.Sleep(20 * time.Millisecond)
	n := s.connected.Load()
	for _, l := range s.loops {
		l.visit(func() {
			for _, cl := range l.clients {
				if cl.tx.watch.Len() > 0 {
					cl.conn.CloseNow()
				}
			}
		})
	}
	eventually(t, "gone", func() bool { return s.connected.Load() == n-1 })
	s.store.UnlockLong(i)
	want(t, "EXISTS x", other.do("EXISTS x"), ":0\r\n")
	eventually(t, "all watches forgotten", func() bool { return s.txns.Count() == 0 && !s.env.Observed.Load() })
}

// TestReplySkipInsideExecOnAWorker: CLIENT REPLY SKIP inside a transaction skips the command behind it, wherever it ran.
func TestReplySkipInsideExecOnAWorker(t *testing.T) {
	_, addr := startServer(t)
	for other, reply := range map[string]string{"PING": "+PONG\r\n", "CLIENT UNBLOCK 12345": ":0\r\n"} {
		w := dial(t, addr)
		w.send("MULTI", "CLIENT REPLY SKIP", other, "EXEC", "ECHO skipped", "ECHO shown")
		for range 3 {
			w.reply()
		}
		// As from Redis: the array counts a reply that is never sent.
		want(t, other, w.reply(), "*2\r\n"+reply+"$5\r\nshown\r\n")
	}
}

// TestLongTransaction: one with many commands runs on a worker, as one all the same.
func TestLongTransaction(t *testing.T) {
	_, addr := startServer(t)
	w := dial(t, addr)
	const n = 3 * execOnLoop
	w.do("MULTI")
	lines := make([]string, n)
	for i := range lines {
		lines[i] = "INCR n"
	}
	w.send(lines...)
	for range n {
		want(t, "INCR", w.reply(), "+QUEUED\r\n")
	}
	w.send("EXEC", "GET n")
	if exec := w.reply(); !strings.HasPrefix(exec, "*3000\r\n:1\r\n") || !strings.HasSuffix(exec, "\r\n:3000\r\n") {
		t.Errorf("EXEC gives %.40q", exec)
	}
	want(t, "GET n", w.reply(), "$4\r\n3000\r\n")
}

// TestLoadingRefusesWhatWaitsForAWorker: a command that has passed the gate before the data began to be loaded, and has not begun, does not run.
func TestLoadingRefusesWhatWaitsForAWorker(t *testing.T) {
	s, addr := startServer(t)
	w, tx := dial(t, addr), dial(t, addr)
	w.do("SET k v")
	for range cap(s.workers) {
		s.workers <- struct{}{}
	}
	w.send("FLUSHALL")
	tx.send("MULTI", "SET x 1", "CLIENT LIST", "EXEC")
	for range 3 {
		tx.reply()
	}
	eventually(t, "both wait for a worker", func() bool {
		n := 0
		for _, l := range s.loops {
			l.visit(func() {
				for _, cl := range l.clients {
					if cl.waiting == waitWorker {
						n++
					}
				}
			})
		}
		return n == 2
	})
	s.setGate(gateLoading, true)
	for range cap(s.workers) {
		<-s.workers
	}
	want(t, "FLUSHALL", w.reply(), "-LOADING Redis is loading the dataset in memory\r\n")
	want(t, "EXEC", tx.reply(), "-EXECABORT Transaction discarded because of: LOADING Redis is loading the dataset in memory\r\n")
	s.setGate(gateLoading, false)
	want(t, "what is there", w.do("MGET k x"), "*2\r\n$1\r\nv\r\n$-1\r\n")
	want(t, "MULTI is over", tx.do("PING"), "+PONG\r\n")
}

// TestReloadWaitsForWorkers: what has passed the gate and has begun on a worker ends before other data are put in the place of those that there are.
func TestReloadWaitsForWorkers(t *testing.T) {
	s, addr := startServer(t, "--enable-debug-command", "yes")
	w := dial(t, addr)
	w.do("SET k v")
	s.workers <- struct{}{} // a command that runs
	w.send("DEBUG RELOAD")
	if !w.quietFor(100 * time.Millisecond) {
		t.Errorf("RELOAD has not waited: %q", w.reply())
		return
	}
	<-s.workers
	want(t, "RELOAD", w.reply(), "+OK\r\n")
	want(t, "GET k", w.do("GET k"), bulk("v"))
}
