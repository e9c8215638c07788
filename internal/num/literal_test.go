package num

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// TestRound compares with math/big, which rounds to nearest, ties to even, to any precision.
func TestRound(t *testing.T) {
	seed := rand.Uint64()
	rnd := rand.New(rand.NewPCG(seed, 0))
	for range 20_000 {
		hi, lo := rnd.Uint64()>>rnd.IntN(65), rnd.Uint64()>>rnd.IntN(65)
		if rnd.IntN(3) == 0 {
			lo = 1 << 63 >> rnd.IntN(65)
		}
		if rnd.IntN(3) == 0 {
			hi = math.MaxUint64 << rnd.IntN(65)
		}
		n := new(big.Int).SetUint64(hi)
		n.Lsh(n, 64).Add(n, new(big.Int).SetUint64(lo))
		for _, f := range []float{double, extended} {
			sticky := hi>>60 != 0 && rnd.IntN(2) == 0
			man, exp, ok := f.round(hi, lo, sticky, 0)
			got := new(big.Float).SetMantExp(new(big.Float).SetPrec(64).SetUint64(man), int(exp))
			exact := new(big.Float).SetPrec(300).SetInt(n)
			if sticky {
				exact.Add(exact, big.NewFloat(0.25))
			}
			want := new(big.Float).SetPrec(uint(f.prec)).Set(exact)
			if !ok || got.Cmp(want) != 0 {
				t.Fatalf("seed %d: %#x %#x %v to %d bits: %v, want %v", seed, hi, lo, sticky, f.prec, got, want)
			}
		}
	}
}

// TestQuickAndBig compares the two ways to read a decimal number.
func TestQuickAndBig(t *testing.T) {
	seed := rand.Uint64()
	rnd := rand.New(rand.NewPCG(seed, 0))
	for range 5_000 {
		b := AppendUint(nil, 1+rnd.Uint64N(1e19-1)>>rnd.IntN(63))
		b = append(b, 'e')
		b = AppendInt(b, int64(rnd.IntN(55)-27))
		x, ok := scanLiteral(b)
		if !ok || x.lo == 0 {
			continue
		}
		for _, f := range []float{double, extended} {
			man, exp, ok := f.nearest(&x)
			bigMan, bigExp, bigOk := f.nearestBig(&x)
			if man != bigMan || exp != bigExp || ok != bigOk {
				t.Fatalf("seed %d: %s: %#x·2^%d, with big numbers %#x·2^%d", seed, b, man, exp, bigMan, bigExp)
			}
		}
	}
}
