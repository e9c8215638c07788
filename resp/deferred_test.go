package resp

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestDeferred(t *testing.T) {
	for _, n := range []int{0, 1, 5, 9, 10, 50, 99, 100, 123456} {
		for _, proto := range []int{2, 3} {
			elements := strings.Repeat("+OK\r\n", 20)
			w := Writer{Proto: proto}
			w.Int(7)
			m := w.DeferArray()
			w.Raw([]byte(elements))
			w.SetArrayLen(m, n)
			m = w.DeferMap()
			w.Raw([]byte(elements))
			w.SetMapLen(m, n)
			m = w.DeferSet()
			w.Raw([]byte(elements))
			w.SetSetLen(m, n)
			want := fmt.Sprintf(":7\r\n*%d\r\n%s*%d\r\n%s*%d\r\n%s", n, elements, 2*n, elements, n, elements)
			if proto == 3 {
				want = fmt.Sprintf(":7\r\n*%d\r\n%s%%%d\r\n%s~%d\r\n%s", n, elements, n, elements, n, elements)
			}
			if string(w.Buf) != want {
				t.Errorf("n %d, proto %d: %q, want %q", n, proto, w.Buf, want)
			}
		}
	}
}

// TestDeferredNested writes random trees with deferred headers and with known ones.
func TestDeferredNested(t *testing.T) {
	seed := rand.Uint64()
	rnd := rand.New(rand.NewPCG(seed, 0))
	var deferred, plain Writer
	var write func(depth int) func()
	write = func(depth int) func() {
		n := rnd.IntN(1 + rnd.IntN(25))
		kind := rnd.IntN(3)
		var m Mark
		count := n
		switch kind {
		case 0:
			m = deferred.DeferArray()
		case 1:
			m = deferred.DeferMap()
			count = 2 * n
		case 2:
			m = deferred.DeferSet()
		}
		var children []func()
		for i := range count {
			if depth > 0 && rnd.IntN(4) == 0 {
				children = append(children, write(depth-1))
				continue
			}
			deferred.Int(int64(i))
			children = append(children, func() { plain.Int(int64(i)) })
		}
		switch kind {
		case 0:
			deferred.SetArrayLen(m, n)
		case 1:
			deferred.SetMapLen(m, n)
		case 2:
			deferred.SetSetLen(m, n)
		}
		return func() {
			[]func(int){plain.Array, plain.Map, plain.Set}[kind](n)
			for _, c := range children {
				c()
			}
		}
	}
	for round := range 200 {
		proto := 2 + rnd.IntN(2)
		deferred, plain = Writer{Proto: proto}, Writer{Proto: proto}
		write(3)()
		if string(deferred.Buf) != string(plain.Buf) {
			t.Fatalf("seed %d round %d:\n%q\nwant\n%q", seed, round, deferred.Buf, plain.Buf)
		}
	}
}
