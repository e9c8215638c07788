package store

import (
	"bytes"

	"radish/internal/num"
	"radish/store/listpack"
)

// A listpack of member and score in turn, in the order of a sorted set.

// pairFind is the offset of a member, -1 if it is not there.
func pairFind(lp, m []byte) int { return listpack.Find(lp, listpack.First(lp), m, 2) }

// pairScore is the score of the member at off.
func pairScore(lp []byte, off int) float64 { return scoreAt(lp, listpack.Next(lp, off)) }

// scoreAt is the score at off.
func scoreAt(lp []byte, off int) float64 {
	if n, ok := listpack.Int(lp, off); ok {
		return float64(n)
	}
	f, _ := num.ParseDouble(listpack.Get(lp, off).S)
	return f
}

// pairPlace is where a pair belongs: the offset of the first pair that is greater, or of the end.
func pairPlace(lp, m []byte, score float64) int {
	end := len(lp) - 1
	if last := listpack.Last(lp); last < 0 || scoreAt(lp, last) < score {
		return end
	}
	var scratch [24]byte
	for off := listpack.First(lp); off >= 0; {
		at := listpack.Next(lp, off)
		s := scoreAt(lp, at)
		if s > score || s == score && bytes.Compare(listpack.Bytes(lp, off, &scratch), m) > 0 {
			return off
		}
		off = listpack.Next(lp, at)
	}
	return end
}

// appendPair appends the two entries of a pair. An integer score is stored as one, so that -0 becomes 0.
func appendPair(dst, m []byte, score float64) []byte {
	dst = listpack.AppendEntry(dst, m)
	// 2^62 is the float64 nearest to LLONG_MAX/2, up to which Redis does so.
	if n := int64(score); -(1<<62) <= score && score <= 1<<62 && float64(n) == score {
		return listpack.AppendInt(dst, n)
	}
	var digits [32]byte
	return listpack.AppendEntry(dst, num.AppendDouble(digits[:0], score))
}

// maxPairs is the size that a listpack stays below, as in Redis.
const maxPairs = 1 << 30

// pairsFit says whether n pairs may be a listpack, of which a member that is added, or the longest, has the given length.
func (l *Limits) pairsFit(n, memberLen int) bool {
	return n <= l.ZSetMaxListpackEntries && memberLen <= l.ZSetMaxListpackValue
}
