package server

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"sync"
	"time"
	"unsafe"

	"radish/command"
	"radish/server/netloop"
)

// debugSleep is DEBUG SLEEP: nobody is served meanwhile. All event loops stop where they are; those who
// sleep at the same time do so one after another, as in Redis.
func (s *Server) debugSleep(c *command.Ctx) error {
	s.sleepMu.Lock()
	defer s.sleepMu.Unlock()
	release := make(chan struct{})
	var arrived sync.WaitGroup
	for _, l := range s.loops {
		arrived.Add(1)
		ran := make(chan struct{})
		l.nl.Post(func() {
			close(ran)
			<-release
		})
		go func() {
			defer arrived.Done()
			select {
			case <-ran:
			case <-l.nl.Done():
			}
		}()
	}
	arrived.Wait()
	t := time.NewTimer(time.Duration(leadingFloat(c.Arg(2)) * float64(time.Second)))
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.stop:
	}
	close(release)
	c.Reply.OK()
	return nil
}

// leadingFloat is the number that s begins with, as C's strtod finds it, or 0; at most a hundred years of
// seconds.
func leadingFloat(s string) float64 {
	s = strings.TrimLeft(s, " \t\n\v\f\r")
	for n := min(len(s), 32); n > 0; n-- {
		if f, err := strconv.ParseFloat(s[:n], 64); err == nil && f == f {
			return max(0, min(f, 100*365*86400))
		}
	}
	return 0
}

// leadingInt is the number that b begins with, as C's atoi finds it, or 0.
func leadingInt(b []byte) int {
	s := strings.TrimLeft(string(b), " \t\n\v\f\r")
	n := 0
	for n < len(s) && n < 10 && ('0' <= s[n] && s[n] <= '9' || n == 0 && (s[n] == '-' || s[n] == '+')) {
		n++
	}
	v, _ := strconv.Atoi(s[:n])
	return v
}

func (s *Server) debugSetActiveExpire(c *command.Ctx) error {
	on := leadingInt(c.Args[2]) != 0
	s.store.SetActiveExpire(on)
	s.wakeExpirer()
	c.Reply.OK()
	return nil
}

func (s *Server) debugPauseCron(c *command.Ctx) error {
	s.cronPaused.Store(leadingInt(c.Args[2]) != 0)
	c.Reply.OK()
	return nil
}

// Classes of clients by the memory that they hold: less than 32 KB, then powers of two up to 4 GB, then the rest.
const (
	clientClassLog = 15
	clientClasses  = 19
)

// clientClass is the class of a client that holds n bytes.
func clientClass(n int64) int {
	return max(0, min(bits.Len64(uint64(n))-clientClassLog, clientClasses-1))
}

// debugClientEviction shows the clients by class, as Redis shows its pools of candidates.
func (s *Server) debugClientEviction(c *command.Ctx) error {
	if s.cfg.Load().ClientEvictionLimit() <= 0 {
		return command.Error("ERR maxmemory-clients is disabled.")
	}
	var held, clients [clientClasses]int64
	s.eachClient(func(_ *eventLoop, cl *Client) {
		if cl.noEvict {
			return
		}
		i := clientClass(cl.mem())
		held[i] += cl.mem()
		clients[i]++
	})
	var b strings.Builder
	for i := range clientClasses {
		from, to := int64(0), int64(1)<<(clientClassLog+i)-1
		if i > 0 {
			from = 1 << (clientClassLog + i - 1)
		}
		if i == clientClasses-1 {
			fmt.Fprintf(&b, "bucket %10d+            : ", from)
		} else {
			fmt.Fprintf(&b, "bucket %10d - %10d: ", from, to)
		}
		fmt.Fprintf(&b, "tot-mem: %10d, clients: %d\n", held[i], clients[i])
	}
	c.Reply.VerbatimString("txt", b.String())
	return nil
}

func debugStructsize(c *command.Ctx) error {
	c.Reply.BulkString(fmt.Sprintf("bits:%d client:%d conn:%d loop:%d ctx:%d spec:%d ", strconv.IntSize,
		unsafe.Sizeof(Client{}), unsafe.Sizeof(netloop.Conn{}), unsafe.Sizeof(eventLoop{}), unsafe.Sizeof(command.Ctx{}), unsafe.Sizeof(command.Spec{})))
	return nil
}
