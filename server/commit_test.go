package server

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"radish/persist/fsys/fsystest"
)

const misconfFull = "-MISCONF Errors writing to the AOF file: No space left on device\r\n"

// TestFailedWrite: who has written hears that it is not safe, in the place of each reply to a command that wrote, and of no other; then writes are refused until the
// disk can again.
func TestFailedWrite(t *testing.T) {
	for _, policy := range []string{"everysec", "always", "no"} {
		disk := fsystest.NewFaulty(fsystest.NewMem())
		_, addr := startServerOn(t, disk, "--appendonly", "yes", "--appendfsync", policy)
		w, other := dial(t, addr), dial(t, addr)
		want(t, "SET", w.do("SET k 1"), "+OK\r\n")
		disk.Add(fsystest.Fault{Op: fsystest.OpWrite, Name: "incr", Times: -1, Err: syscall.ENOSPC})
		w.send("GET k", "SET k 2", "GET k", "INCR k", "MULTI", "SET x 1", "GET x", "EXEC", "PING")
		got := ""
		for range 9 {
			got += w.reply()
		}
		full := "$1\r\n1\r\n" + misconfFull + "$1\r\n2\r\n" + misconfFull + "+OK\r\n+QUEUED\r\n+QUEUED\r\n" + misconfFull + "+PONG\r\n"
		want(t, policy+": pipeline", got, full)
		want(t, "refused", other.do("SET y 1"), misconfFull)
		want(t, "PING", other.do("PING"), misconfFull)
		want(t, "GET", other.do("GET k"), "$1\r\n3\r\n")
		want(t, "status", savedField(other, "persistence", "aof_last_write_status"), "err")
		disk.Heal()
		eventually(t, "writes are taken again", func() bool { return other.do("SET y 1") == "+OK\r\n" })
		want(t, "status", savedField(other, "persistence", "aof_last_write_status"), "ok")
	}
}

// TestFailedWriteOfServed: a client that has waited hears of it, too, and so does one whose command ran on a worker.
func TestFailedWriteOfServed(t *testing.T) {
	disk := fsystest.NewFaulty(fsystest.NewMem())
	_, addr := startServerOn(t, disk, "--appendonly", "yes")
	a, b, c := dial(t, addr), dial(t, addr), dial(t, addr)
	a.send("BLPOP l 0")
	eventually(t, "a client waits", func() bool { return savedField(b, "clients", "blocked_clients") == "1" })
	disk.Add(fsystest.Fault{Op: fsystest.OpWrite, Name: "incr", Times: -1, Err: syscall.EIO})
	c.send("FLUSHALL")
	b.send("RPUSH l x")
	for _, w := range []*wire{a, b, c} {
		if got := w.reply(); !strings.HasPrefix(got, "-MISCONF Errors writing to the AOF file: ") {
			t.Errorf("reply %q", got)
		}
	}
}

// TestRepliesWaitForSync: under always a reply leaves when its effect is on disk, and nobody else waits for that.
func TestRepliesWaitForSync(t *testing.T) {
	disk := fsystest.NewFaulty(fsystest.NewMem())
	_, addr := startServerOn(t, disk, "--appendonly", "yes", "--appendfsync", "always", "--io-threads", "1")
	w, reader := dial(t, addr), dial(t, addr)
	w.do("SET k 0")
	begun, gate := make(chan bool, 8), make(chan bool)
	disk.Add(fsystest.Fault{Op: fsystest.OpSync, Name: "incr", Hook: func() { begun <- true; <-gate }})
	w.send("SET k 1")
	<-begun
	want(t, "the loop serves", reader.do("GET k"), "$1\r\n1\r\n")
	w.send("SET k 2", "GET k") // has to wait until the first is answered
	if !w.quietFor(50 * time.Millisecond) {
		t.Fatal("a reply has left before the sync")
	}
	close(gate)
	want(t, "replies", w.reply()+w.reply()+w.reply(), "+OK\r\n+OK\r\n$1\r\n2\r\n")
}

// TestAcknowledgedSurvives injects a fault at one operation after another, with snapshots and rewrites on their way; then the power fails. Whatever was
// acknowledged, under always, is there.
func TestAcknowledgedSurvives(t *testing.T) {
	n := 20
	if testing.Short() {
		n = 8
	}
	for round := range n {
		rnd := rand.New(rand.NewPCG(uint64(round), 7))
		mem := fsystest.NewMem()
		disk := fsystest.NewFaulty(mem)
		s, addr := startServerOn(t, disk, "--appendonly", "yes", "--appendfsync", "always")
		errs := []error{syscall.ENOSPC, syscall.EIO}
		for range 1 + rnd.IntN(3) {
			disk.Add(fsystest.Fault{N: 1 + rnd.IntN(60), Times: []int{1, 1, 5}[rnd.IntN(3)], Err: errs[rnd.IntN(2)], Short: rnd.IntN(20)})
		}
		w, admin := dial(t, addr), dial(t, addr)
		last := map[string]int{}
		for i := range 60 {
			key := "k" + strconv.Itoa(rnd.IntN(5))
			if w.do(fmt.Sprintf("SET %s %d", key, i)) == "+OK\r\n" {
				last[key] = i
			}
			switch rnd.IntN(20) {
			case 0:
				admin.do("BGREWRITEAOF")
			case 1:
				admin.do("BGSAVE")
			case 2:
				time.Sleep(5 * time.Millisecond)
			}
		}
		left := mem.Crash(rnd)
		s.Shutdown(0)
		_, addr = startServerOn(t, left, "--appendonly", "yes")
		w = dial(t, addr)
		for key, v := range last {
			got := w.do("GET " + key)
			if n, err := strconv.Atoi(strings.TrimSpace(got[strings.Index(got, "\n")+1:])); err != nil || n < v {
				t.Errorf("round %d: %s is %q, %d was acknowledged", round, key, got, v)
			}
		}
	}
}

