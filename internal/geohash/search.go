package geohash

import "math"

// Shape is the area of a search: a circle or a box around a position.
type Shape struct {
	Lon, Lat float64 // of the centre
	Box      bool
	// Radius is that of a circle, Width and Height are those of a box, in units of Unit meters.
	Radius, Width, Height float64
	Unit                  float64
}

// Range is a range of scores: Min is in it, Max is not.
type Range struct{ Min, Max float64 }

// Ranges appends the ranges of scores that cover the area, in the order in which Redis reads them, to dst: at most nine. They may overlap when
// the area is very big.
func (s *Shape) Ranges(dst []Range) []Range {
	var last cell
	for i, h := range s.cells() {
		if h == (cell{}) || h == last {
			continue
		}
		shift := 2 * (maxStep - h.step)
		dst = append(dst, Range{float64(h.bits << shift), float64((h.bits + 1) << shift)})
		last = h
		if i == 0 {
			last = cell{} // the first one is not compared with the next
		}
	}
	return dst
}

// The places of cells around the first one, in order.
const (
	centre = iota
	north
	south
	east
	west
	northEast
	northWest
	southEast
	southWest
	numCells
)

func around(h cell) [numCells]cell {
	return [numCells]cell{
		centre: h, north: h.move(0, 1), south: h.move(0, -1), east: h.move(1, 0), west: h.move(-1, 0),
		northEast: h.move(1, 1), northWest: h.move(-1, 1), southEast: h.move(1, -1), southWest: h.move(-1, -1),
	}
}

// cells are the cells that cover the area; those that are not needed are zero.
func (s *Shape) cells() [numCells]cell {
	c := mercator()
	b := s.bounds()
	step := stepFor(s.reach(), s.Lat)
	h := c.encode(s.Lon, s.Lat, step)
	a := around(h)
	// near the edge of a cell the next ones may be too small
	if step > 1 && (c.decode(a[north]).maxLat < b.maxLat || c.decode(a[south]).minLat > b.minLat ||
		c.decode(a[east]).maxLon < b.maxLon || c.decode(a[west]).minLon > b.minLon) {
		step--
		h = c.encode(s.Lon, s.Lat, step)
		a = around(h)
	}
	if step < 2 {
		return a
	}
	clearAll := func(list ...int) {
		for _, i := range list {
			a[i] = cell{}
		}
	}
	r := c.decode(h)
	if r.minLat < b.minLat {
		clearAll(south, southWest, southEast)
	}
	if r.maxLat > b.maxLat {
		clearAll(north, northEast, northWest)
	}
	if r.minLon < b.minLon {
		clearAll(west, southWest, northWest)
	}
	if r.maxLon > b.maxLon {
		clearAll(east, southEast, northEast)
	}
	return a
}

// reach is how far from the centre the area goes, in meters.
func (s *Shape) reach() float64 {
	if !s.Box {
		return s.Radius * s.Unit
	}
	w, h := s.Width/2, s.Height/2
	return math.Sqrt(float64(w*w)+float64(h*h)) * s.Unit
}

// bounds is a rectangle around the area.
func (s *Shape) bounds() rect {
	w, h := s.Unit*s.Radius, s.Unit*s.Radius
	if s.Box {
		w, h = s.Unit*(s.Width/2), s.Unit*(s.Height/2)
	}
	dLat := degrees(h / earthRadius)
	edge := s.Lat + dLat // the narrower one
	if s.Lat < 0 {
		edge = s.Lat - dLat
	}
	dLon := degrees(w / earthRadius / cos(radians(edge)))
	return rect{s.Lon - dLon, s.Lon + dLon, s.Lat - dLat, s.Lat + dLat}
}

