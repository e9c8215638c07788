package aof

import "radish/persist/fsys"

const (
	keptBlock = 256 << 10 // bytes of a block of kept bytes
	keptMax   = 16 << 20  // most bytes kept of a file
	keptMany  = 8 << 20   // from here on an fsync does not wait for its second
	spareKept = 16        // blocks kept for the next second
)

// segment is an INCR file that is open for writing. Its fields are guarded by Log.wmu.
type segment struct {
	f    fsys.File
	name string
	size int64 // bytes written: all of them whole effects
	// synced is how many of these are on disk for certain.
	synced int64
	kept   kept
	// suspect says that a sync has failed: what lies behind synced must be written again before anything else.
	suspect bool
}

// lost says that bytes that may be gone from the disk are not in memory either.
func (s *segment) lost() bool { return s.suspect && s.kept.from > s.synced }

// wrote notes that b was written at the end. If keep, b stays in memory until it is synced.
func (s *segment) wrote(b []byte, keep bool, spare *[][]byte) {
	s.size += int64(len(b))
	if !keep && !s.suspect || s.kept.bytes+len(b) > keptMax {
		s.kept.clear(s.size, spare)
		return
	}
	s.kept.add(b, spare)
}

// syncedTo notes that the first size bytes are on disk.
func (s *segment) syncedTo(size int64, spare *[][]byte) {
	s.synced = size
	s.kept.drop(size, spare)
}

// repair writes what may be gone again, at its place, if a sync has failed. The error is errLost if it is not in memory.
func (s *segment) repair() error {
	if !s.suspect {
		return nil
	}
	if s.lost() {
		return errLost
	}
	off := s.kept.from
	for _, b := range s.kept.blocks {
		if _, err := s.f.WriteAt(b, off); err != nil {
			return err
		}
		off += int64(len(b))
	}
	s.suspect = false
	return nil
}

// cut notes that the file was made shorter.
func (s *segment) cut(size int64, spare *[][]byte) {
	s.size, s.synced = size, min(s.synced, size)
	s.kept.clear(size, spare)
}

// kept are the last bytes of a segment. What always holds: from + bytes is the segment's size.
type kept struct {
	from   int64 // offset in the file of the first
	bytes  int
	blocks [][]byte
}

func (k *kept) add(b []byte, spare *[][]byte) {
	k.bytes += len(b)
	for len(b) > 0 {
		last := len(k.blocks) - 1
		if last < 0 || len(k.blocks[last]) == cap(k.blocks[last]) {
			k.blocks = append(k.blocks, block(spare))
			last++
		}
		n := min(len(b), cap(k.blocks[last])-len(k.blocks[last]))
		k.blocks[last] = append(k.blocks[last], b[:n]...)
		b = b[n:]
	}
}

// drop forgets blocks that end at or before offset size.
func (k *kept) drop(size int64, spare *[][]byte) {
	n := 0
	for n < len(k.blocks) && k.from+int64(len(k.blocks[n])) <= size {
		k.from += int64(len(k.blocks[n]))
		k.bytes -= len(k.blocks[n])
		free(k.blocks[n], spare)
		n++
	}
	k.blocks = append(k.blocks[:0], k.blocks[n:]...)
}

func (k *kept) clear(size int64, spare *[][]byte) {
	for _, b := range k.blocks {
		free(b, spare)
	}
	*k = kept{from: size}
}

func block(spare *[][]byte) []byte {
	if n := len(*spare); n > 0 {
		b := (*spare)[n-1]
		*spare = (*spare)[:n-1]
		return b[:0]
	}
	return make([]byte, 0, keptBlock)
}

func free(b []byte, spare *[][]byte) {
	if len(*spare) < spareKept {
		*spare = append(*spare, b)
	}
}
