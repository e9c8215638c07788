package command

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestSort(t *testing.T) {
	h := newHarness(t)
	h.run("RPUSH", "l", "3", "1", "2", "10")
	h.want("SORT l", "*4 $1 1 $1 2 $1 3 $2 10")
	h.want("SORT l DESC LIMIT 1 2", "*2 $1 3 $1 2")
	h.want("SORT l ALPHA", "*4 $1 1 $2 10 $1 2 $1 3")
	h.run("MSET", "w1", "9", "w2", "8", "w3", "7")
	h.want("SORT l BY w* GET # GET w*", "*8 $2 10 $-1 $1 3 $1 7 $1 2 $1 8 $1 1 $1 9")
	h.ev = nil
	h.want("SORT l STORE d", ":4")
	h.wantEvents("sortstore d")
	if h.dirty != 4 {
		t.Errorf("dirty %d", h.dirty)
	}
	h.want("SORT missing STORE d", ":0")
	h.wantEvents("del d")
	h.want("SORT_RO l STORE d", "-ERR syntax error")
	h.want("SORT l BY w* LIMIT 0 x", "-ERR value is not an integer or out of range")
}

func TestSortManyNumbers(t *testing.T) {
	h := newHarness(t)
	r := rand.New(rand.NewPCG(5, 5))
	for _, n := range []int{1, 2, 100, fewItems, fewItems + 1, 5000} {
		h.run("DEL", "l")
		var vals []float64
		for range n {
			v := math.Floor(r.NormFloat64()*1e4) / math.Pow(10, float64(r.IntN(4)))
			vals = append(vals, v)
			h.run("RPUSH", "l", strconv.FormatFloat(v, 'g', -1, 64))
		}
		slices.Sort(vals)
		var want strings.Builder
		fmt.Fprintf(&want, "*%d\r\n", n)
		for _, v := range vals {
			s := strconv.FormatFloat(v, 'g', -1, 64)
			if v == 0 {
				s = "0"
			}
			fmt.Fprintf(&want, "$%d\r\n%s\r\n", len(s), s)
		}
		if got := strings.ReplaceAll(h.run("SORT", "l"), "$2\r\n-0\r\n", "$1\r\n0\r\n"); got != want.String() {
			t.Errorf("%d numbers are not sorted", n)
		}
	}
}

func TestSortPrepare(t *testing.T) {
	h := newHarness(t)
	for i := range 500 {
		h.run("RPUSH", "l", fmt.Sprint(i*7919%500))
	}
	for _, line := range []string{"SORT l STORE d", "SORT l DESC LIMIT 3 4 STORE d", "SORT l ALPHA STORE d", "SORT l LIMIT 1000 1 STORE d", "SORT missing STORE d"} {
		h.samePrepared(line, "LRANGE d 0 -1")
	}
}

func TestSortPatterns(t *testing.T) {
	for p, want := range map[string]sortPattern{
		"#":           {kind: patternElement},
		"#\x00*":      {kind: patternElement},
		"x":           {},
		"":            {},
		"x\x00*":      {},
		"a*b":         {before: []byte("a"), after: []byte("b"), kind: patternString},
		"a*b*c":       {before: []byte("a"), after: []byte("b*c"), kind: patternString},
		"a*->f":       {before: []byte("a"), after: []byte(""), field: []byte("f"), kind: patternField},
		"a*b->f->g":   {before: []byte("a"), after: []byte("b"), field: []byte("f->g"), kind: patternField},
		"a*->":        {before: []byte("a"), after: []byte("->"), kind: patternString},
		"a->x*":       {before: []byte("a->x"), after: []byte(""), kind: patternString},
		"a*\x00->f":   {before: []byte("a"), after: []byte("\x00->f"), kind: patternString},
		"a*->f\x00->": {before: []byte("a"), after: []byte(""), field: []byte("f\x00->"), kind: patternField},
	} {
		if got := parseSortPattern([]byte(p)); fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Errorf("%q: %q, want %q", p, got, want)
		}
	}
}

func TestSortLocks(t *testing.T) {
	for line, want := range map[string]Locks{
		"SORT k": 0, "SORT k BY x": 0, "SORT k GET #": 0, "SORT k BY x*": LockAll, "SORT k GET x*": LockAll, "SORT k STORE d": LockKeys,
		"SORT k BY x* STORE d": LockKeys | LockAll, "SORT k STORE get DESC": LockKeys, "SORT k BY": 0, "SORT k STORE": 0,
	} {
		var args [][]byte
		for _, a := range strings.Fields(line) {
			args = append(args, []byte(a))
		}
		if got := sortLocks(args); got != want {
			t.Errorf("%s: %v, want %v", line, got, want)
		}
	}
}