// stepFor is the grid for a search that goes reach meters from its centre.
func stepFor(reach, lat float64) uint8 {
	const circumference = 20037726.37 // half of it, in Mercator's meters
	if reach == 0 {
		return maxStep
	}
	step := 1
	for ; reach < circumference; reach *= 2 {
		step++
	}
	step -= 2
	if lat > 66 || lat < -66 {
		step--
	}
	if lat > 80 || lat < -80 {
		step--
	}
	return uint8(max(1, min(step, maxStep)))
}

// Finder tells which positions are in an area.
type Finder struct {
	shape          Shape
	lon, lat       float64 // of the centre, in radians
	cosLat         float64
	height, width  float64 // half of a box's, the radius of a circle, in meters
	maxLat, maxHav float64 // bounds of the difference in latitude, in radians, and of the haversine, for a box that along a parallel
}

// Finder makes a Finder for the area.
func (s *Shape) Finder() Finder {
	f := Finder{shape: *s, lon: radians(s.Lon), lat: radians(s.Lat)}
	f.cosLat = cos(f.lat)
	if s.Box {
		f.height, f.width = s.Height*s.Unit/2, s.Width*s.Unit/2
	} else {
		f.height, f.width = s.Radius*s.Unit, s.Radius*s.Unit
	}
	f.maxLat = f.height / earthRadius
	f.maxHav = math.Inf(1)
	if half := f.width / earthRadius / 2; half < math.Pi/2 {
		f.maxHav = math.Sin(half) * math.Sin(half)
	}
	return f
}

// margin is more than the error of a haversine that is computed with package math, relative to it.
const margin = 1e-9

// Distance is how far a position is from the centre, in meters; ok is false if it is not in the area. Unless exact, the distance is not
// computed when it need not be known.
func (f *Finder) Distance(lon, lat float64, exact bool) (meters float64, ok bool) {
	lonR, latR := radians(lon), radians(lat)
	if math.Abs(latR-f.lat) > f.maxLat*(1+margin) {
		return 0, false
	}
	// first a guess, which nearly always decides
	v := math.Sin((lonR - f.lon) / 2)
	cosLat := math.Cos(latR)
	var hav float64
	if f.shape.Box {
		hav = cosLat * cosLat * v * v
	} else {
		u := math.Sin((latR - f.lat) / 2)
		hav = u*u + f.cosLat*cosLat*v*v
	}
	if hav > f.maxHav*(1+margin) {
		return 0, false
	}
	inside := hav < f.maxHav*(1-margin) && (!f.shape.Box || math.Abs(latR-f.lat) < f.maxLat*(1-margin))
	if inside && !exact {
		return 0, true
	}
	if f.shape.Box && !inside && (latDistance(lat, f.shape.Lat) > f.height || Distance(lon, lat, f.shape.Lon, lat) > f.width) {
		return 0, false
	}
	meters = Distance(f.shape.Lon, f.shape.Lat, lon, lat)
	return meters, f.shape.Box || !(meters > f.width)
}

// Farthest is the distance of antipodes in meters. That of two positions comes out as NaN when rounding makes them farther apart.
const Farthest = math.Pi * earthRadius

const (
	earthRadius = 6372797.560856
	degree      = 0.017453292519943295 // the float64 of pi, divided by 180
)

func radians(deg float64) float64 { return float64(deg * degree) } // rounded here, not fused with what follows
func degrees(rad float64) float64 { return rad / degree }

// Distance is the distance of two positions in meters.
func Distance(lon1, lat1, lon2, lat2 float64) float64 {
	v := sin((radians(lon2) - radians(lon1)) / 2)
	if v == 0 {
		return latDistance(lat1, lat2)
	}
	r1, r2 := radians(lat1), radians(lat2)
	u := sin((r2 - r1) / 2)
	a := float64(u*u) + float64(cos(r1)*cos(r2)*v*v)
	return 2 * earthRadius * asin(math.Sqrt(a))
}

// latDistance is the distance of two parallels.
func latDistance(lat1, lat2 float64) float64 {
	return earthRadius * math.Abs(float64(radians(lat2))-float64(radians(lat1)))
}
