package hll

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
)

// How much SelfTest does.
const (
	selfTestCycles   = 1000
	selfTestElements = 10_000_000
)

// SelfTest tests registers, encodings and estimates with elements that follow from seed, for some seconds. The texts of its errors are those of
// Redis's PFSELFTEST.
func SelfTest(maxSparse int, seed uint64) error {
	r := rand.New(rand.NewPCG(seed, 0))
	if err := testRegisters(r); err != nil {
		return err
	}
	return testEstimates(maxSparse, r.Uint64(), selfTestElements)
}

// testRegisters fills a dense string with random registers and reads them back.
func testRegisters(r *rand.Rand) error {
	regs := make([]byte, DenseSize-headerSize)
	var want [Registers]uint8
	for range selfTestCycles {
		for i := range want {
			want[i] = uint8(r.Uint32() & registerMax)
			setRegister(regs, i, want[i])
		}
		for i, w := range want {
			if got := register(regs, i); got != w {
				return fmt.Errorf("Register %d should be %d but is %d", i, w, got)
			}
		}
	}
	return nil
}

// testEstimates adds n elements to a dense and a sparse string, and compares their estimates with the truth at each power of ten.
func testEstimates(maxSparse int, seed uint64, n int) error {
	d, _ := ToDense(nil, Append(nil))
	s := Append(nil)
	checkpoint := 1
	var element [8]byte
	for i := 1; i <= n; i++ {
		binary.LittleEndian.PutUint64(element[:], uint64(i)^seed)
		var err error
		if s, _, err = Add(s, element[:], maxSparse); err != nil {
			return err
		}
		if d, _, err = Add(d, element[:], maxSparse); err != nil {
			return err
		}
		if i != checkpoint {
			continue
		}
		if i < maxSparse/2 && Dense(s) {
			return errors.New("sparse encoding not used")
		}
		if err := compareEstimates(d, s, i); err != nil {
			return err
		}
		checkpoint *= 10
	}
	return nil
}

func compareEstimates(d, s []byte, truth int) error {
	nd, err := Count(d)
	if err != nil {
		return err
	}
	ns, err := Count(s)
	if err != nil {
		return err
	}
	if nd != ns {
		return errors.New("dense/sparse disagree")
	}
	limit := int(math.Ceil(1.04 / math.Sqrt(Registers) * 6 * float64(truth)))
	if truth == 10 {
		limit = 1
	}
	if diff := truth - int(nd); diff > limit || diff < -limit {
		return fmt.Errorf("Too big error. card:%d abserr:%d", truth, max(diff, -diff))
	}
	return nil
}
