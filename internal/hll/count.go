package hll

import (
	"encoding/binary"
	"math"
)

// Union is the registers of the union of several HyperLogLogs. The zero value is the empty one.
type Union [Registers]uint8 // each at most 63

// Merge adds b to the union. After an error some registers may have been added.
func (u *Union) Merge(b []byte) error {
	if Dense(b) {
		regs := b[headerSize:]
		for i := range Registers / groupSize {
			p := u[i*groupSize : (i+1)*groupSize]
			binary.LittleEndian.PutUint64(p, maxBytes(binary.LittleEndian.Uint64(p), group(regs, i)))
		}
		return nil
	}
	return eachRun(b, func(i, n int, v uint8) {
		if v == 0 {
			return
		}
		for j, r := range u[i : i+n] {
			u[i+j] = max(r, v)
		}
	})
}

// Count is the estimate of the number of distinct elements.
func (u *Union) Count() uint64 {
	var h histogram
	for _, v := range u {
		h[v&registerMax]++
	}
	return h.estimate()
}

// Store raises the registers of b to those of the union; else as Add. b is part of the union if it is dense.
func (u *Union) Store(b []byte, maxSparse int) ([]byte, error) {
	for i, v := range u {
		if v == 0 {
			continue
		}
		if Dense(b) {
			u.pack(b[headerSize:])
			break
		}
		var err error
		if b, _, err = setSparse(b, i, v, maxSparse); err != nil {
			return b, err
		}
	}
	return b, nil
}

// pack writes all registers as a dense string has them.
func (u *Union) pack(regs []byte) {
	for i := range Registers / groupSize {
		setGroup(regs, i, binary.LittleEndian.Uint64(u[i*groupSize:]))
	}
}

// Count is the estimate of the number of distinct elements of b, from its registers.
func Count(b []byte) (uint64, error) {
	var h histogram
	if Dense(b) {
		h.addDense(b[headerSize:])
		return h.estimate(), nil
	}
	if err := eachRun(b, func(_, n int, v uint8) { h[v] += n }); err != nil {
		return 0, err
	}
	return h.estimate(), nil
}

// histogram is how many registers have each value.
type histogram [registerMax + 1]int

func (h *histogram) addDense(regs []byte) {
	var tables [4][256]uint32 // so that equal neighbours need not wait for each other
	for i := range Registers / groupSize {
		w := group(regs, i)
		tables[0][byte(w)]++
		tables[1][byte(w>>8)]++
		tables[2][byte(w>>16)]++
		tables[3][byte(w>>24)]++
		tables[0][byte(w>>32)]++
		tables[1][byte(w>>40)]++
		tables[2][byte(w>>48)]++
		tables[3][byte(w>>56)]++
	}
	for i := range h {
		h[i] += int(tables[0][i] + tables[1][i] + tables[2][i] + tables[3][i])
	}
}

// estimate is algorithm 6 of the paper. Each product is rounded by itself: float64() keeps the compiler from fusing it with a sum.
func (h *histogram) estimate() uint64 {
	const m = float64(Registers)
	z := m * tau((m-float64(h[rankMax]))/m)
	for i := rankMax - 1; i >= 1; i-- {
		z = (z + float64(h[i])) * 0.5
	}
	z += float64(m * sigma(float64(h[0])/m))
	const alpha = 0.5 / math.Ln2
	e := math.Round(float64(alpha) * m * m / z)
	if e < 1<<63 {
		return uint64(e)
	}
	return 1 << 63 // of registers that no element can have: what Redis gets of infinity
}

func sigma(x float64) float64 {
	if x == 1 {
		return math.Inf(1)
	}
	y, z := 1.0, x
	for {
		x *= x
		before := z
		z += float64(x * y)
		y += y
		if z == before {
			return z
		}
	}
}

func tau(x float64) float64 {
	if x == 0 || x == 1 {
		return 0
	}
	y, z := 1.0, 1-x
	for {
		x = math.Sqrt(x)
		before := z
		y *= 0.5
		z -= float64(float64((1-x)*(1-x)) * y)
		if z == before {
			return z / 3
		}
	}
}
