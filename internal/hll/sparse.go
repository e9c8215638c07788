package hll

import "strconv"

const (
	zeroMax    = 64        // registers of a ZERO
	xzeroMax   = Registers // registers of an XZERO
	valMax     = 32        // the biggest value of a VAL
	valRunMax  = 4         // registers of a VAL
	xzeroBit   = 0x40
	valBit     = 0x80
	mergeSteps = 5 // opcodes that are looked at in order to join VALs
)

// run is what the opcode at b[p] says: its size in bytes, and how many registers have which value. An XZERO that ends with its first byte is read as
// if a zero followed, which is what follows each of Redis's strings.
func run(b []byte, p int) (size, regs int, v uint8) {
	op := b[p]
	switch {
	case op&valBit != 0:
		return 1, int(op&3) + 1, op>>2&31 + 1
	case op&xzeroBit == 0:
		return 1, int(op) + 1, 0
	}
	n := int(op&63)<<8 + 1
	if p+1 < len(b) {
		n += int(b[p+1])
	}
	return 2, n, 0
}

// eachRun calls fn with each run of a sparse string: first register, number, value. It stops at a run beyond the last register, as Redis
// does since CVE-2025-32023 (before, a VAL there was not looked at by all commands).
func eachRun(b []byte, fn func(first, n int, v uint8)) error {
	first := 0
	for p := headerSize; p < len(b); {
		size, n, v := run(b, p)
		if first+n > Registers {
			return ErrCorrupt
		}
		fn(first, n, v)
		first += n
		p += size
	}
	if first != Registers {
		return ErrCorrupt
	}
	return nil
}

// AppendRuns appends the runs of b, which is sparse, in words: "z:n" for a ZERO, "Z:n" for an XZERO and "v:value,n" for a VAL, with
// blanks between them.
func AppendRuns(dst, b []byte) []byte {
	for p := headerSize; p < len(b); {
		size, n, v := run(b, p)
		if p > headerSize {
			dst = append(dst, ' ')
		}
		switch {
		case v != 0:
			dst = append(dst, 'v', ':')
			dst = strconv.AppendUint(dst, uint64(v), 10)
			dst = append(dst, ',')
		case size == 1:
			dst = append(dst, 'z', ':')
		default:
			dst = append(dst, 'Z', ':')
		}
		dst = strconv.AppendInt(dst, int64(n), 10)
		p += size
	}
	return dst
}

// appendZeros appends a run of n registers of 0, up to xzeroMax.
func appendZeros(dst []byte, n int) []byte {
	if n--; n < zeroMax {
		return append(dst, byte(n))
	}
	return append(dst, xzeroBit|byte(n>>8), byte(n))
}

// val is the opcode of n registers of v.
func val(v uint8, n int) byte { return valBit | (v-1)<<2 | byte(n-1) }

// setSparse raises a register of a sparse string.
func setSparse(b []byte, index int, rank uint8, maxSparse int) ([]byte, bool, error) {
	if rank > valMax {
		return promote(b, index, rank)
	}
	first, prev, p := 0, headerSize, headerSize
	var size, n int
	var v uint8
	for ; ; p += size {
		if p >= len(b) {
			return b, false, ErrCorrupt
		}
		if size, n, v = run(b, p); index < first+n {
			break
		}
		first += n
		prev = p
	}
	switch {
	case v >= rank:
		return b, false, nil
	case n == 1 && size == 1:
		b[p] = val(rank, 1)
	default:
		if p+size > len(b) {
			return b, false, ErrCorrupt
		}
		var room [5]byte
		seq := split(room[:0], first, n, v, index, rank)
		delta := len(seq) - size
		if delta > 0 && len(b)+delta > maxSparse {
			return promote(b, index, rank)
		}
		b = replace(b, p, size, seq)
	}
	return join(b, prev), true, nil
}

// split appends the opcodes of a run of n registers of v from first on, of which register index becomes rank.
func split(dst []byte, first, n int, v uint8, index int, rank uint8) []byte {
	part := func(n int) {
		switch {
		case n == 0:
		case v == 0:
			dst = appendZeros(dst, n)
		default:
			dst = append(dst, val(v, n))
		}
	}
	part(index - first)
	dst = append(dst, val(rank, 1))
	part(first + n - 1 - index)
	return dst
}

// replace puts seq in the place of b[p:p+size].
func replace(b []byte, p, size int, seq []byte) []byte {
	old := len(b)
	if delta := len(seq) - size; delta > 0 {
		b = append(b, seq[:delta]...)
	}
	copy(b[p+len(seq):], b[p+size:old])
	copy(b[p:], seq)
	return b[:old+len(seq)-size]
}

// join makes one of neighbouring VALs of the same value, near p.
func join(b []byte, p int) []byte {
	for step := 0; step < mergeSteps && p < len(b); step++ {
		size, n, v := run(b, p)
		if v == 0 {
			p += size
			continue
		}
		if p+1 < len(b) && b[p+1]&valBit != 0 {
			if _, n2, v2 := run(b, p+1); v2 == v && n+n2 <= valRunMax {
				b[p+1] = val(v, n+n2)
				b = append(b[:p], b[p+1:]...)
				continue
			}
		}
		p++
	}
	return b
}

// promote makes a sparse string dense and sets a register that is below rank.
func promote(b []byte, index int, rank uint8) ([]byte, bool, error) {
	b, err := ToDense(nil, b)
	if err != nil {
		return b, false, err
	}
	return b, raise(b[headerSize:], index, rank), nil
}
