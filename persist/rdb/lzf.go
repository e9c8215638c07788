package rdb

// LZF, as LibLZF writes it and Redis uses it for strings. Compressed bytes are a sequence of steps:
//
//	000LLLLL                       L+1 bytes follow, as they are
//	LLLooooo oooooooo              copy L+2 bytes (1 <= L <= 6) from o+1 bytes before the end of what there is
//	111ooooo LLLLLLLL oooooooo     copy L+9 bytes
//
// What is copied may go on into what the copy itself has made.

const (
	lzfLiterals   = 32      // most bytes that a step has as they are
	lzfMaxOffset  = 1 << 13 // farthest place to copy from
	lzfMaxCopy    = 255 + 9
	lzfMostFactor = lzfMaxCopy / 3 // a byte becomes so many at most
	lzfLongLen    = 7
)

// appendUnpacked appends what src is uncompressed to dst: exactly n bytes, else ok is false.
func appendUnpacked(dst, src []byte, n int) (out []byte, ok bool) {
	start := len(dst)
	if room := min(n, 16*len(src)+64); cap(dst)-start < room {
		dst = append(make([]byte, 0, start+room), dst...)
	}
	out, used, ok := unpack(dst, src, start, start+n)
	return out, ok && used == len(src) && len(out) == start+n
}

// unpack takes steps from src, and appends what they make to out, which becomes no longer than most; no copy is from before out[start]. It stops
// before a step that src does not have as a whole, and returns how much of src it used. ok is false for what is no step, or makes too much.
func unpack(out, src []byte, start, most int) (_ []byte, used int, ok bool) {
	for used < len(src) {
		ctrl := int(src[used])
		if ctrl < lzfLiterals {
			end := used + ctrl + 2
			if end > len(src) {
				break
			}
			if len(out)+ctrl+1 > most {
				return out, used, false
			}
			out = append(out, src[used+1:end]...)
			used = end
			continue
		}
		n, at := ctrl>>5, used+1
		if n == lzfLongLen && at < len(src) {
			n += int(src[at])
			at++
		} else if n == lzfLongLen {
			break
		}
		if at == len(src) {
			break
		}
		from := len(out) - (ctrl&0x1f<<8 | int(src[at])) - 1
		n += 2
		if from < start || len(out)+n > most {
			return out, used, false
		}
		for n > 0 {
			k := min(n, len(out)-from)
			out = append(out, out[from:from+k]...)
			n -= k
		}
		used = at + 1
	}
	return out, used, true
}
