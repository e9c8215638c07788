package command

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
)

// orderedBits is a number that is ordered as f is, which is not NaN; 0 and -0 are the same.
func orderedBits(f float64) uint64 {
	b := math.Float64bits(f + 0)
	if b>>63 != 0 {
		return ^b
	}
	return b | 1<<63
}

// stringPrefix is the first 8 bytes of b as a number, with zeros after a shorter b: strings with different prefixes are ordered as these.
func stringPrefix(b []byte) uint64 {
	if len(b) >= 8 {
		return binary.BigEndian.Uint64(b)
	}
	var room [8]byte
	copy(room[:], b)
	return binary.BigEndian.Uint64(room[:])
}

// fewItems is up to where comparing is faster than counting.
const fewItems = 512

// sortByKey sorts items by their keys: many by radix, a byte of the key at a time from the lowest, without the bytes that all keys share.
func sortByKey(items []sortItem) {
	if len(items) <= fewItems {
		slices.SortFunc(items, func(a, b sortItem) int { return cmp.Compare(a.key, b.key) })
		return
	}
	var counts [8][256]int
	for _, it := range items {
		for d := range 8 {
			counts[d][byte(it.key>>(8*d))]++
		}
	}
	from, to := items, []sortItem(nil)
	for d := range 8 {
		count := &counts[d]
		shift := 8 * d
		if count[byte(from[0].key>>shift)] == len(items) {
			continue
		}
		if to == nil {
			to = make([]sortItem, len(items))
		}
		at := 0
		for i, n := range count {
			count[i] = at
			at += n
		}
		for _, it := range from {
			b := byte(it.key >> shift)
			to[count[b]] = it
			count[b]++
		}
		from, to = to, from
	}
	if &from[0] != &items[0] {
		copy(items, from)
	}
}