// TestLogMemory: what the log holds in memory, and the time it takes, are told.
func TestLogMemory(t *testing.T) {
	s, addr := startServerOn(t, fsystest.NewMem(), "--appendonly", "yes")
	w := dial(t, addr)
	value := strings.Repeat("v", 10_000)
	eventually(t, "what is not synced counts", func() bool {
		w.do("SET k " + value)
		info := s.info([]string{"memory"})
		buffer, _ := strconv.Atoi(infoField(info, "mem_aof_buffer"))
		return buffer >= 10_000 && infoField(info, "mem_not_counted_for_evict") == strconv.Itoa(buffer)
	})
	eventually(t, "and not any more when it is", func() bool { return infoField(s.info([]string{"memory"}), "mem_aof_buffer") == "0" })
	if ns := s.gather().aofNs; ns <= 0 {
		t.Errorf("writing took %d ns", ns)
	}
}

// TestHalfClosed: who has sent all and shut its side is answered, though it has to wait for the disk between.
func TestHalfClosed(t *testing.T) {
	disk := fsystest.NewFaulty(fsystest.NewMem())
	_, addr := startServerOn(t, disk, "--appendonly", "yes", "--appendfsync", "always")
	w := dial(t, addr)
	begun, gate := make(chan bool, 8), make(chan bool)
	disk.Add(fsystest.Fault{Op: fsystest.OpSync, Name: "incr", Hook: func() { begun <- true; <-gate }})
	w.send("SET a 1")
	<-begun
	w.send("SET b 2", "GET b")
	w.nc.(*net.TCPConn).CloseWrite()
	time.Sleep(20 * time.Millisecond)
	close(gate)
	want(t, "replies", w.rest(), "+OK\r\n+OK\r\n$1\r\n2\r\n")
	const n = 5000
	w = dial(t, addr)
	go func() {
		for range n {
			w.nc.Write([]byte("INCR n\r\n"))
		}
		w.nc.(*net.TCPConn).CloseWrite()
	}()
	if got := strings.Count(w.rest(), ":"); got != n {
		t.Errorf("%d of %d replies", got, n)
	}
}

// TestOneClientAtATime: a client whose replies may leave while those of another are being collected goes on afterwards.
func TestOneClientAtATime(t *testing.T) {
	disk := fsystest.NewFaulty(fsystest.NewMem())
	_, addr := startServerOn(t, disk, "--appendonly", "yes", "--appendfsync", "always", "--io-threads", "1")
	x, a, b := dial(t, addr), dial(t, addr), dial(t, addr)
	for i := range 5 {
		a.write(encoded("SET", "a"+strconv.Itoa(i), strings.Repeat("A", 100<<10)) + encoded("SET", "b"+strconv.Itoa(i), strings.Repeat("B", 100<<10)))
		a.reply()
		a.reply()
	}
	a.write(encoded("SET", "huge", strings.Repeat("h", 1_500_000)))
	a.reply()
	for round := range 4 {
		begun, gate := make(chan bool, 8), make(chan bool)
		disk.Add(fsystest.Fault{Op: fsystest.OpSync, Name: "incr", Hook: func() { begun <- true; <-gate }})
		x.send("SET x 1")
		<-begun
		b.send("SET y 1")
		time.Sleep(20 * time.Millisecond)
		gets := ""
		for i := range 5 {
			gets += encoded("GET", "b"+strconv.Itoa(i))
		}
		b.write(gets)
		time.Sleep(20 * time.Millisecond)
		text := encoded("SET", "z", "1") + encoded("MULTI") + strings.Repeat(encoded("GET", "huge"), 20) + encoded("EXEC")
		for i := range 5 {
			text += encoded("GET", "a"+strconv.Itoa(i))
		}
		time.AfterFunc(time.Duration(round)*time.Millisecond, func() { close(gate) })
		a.write(text)
		for range 2 + 20 + 1 {
			a.reply()
		}
		want(t, "SET", b.reply(), "+OK\r\n")
		for i := range 5 {
			if got := a.reply(); strings.Count(got, "A") != 100<<10 {
				t.Errorf("GET a%d: %.20q", i, got)
			}
			if got := b.reply(); strings.Count(got, "B") != 100<<10 {
				t.Errorf("GET b%d: %.20q", i, got)
			}
		}
	}
}
