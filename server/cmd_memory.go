package server

import (
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"radish/command"
	"radish/resp"
	"radish/store"
)

func (s *Server) memorySpecs() []command.Spec {
	const g = command.GroupServer
	special := []string{"nondeterministic_output", "request_policy:all_shards", "response_policy:special"}
	return []command.Spec{{Name: "memory", Arity: -2, Group: g, Since: "4.0.0",
		Summary: "Shows what the memory is used for.", Complexity: "That of the subcommand.",
		Sub: []command.Spec{
			{Name: "doctor", Arity: 2, Flags: command.Worker, Group: g, Since: "4.0.0", Handler: s.cmdMemoryDoctor,
				Summary: "Tells what is wrong with the use of memory.", Complexity: "O(1)", Tips: special},
			{Name: "help", Arity: 2, Flags: command.Loading | command.Stale, Group: g, Since: "4.0.0", Handler: memoryHelp,
				Summary: "Explains the subcommands.", Complexity: "O(1)"},
			{Name: "malloc-stats", Arity: 2, Flags: command.Worker | command.AllKeys, Group: g, Since: "4.0.0", Handler: s.cmdMemoryMallocStats,
				Summary: "Shows what the allocator holds.", Complexity: "O(1)", Tips: special},
			{Name: "purge", Arity: 2, Flags: command.Worker | command.AllKeys, Group: g, Since: "4.0.0", Handler: s.cmdMemoryPurge,
				Summary: "Gives unused memory back to the system.", Complexity: "O(N) in the number of keys, beside other commands",
				Tips: []string{"request_policy:all_shards", "response_policy:all_succeeded"}},
			{Name: "stats", Arity: 2, Flags: command.Worker, Group: g, Since: "4.0.0", Handler: s.cmdMemoryStats,
				Summary: "Shows how much memory is used for what.", Complexity: "O(1)", Tips: special},
			{Name: "usage", Arity: -3, Flags: command.ReadOnly, Group: g, Since: "4.0.0", Handler: cmdMemoryUsage,
				Keys:    []command.KeySpec{{Flags: command.KeyRO, Begin: 2, Step: 1}},
				Summary: "Tells how much memory a key takes.", Complexity: "O(N) in the number of samples", Syntax: "key [SAMPLES count]"},
		}}}
}

func memoryHelp(c *command.Ctx) error {
	return c.ReplyHelp(
		"DOCTOR",
		"    Tell what is wrong with the use of memory.",
		"MALLOC-STATS",
		"    Show what the allocator holds.",
		"PURGE",
		"    Give unused memory back to the system.",
		"STATS",
		"    Show how much memory is used for what.",
		"USAGE <key> [SAMPLES <count>]",
		"    Tell how many bytes <key> and its value take. Of a value with many elements",
		"    <count> are looked at (default: 5; 0: all).")
}

// cmdMemoryUsage is MEMORY USAGE. A string needs no samples.
func cmdMemoryUsage(c *command.Ctx) error {
	for i := 3; i < len(c.Args); i += 2 {
		if !c.Is(i, "samples") || i+1 == len(c.Args) {
			return command.ErrSyntax
		}
		n, err := c.Int(i + 1)
		if err != nil {
			return err
		}
		if n < 0 {
			return command.ErrSyntax
		}
	}
	e := c.DB.Peek(c.Keys[0])
	if !e.Ok() {
		c.Reply.Null()
		return nil
	}
	c.Reply.Int(e.MemUsage())
	return nil
}

// cmdMemoryPurge compacts the store and has the Go runtime give back what it does not need. Inside EXEC,
// which holds all shards, that begins when it is over.
func (s *Server) cmdMemoryPurge(c *command.Ctx) error {
	purge := func() {
		s.purge()
		debug.FreeOSMemory()
	}
	if c.DB.Locked {
		go purge()
	} else {
		purge()
	}
	c.Reply.OK()
	return nil
}

// cmdMemoryStats is MEMORY STATS: a map with a map for each database that has keys.
func (s *Server) cmdMemoryStats(c *command.Ctx) error {
	m := s.memoryUse()
	w := &statsWriter{w: c.Reply}
	mark := w.w.DeferMap()
	w.int("peak.allocated", m.peak)
	w.int("total.allocated", m.used)
	w.int("startup.allocated", m.startup)
	w.int("replication.backlog", 0)
	w.int("clients.slaves", 0)
	w.int("clients.normal", m.clients)
	w.int("cluster.links", 0)
	w.int("aof.buffer", m.aof)
	w.int("lua.caches", 0)
	w.int("functions.caches", 0)
	for i, db := range m.store.DB {
		if db.Keys == 0 {
			continue
		}
		w.name("db." + strconv.Itoa(i))
		c.Reply.Map(3)
		replyStat(c.Reply, "overhead.hashtable.main", db.TableBytes)
		replyStat(c.Reply, "overhead.hashtable.expires", db.DeadlineBytes)
		replyStat(c.Reply, "overhead.hashtable.slot-to-keys", 0)
	}
	w.int("overhead.total", m.overhead)
	w.int("keys.count", m.store.Keys)
	w.int("keys.bytes-per-key", m.perKey())
	w.int("dataset.bytes", m.dataset)
	w.ratio("dataset.percentage", 100*m.dataset, m.net())
	w.ratio("peak.percentage", 100*m.used, m.peak)
	w.int("allocator.allocated", m.used)
	w.int("allocator.active", m.active)
	w.int("allocator.resident", m.resident)
	w.ratio("allocator-fragmentation.ratio", m.active, m.used)
	w.int("allocator-fragmentation.bytes", m.active-m.used)
	w.ratio("allocator-rss.ratio", m.resident, m.active)
	w.int("allocator-rss.bytes", m.resident-m.active)
	w.ratio("rss-overhead.ratio", m.rss, m.resident)
	w.int("rss-overhead.bytes", m.rss-m.resident)
	w.ratio("fragmentation", m.rss, m.used)
	w.int("fragmentation.bytes", m.rss-m.used)
	w.w.SetMapLen(mark, w.n)
	return nil
}

