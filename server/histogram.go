package server

import "math/bits"

// histogram counts durations from 1 ns to about a second, to two significant digits, in the manner of
// HdrHistogram: buckets are linear within each power of two.
type histogram struct {
	total  int64
	counts [histBuckets]uint64
}

const (
	histSubBits = 7 // 128 buckets a power of two: under 1 % of error
	histMaxBits = 30
	histBuckets = (histMaxBits - histSubBits + 1) << histSubBits
	histMax     = 1_000_000_000 // ns; what is longer counts as that, as in Redis
	histFirst   = 1024          // ns; where doublings begins
)

func histIndex(ns int64) int {
	if ns < 1 {
		ns = 1
	}
	if ns > histMax {
		ns = histMax
	}
	shift := bits.Len64(uint64(ns)) - histSubBits - 1
	if shift <= 0 {
		return int(ns)
	}
	return shift<<histSubBits + int(ns>>shift)
}

// doublings calls fn for histFirst, twice that, and so on: with the end of the bucket in ns and the number
// of durations up to there, whenever that is more than before. The last end is that of all buckets.
func (h *histogram) doublings(fn func(ns, upTo int64)) {
	var sum, told int64
	i := 0
	for level := int64(histFirst); told < h.total; level *= 2 {
		end := histBuckets - 1
		if level < histMax {
			end = histIndex(level)
		}
		for ; i <= end; i++ {
			sum += int64(h.counts[i])
		}
		if sum > told {
			fn(histUpper(end), sum)
			told = sum
		}
	}
}

// histUpper is the largest duration that falls into bucket i.
func histUpper(i int) int64 {
	if i < 2<<histSubBits {
		return int64(i)
	}
	shift := i>>histSubBits - 1
	return (int64(i)-int64(shift)<<histSubBits+1)<<shift - 1
}

func (h *histogram) add(ns int64, times int) {
	h.counts[histIndex(ns)] += uint64(times)
	h.total += int64(times)
}

func (h *histogram) merge(o *histogram) {
	h.total += o.total
	for i, n := range &o.counts {
		h.counts[i] += n
	}
}

// percentile is the duration in ns that p percent of what was counted does not exceed.
func (h *histogram) percentile(p float64) int64 {
	want := int64(p/100*float64(h.total) + 0.5)
	want = max(1, min(want, h.total))
	var seen int64
	for i, n := range &h.counts {
		if seen += int64(n); seen >= want {
			return histUpper(i)
		}
	}
	return 0
}
