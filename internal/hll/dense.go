package hll

import "encoding/binary"

// Register is register i of b, which is dense.
func Register(b []byte, i int) uint8 { return register(b[headerSize:], i) }

// register is register i of a dense string's registers.
func register(regs []byte, i int) uint8 {
	at, shift := i*registerBits/8, uint(i*registerBits%8)
	w := uint(regs[at])
	if shift > 8-registerBits {
		w |= uint(regs[at+1]) << 8
	}
	return uint8(w >> shift & registerMax)
}

// setRegister sets register i of a dense string's registers.
func setRegister(regs []byte, i int, v uint8) {
	at, shift := i*registerBits/8, uint(i*registerBits%8)
	mask, w := uint(registerMax)<<shift, uint(v)<<shift
	regs[at] = regs[at]&^byte(mask) | byte(w)
	if shift > 8-registerBits {
		regs[at+1] = regs[at+1]&^byte(mask>>8) | byte(w>>8)
	}
}

// raise sets a register that is below v.
func raise(regs []byte, i int, v uint8) bool {
	if register(regs, i) >= v {
		return false
	}
	setRegister(regs, i, v)
	return true
}

// Eight registers take six bytes.
const (
	groupSize  = 8
	groupBytes = groupSize * registerBits / 8
)

// spread makes a byte of each of the eight registers in the low 48 bits of w.
func spread(w uint64) uint64 {
	w = w&0xffffff | w&0xffffff000000<<8
	w = w&0x00000fff00000fff | w&0x00fff00000fff000<<4
	return w&0x003f003f003f003f | w&0x0fc00fc00fc00fc0<<2
}

// gather is the reverse of spread.
func gather(w uint64) uint64 {
	w = w&0x003f003f003f003f | w>>2&0x0fc00fc00fc00fc0
	w = w&0x00000fff00000fff | w>>4&0x00fff00000fff000
	return w&0xffffff | w>>8&0xffffff000000
}

// group is registers 8·i to 8·i+7 of a dense string, a byte each.
func group(regs []byte, i int) uint64 {
	p := regs[i*groupBytes:]
	if len(p) >= 8 {
		return spread(binary.LittleEndian.Uint64(p))
	}
	return spread(uint64(binary.LittleEndian.Uint32(p)) | uint64(binary.LittleEndian.Uint16(p[4:]))<<32)
}

// setGroup is the reverse of group.
func setGroup(regs []byte, i int, w uint64) {
	p := regs[i*groupBytes : (i+1)*groupBytes]
	w = gather(w)
	binary.LittleEndian.PutUint32(p, uint32(w))
	binary.LittleEndian.PutUint16(p[4:], uint16(w>>32))
}

// maxBytes is the bigger of each two bytes of a and b, which are below 128.
func maxBytes(a, b uint64) uint64 {
	const high = 0x8080808080808080
	more := ((a | high) - b) & high // where a >= b
	mask := more<<1 - more>>7       // 0xff there; the carry of the highest byte is lost, as it should
	return a&mask | b&^mask
}

// ToDense appends the dense form of b, which may be dense already, to dst. The remembered estimate stays.
func ToDense(dst, b []byte) ([]byte, error) {
	if Dense(b) {
		return append(dst, b...), nil
	}
	n := len(dst)
	dst = append(dst, b[:headerSize]...)
	dst = append(dst, make([]byte, DenseSize-headerSize)...)
	dst[n+encodingAt] = dense
	regs := dst[n+headerSize:]
	err := eachRun(b, func(i, n int, v uint8) {
		for end := i + n; v > 0 && i < end; i++ {
			setRegister(regs, i, v)
		}
	})
	return dst, err
}
