package rdb

import (
	"math/rand/v2"
	"testing"
)

// The check value that Redis's source names, and all lengths against one byte at a time.
func TestChecksum(t *testing.T) {
	if got := Checksum(0, []byte("123456789")); got != 0xe9c6d914c4b8d9ca {
		t.Fatalf("%#x", got)
	}
	r := rand.New(rand.NewPCG(1, 2))
	p := make([]byte, 100)
	for i := range p {
		p[i] = byte(r.Uint32())
	}
	slow := uint64(0)
	for i := range p {
		slow = Checksum(slow, p[i:i+1])
		if got := Checksum(0, p[:i+1]); got != slow {
			t.Fatalf("%d bytes: %#x, want %#x", i+1, got, slow)
		}
	}
	if Checksum(Checksum(0, p[:37]), p[37:]) != slow {
		t.Fatal("in two parts")
	}
}

// Long texts are read in several places at once.
func TestChecksumLong(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	p := make([]byte, 2*crcLanes*crcLane+100)
	for i := range p {
		p[i] = byte(r.Uint32())
	}
	const begin = 0x0123456789abcdef
	slow := uint64(begin)
	at := 0
	for _, n := range []int{crcLane, crcLanes*crcLane - 1, crcLanes * crcLane, crcLanes*crcLane + 1, 2 * crcLanes * crcLane, len(p)} {
		for ; at < n; at++ {
			slow = Checksum(slow, p[at:at+1])
		}
		if got := Checksum(begin, p[:n]); got != slow {
			t.Errorf("%d bytes: %#x, want %#x", n, got, slow)
		}
	}
}

func BenchmarkChecksum(b *testing.B) {
	p := make([]byte, 64<<10)
	b.SetBytes(int64(len(p)))
	for b.Loop() {
		Checksum(0, p)
	}
}
