package server

import (
	"fmt"
	"runtime/metrics"

	"radish/store"
)

// memoryUse is the memory of the process, divided by what holds it. All numbers are bytes.
type memoryUse struct {
	used     int64 // what maxmemory is compared with, and aof
	startup  int64
	peak     int64
	clients  int64
	aof      int64 // of the log, not yet written or synced
	overhead int64 // used, but for keys and values
	dataset  int64
	rss      int64 // of the process, in RAM
	active   int64 // what slab pages and Go heap hold of the system
	resident int64 // of that, in RAM: pages that were never touched are not; an upper bound
	system   int64 // RAM of the machine
	goHeap   int64
	store    store.Stats
}

func (s *Server) memoryUse() memoryUse {
	st := s.store.Stats()
	log := s.aof.Stats()
	m := memoryUse{used: s.usedMemory(), startup: s.startMem, clients: s.clientMem.Load(), aof: log.BufferLength + log.Kept, rss: residentBytes(),
		system: systemMemory(), goHeap: goMemory(), store: st}
	m.used += m.aof
	m.peak = max(m.used, s.peakMem.Load())
	s.peakMem.Store(m.peak)
	m.overhead = m.startup + m.clients + m.aof + st.Tables + st.Deadlines
	m.dataset = max(0, m.used-m.overhead)
	m.active = st.PageBytes + m.goHeap
	m.resident = min(m.active, m.rss)
	return m
}

// net is what is used beyond what the empty server uses.
func (m *memoryUse) net() int64 { return max(1, m.used-m.startup) }

// perKey is the mean of net over all keys.
func (m *memoryUse) perKey() int64 {
	if m.store.Keys == 0 {
		return 0
	}
	return m.net() / m.store.Keys
}

// goMemory is what the Go runtime holds of the system.
func goMemory() int64 {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64() - sample[1].Value.Uint64())
}

// human writes bytes as Redis's INFO does.
func human(n int64) string {
	if n < 1024 {
		return fmt.Sprintf("%dB", n)
	}
	f := float64(n) / 1024
	for _, unit := range "KMGT" {
		if f < 1024 {
			return fmt.Sprintf("%.2f%c", f, unit)
		}
		f /= 1024
	}
	return fmt.Sprintf("%.2fP", f)
}

func percent(a, b int64) string {
	if b <= 0 {
		return "0.00%"
	}
	return fmt.Sprintf("%.2f%%", float64(a)*100/float64(b))
}

func (w *infoWriter) memory() {
	m := w.s.memoryUse()
	w.field("used_memory", m.used)
	w.field("used_memory_human", human(m.used))
	w.field("used_memory_rss", m.rss)
	w.field("used_memory_rss_human", human(m.rss))
	w.field("used_memory_peak", m.peak)
	w.field("used_memory_peak_human", human(m.peak))
	w.field("used_memory_peak_perc", percent(m.used, m.peak))
	w.field("used_memory_overhead", m.overhead)
	w.field("used_memory_startup", m.startup)
	w.field("used_memory_dataset", m.dataset)
	w.field("used_memory_dataset_perc", percent(m.dataset, m.net()))
	w.field("allocator_allocated", m.used)
	w.field("allocator_active", m.active)
	w.field("allocator_resident", m.resident)
	w.field("total_system_memory", m.system)
	w.field("total_system_memory_human", human(m.system))
	w.field("used_memory_lua", 0)
	w.field("used_memory_vm_eval", 0)
	w.field("used_memory_lua_human", human(0))
	w.field("used_memory_scripts_eval", 0)
	w.field("number_of_cached_scripts", 0)
	w.field("number_of_functions", 0)
	w.field("number_of_libraries", 0)
	w.field("used_memory_vm_functions", 0)
	w.field("used_memory_vm_total", 0)
	w.field("used_memory_vm_total_human", human(0))
	w.field("used_memory_functions", 0)
	w.field("used_memory_scripts", 0)
	w.field("used_memory_scripts_human", human(0))
	w.field("maxmemory", w.v.MaxMemory)
	w.field("maxmemory_human", human(w.v.MaxMemory))
	w.field("maxmemory_policy", w.v.MaxMemoryPolicy)
	w.ratio("allocator_frag_ratio", m.active, m.used)
	w.field("allocator_frag_bytes", m.active-m.used)
	w.ratio("allocator_rss_ratio", m.resident, m.active)
	w.field("allocator_rss_bytes", m.resident-m.active)
	w.ratio("rss_overhead_ratio", m.rss, m.resident)
	w.field("rss_overhead_bytes", m.rss-m.resident)
	w.ratio("mem_fragmentation_ratio", m.rss, m.used)
	w.field("mem_fragmentation_bytes", m.rss-m.used)
	w.field("mem_not_counted_for_evict", m.aof)
	w.field("mem_replication_backlog", 0)
	w.field("mem_total_replication_buffers", 0)
	w.field("mem_clients_slaves", 0)
	w.field("mem_clients_normal", m.clients)
	w.field("mem_cluster_links", 0)
	w.field("mem_aof_buffer", m.aof)
	w.field("mem_allocator", "radish-slab")
	w.flag("active_defrag_running", w.s.purging.Load())
	w.field("lazyfree_pending_objects", m.store.LazyPending)
	w.field("lazyfreed_objects", m.store.LazyFreed)
	w.field("mem_go_heap", m.goHeap)
	w.field("gc_max_pause_usec", gcMaxPauseUsec())
	w.field("gc_cycles", gcCycles())
}

// gcMaxPauseUsec is the longest stop of the world that the garbage collector made since the start, as the
// upper end of its bucket in the runtime's histogram.
func gcMaxPauseUsec() int64 {
	sample := []metrics.Sample{{Name: "/sched/pauses/total/gc:seconds"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindFloat64Histogram {
		return 0
	}
	h := sample[0].Value.Float64Histogram()
	for i := len(h.Counts) - 1; i >= 0; i-- {
		if h.Counts[i] > 0 {
			upper := h.Buckets[i+1]
			if upper > 1e9 { // the last bucket is open
				upper = h.Buckets[i]
			}
			return int64(upper * 1e6)
		}
	}
	return 0
}

func gcCycles() uint64 {
	sample := []metrics.Sample{{Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
