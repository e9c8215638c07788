package geohash

// Limits of positions, in degrees.
const (
	MaxLongitude = 180
	MaxLatitude  = 85.05112878
)

const maxStep = 26 // of a score

// coords are the ranges that a hash cuts into cells.
type coords struct{ minLon, maxLon, minLat, maxLat float64 }

// cell is a cell of the grid of 2^step by 2^step; the zero value is none.
type cell struct {
	bits uint64
	step uint8
}

// rect is a cell's limits in degrees.
type rect struct{ minLon, maxLon, minLat, maxLat float64 }

func mercator() coords { return coords{-MaxLongitude, MaxLongitude, -MaxLatitude, MaxLatitude} }

// Valid reports whether a position has a score.
func Valid(lon, lat float64) bool {
	return -MaxLongitude <= lon && lon <= MaxLongitude && -MaxLatitude <= lat && lat <= MaxLatitude
}

// Score is the score of a position that is Valid.
func Score(lon, lat float64) float64 { return float64(mercator().encode(lon, lat, maxStep).bits) }

// Bits is the hash that a score means, whatever the score.
func Bits(score float64) uint64 {
	switch {
	case score >= 1<<63:
		return uint64(truncate(score-1<<63)) ^ 1<<63
	default:
		return uint64(truncate(score))
	}
}

// truncate is the conversion to an integer as amd64 does it: out of range is the smallest integer.
func truncate(f float64) int64 {
	if f >= -1<<63 && f < 1<<63 {
		return int64(f)
	}
	return -1 << 63
}

// Position is the centre of the smallest cell with the score.
func Position(score float64) (lon, lat float64) {
	r := mercator().decode(cell{Bits(score), maxStep})
	return clamp((r.minLon+r.maxLon)/2, MaxLongitude), clamp((r.minLat+r.maxLat)/2, MaxLatitude)
}

func clamp(v, limit float64) float64 { return max(-limit, min(v, limit)) }

// AppendText appends the ordinary geohash of a position, of 11 characters; the last one is always 0, since a score has too few bits for it.
func AppendText(dst []byte, lon, lat float64) []byte {
	const alphabet = "0123456789bcdefghjkmnpqrstuvwxyz"
	bits := coords{-180, 180, -90, 90}.encode(lon, lat, maxStep).bits
	for i := range 10 {
		dst = append(dst, alphabet[bits>>(2*maxStep-5*(i+1))&31])
	}
	return append(dst, '0')
}

func (c coords) encode(lon, lat float64, step uint8) cell {
	cells := float64(uint64(1) << step)
	y := (lat - c.minLat) / (c.maxLat - c.minLat) * cells
	x := (lon - c.minLon) / (c.maxLon - c.minLon) * cells
	return cell{interleave(uint32(y), uint32(x)), step}
}

func (c coords) decode(h cell) rect {
	lat, lon := deinterleave(h.bits)
	cells := float64(uint64(1) << h.step)
	at := func(low, high float64, i uint32) float64 { return low + float64(float64(i)/cells*(high-low)) }
	return rect{
		minLon: at(c.minLon, c.maxLon, lon), maxLon: at(c.minLon, c.maxLon, lon+1),
		minLat: at(c.minLat, c.maxLat, lat), maxLat: at(c.minLat, c.maxLat, lat+1),
	}
}

// interleave puts the bits of x at the even places, from 0 on, and those of y at the odd ones.
func interleave(x, y uint32) uint64 { return spread(x) | spread(y)<<1 }

func deinterleave(v uint64) (x, y uint32) { return gather(v), gather(v >> 1) }

func spread(v uint32) uint64 {
	w := uint64(v)
	w = (w | w<<16) & 0x0000ffff0000ffff
	w = (w | w<<8) & 0x00ff00ff00ff00ff
	w = (w | w<<4) & 0x0f0f0f0f0f0f0f0f
	w = (w | w<<2) & 0x3333333333333333
	return (w | w<<1) & evenBits
}

func gather(w uint64) uint32 {
	w &= evenBits
	w = (w | w>>1) & 0x3333333333333333
	w = (w | w>>2) & 0x0f0f0f0f0f0f0f0f
	w = (w | w>>4) & 0x00ff00ff00ff00ff
	w = (w | w>>8) & 0x0000ffff0000ffff
	return uint32(w | w>>16)
}

const (
	evenBits = 0x5555555555555555 // latitude
	oddBits  = evenBits << 1      // longitude
)

// move is the cell east steps to the east and north steps to the north (each -1, 0 or 1), around the edges of the map.
func (h cell) move(east, north int) cell {
	unused := 64 - 2*uint(h.step)
	lon := step(h.bits&oddBits, east, evenBits>>unused, oddBits>>unused)
	lat := step(h.bits&evenBits, north, oddBits>>unused, evenBits>>unused)
	return cell{lon | lat, h.step}
}

// step adds d to the number whose bits are those of own; between them lie those of other. What is not moved keeps bits beyond these, as in Redis:
// that is the cell of longitude 180, which is one too many.
func step(v uint64, d int, other, own uint64) uint64 {
	switch {
	case d == 0:
		return v
	case d > 0:
		v += other + 1
	case d < 0:
		v = (v | other) - (other + 1)
	}
	return v & own
}