func replyStat(w *resp.Writer, name string, n int64) {
	w.BulkString(name)
	w.Int(n)
}

// statsWriter writes a map and counts its fields.
type statsWriter struct {
	w *resp.Writer
	n int
}

func (w *statsWriter) name(s string) {
	w.n++
	w.w.BulkString(s)
}

func (w *statsWriter) int(name string, v int64) {
	w.name(name)
	w.w.Int(v)
}

func (w *statsWriter) ratio(name string, a, b int64) {
	w.name(name)
	w.w.Double(float64(a) / float64(max(1, b)))
}

// cmdMemoryDoctor is MEMORY DOCTOR.
func (s *Server) cmdMemoryDoctor(c *command.Ctx) error {
	c.Reply.VerbatimString("txt", memoryReport(s.memoryUse(), s.connected.Load()))
	return nil
}

// What MEMORY DOCTOR finds worth telling.
const (
	doctorLeast       = 5 << 20   // bytes in use; with less nothing can be said
	doctorPeak        = 1.5       // of the memory in use
	doctorWaste       = 10 << 20  // bytes
	doctorFrag        = 1.4       // resident to used
	doctorAllocator   = 1.1       // of what lies below
	doctorClientBytes = 200 << 10 // a client, in the mean
)

func memoryReport(m memoryUse, clients int64) string {
	if m.used < doctorLeast {
		return "There is hardly anything in memory, so nothing can be said about its use.\n"
	}
	var issues []string
	say := func(format string, args ...any) { issues = append(issues, fmt.Sprintf(format, args...)) }
	over := func(a, b int64, ratio float64) bool {
		return float64(a) > ratio*float64(b) && a-b > doctorWaste
	}
	if float64(m.peak) > doctorPeak*float64(m.used) {
		say("Peak: %s were in use once, now it is %s. What was freed goes back to the system while the server is at rest; MEMORY PURGE does it at once.", human(m.peak), human(m.used))
	}
	if over(m.rss, m.used, doctorFrag) {
		say("Resident memory: the process has %s in RAM for %s in use.", human(m.rss), human(m.used))
	}
	if over(m.active, m.used, doctorAllocator) {
		say("Fragmentation: the allocator holds %s for %s in use. MEMORY PURGE moves keys together.", human(m.active), human(m.used))
	}
	if over(m.rss, m.resident, doctorAllocator) {
		say("Overhead: the process has %s in RAM, but the allocator only %s. The rest is the program itself, and buffers.", human(m.rss), human(m.resident))
	}
	if clients > 0 && m.clients/clients > doctorClientBytes {
		say("Clients: they hold %s each, in the mean. CLIENT LIST shows which ones do not read their replies, or send very long pipelines; maxmemory-clients sets a limit.", human(m.clients/clients))
	}
	if len(issues) == 0 {
		return "Nothing is wrong with the use of memory.\n"
	}
	return "This may be wrong with the use of memory:\n\n * " + strings.Join(issues, "\n\n * ") + "\n"
}

// cmdMemoryMallocStats is MEMORY MALLOC-STATS.
func (s *Server) cmdMemoryMallocStats(c *command.Ctx) error {
	classes, mapped := s.store.Chunks(c.DB.Locked)
	c.Reply.VerbatimString("txt", mallocStats(s.store.Stats(), classes, mapped))
	return nil
}

func mallocStats(st store.Stats, classes []store.ChunkClass, mapped int64) string {
	var b strings.Builder
	b.WriteString("___ Begin radish-slab statistics ___\n")
	fmt.Fprintf(&b, "used: %d, of these entries and values: %d, tables: %d, deadlines: %d\n", st.Used, st.Entries, st.Tables, st.Deadlines)
	fmt.Fprintf(&b, "held: %d, of these mappings of their own: %d\n\n", st.PageBytes, mapped)
	fmt.Fprintf(&b, "%8s %8s %8s %12s %12s %8s\n", "chunk", "page", "pages", "chunks", "used", "util")
	for _, k := range classes {
		util := math.Trunc(1000*float64(k.Used)/float64(max(1, k.Chunks))) / 1000
		fmt.Fprintf(&b, "%8d %8d %8d %12d %12d %8.3f\n", k.Size, k.PageBytes, k.Pages, k.Chunks, k.Used, util)
	}
	var ms runtime.MemStats
	runtime.ReadMemStats(&ms)
	fmt.Fprintf(&b, "\nGo heap: in use %d, idle %d, given back %d, stacks %d, collections %d\n",
		ms.HeapInuse, ms.HeapIdle, ms.HeapReleased, ms.StackInuse, ms.NumGC)
	b.WriteString("--- End radish-slab statistics ---\n")
	return b.String()
}
