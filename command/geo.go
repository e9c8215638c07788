package command

import (
	"math"
	"strconv"

	"radish/internal/geohash"
	"radish/internal/num"
	"radish/store"
)

const (
	errGeoUnit      Error = "ERR unsupported unit provided. please use M, KM, FT, MI"
	errGeoRadius    Error = "ERR need numeric radius"
	errGeoRadiusNeg Error = "ERR radius cannot be negative"
	errGeoWidth     Error = "ERR need numeric width"
	errGeoHeight    Error = "ERR need numeric height"
	errGeoBoxNeg    Error = "ERR height or width cannot be negative"
	errGeoMember    Error = "ERR could not decode requested zset member"
	errGeoCount     Error = "ERR COUNT must be > 0"
	errGeoAny       Error = "ERR the ANY argument requires COUNT argument"
)

// float is argument i as a number; message is the error that says it is none.
func (c *Ctx) float(i int, message Error) (float64, error) {
	f, ok := num.ParseDouble(c.Args[i])
	if !ok {
		return 0, message
	}
	return f, nil
}

// position is arguments i and i+1 as longitude and latitude.
func (c *Ctx) position(i int) (lon, lat float64, err error) {
	if lon, err = c.float(i, ErrNotFloat); err != nil {
		return 0, 0, err
	}
	if lat, err = c.float(i+1, ErrNotFloat); err != nil {
		return 0, 0, err
	}
	if !geohash.Valid(lon, lat) {
		return 0, 0, Error("ERR invalid longitude,latitude pair " + fixed6(lon) + "," + fixed6(lat))
	}
	return lon, lat, nil
}

// fixed6 is C's %f.
func fixed6(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	return strconv.FormatFloat(f, 'f', 6, 64)
}

// geoUnit is argument i as a unit, in meters.
func (c *Ctx) geoUnit(i int) (float64, error) {
	switch {
	case c.Is(i, "m"):
		return 1, nil
	case c.Is(i, "km"):
		return 1000, nil
	case c.Is(i, "ft"):
		return 0.3048, nil
	case c.Is(i, "mi"):
		return 1609.34, nil
	}
	return 0, errGeoUnit
}

// sortedSet is Find for a sorted set: the zero Entry if there is no key, ErrWrongType if it is of another type.
func (c *Ctx) sortedSet(i int) (store.Entry, error) {
	e := c.Find(i)
	if e.Ok() && e.Type() != store.TypeZSet {
		return store.Entry{}, ErrWrongType
	}
	return e, nil
}

// memberWork is what looking at a member costs in a search, in the unit of Ctx.Offload.
const memberWork = 512

// GEOADD key [NX | XX] [CH] longitude latitude member [longitude latitude member ...]
func geoaddCommand(c *Ctx) error {
	var opts store.ZAddOpts
	ch, at := false, 2
options:
	for ; at < len(c.Args); at++ {
		switch {
		case c.Is(at, "nx"):
			opts |= store.ZAddNX
		case c.Is(at, "xx"):
			opts |= store.ZAddXX
		case c.Is(at, "ch"):
			ch = true
		default:
			break options
		}
	}
	n := (len(c.Args) - at) / 3
	if n == 0 || (len(c.Args)-at)%3 != 0 || opts == store.ZAddNX|store.ZAddXX {
		return ErrSyntax
	}
	longest := 0
	for i := at; i < len(c.Args); i += 3 {
		if _, _, err := c.position(i); err != nil {
			return err
		}
		longest = max(longest, len(c.Args[i+2]))
	}
	if c.Offload(n * memberWork) {
		return ErrOffload
	}
	k := c.Keys[0]
	if e := c.FindWrite(k); e.Ok() && e.Type() != store.TypeZSet {
		return ErrWrongType
	} else if !e.Ok() && opts&store.ZAddXX != 0 {
		c.Reply.Int(0)
		return nil
	}
	z := c.DB.OpenZSet(k)
	z.Expect(n, longest)
	var added, updated int64
	for i := at; i < len(c.Args); i += 3 {
		lon, lat, _ := c.position(i)
		switch r, _ := z.Add(c.Args[i+2], geohash.Score(lon, lat), opts); r {
		case store.ZAdded:
			added++
		case store.ZUpdated:
			updated++
		}
	}
	z.Close()
	if added+updated > 0 {
		c.Changed(k, EventZSet, "zadd")
		c.Dirty += added + updated - 1
	}
	if ch {
		added += updated
	}
	c.Reply.Int(added)
	return nil
}

// GEODIST key member1 member2 [m | km | ft | mi]
func geodistCommand(c *Ctx) error {
	unit := 1.0
	switch {
	case len(c.Args) > 5:
		return ErrSyntax
	case len(c.Args) == 5:
		var err error
		if unit, err = c.geoUnit(4); err != nil {
			return err
		}
	}
	e, err := c.sortedSet(0)
	if err != nil {
		return err
	}
	if e.Ok() {
		if s1, ok := e.ZScore(c.Args[2]); ok {
			if s2, ok := e.ZScore(c.Args[3]); ok {
				lon1, lat1 := geohash.Position(s1)
				lon2, lat2 := geohash.Position(s2)
				replyDistance(c, geohash.Distance(lon1, lat1, lon2, lat2)/unit)
				return nil
			}
		}
	}
	c.Reply.Null()
	return nil
}

// replyDistance replies a distance with four decimals, as a string. Of antipodes the formula may give NaN, which Redis shows as the smallest
// integer.
func replyDistance(c *Ctx, d float64) {
	var room [32]byte
	b, v := room[:0], uint64(1)<<63
	if d == d {
		v = uint64(math.RoundToEven(d * 10_000))
	} else {
		b = append(b, '-')
	}
	b = num.AppendUint(b, v/10_000)
	v %= 10_000
	b = append(b, '.', byte('0'+v/1000), byte('0'+v/100%10), byte('0'+v/10%10), byte('0'+v%10))
	c.Reply.Bulk(b)
}

// GEOHASH key [member ...]
func geohashCommand(c *Ctx) error {
	return eachPosition(c, func(lon, lat float64, ok bool) {
		if !ok {
			c.Reply.Null()
			return
		}
		var room [16]byte
		c.Reply.Bulk(geohash.AppendText(room[:0], lon, lat))
	})
}

// GEOPOS key [member ...]
func geoposCommand(c *Ctx) error {
	return eachPosition(c, func(lon, lat float64, ok bool) {
		if !ok {
			c.Reply.NullArray()
			return
		}
		replyPosition(c, lon, lat)
	})
}

func replyPosition(c *Ctx, lon, lat float64) {
	c.Reply.Array(2)
	c.Reply.HumanDouble(lon)
	c.Reply.HumanDouble(lat)
}

// eachPosition replies an array with what fn replies for each of the members that the arguments name; ok is false for one that is not there.
func eachPosition(c *Ctx, fn func(lon, lat float64, ok bool)) error {
	members := c.Args[2:]
	if c.Offload(len(members) * memberWork) {
		return ErrOffload
	}
	e, err := c.sortedSet(0)
	if err != nil {
		return err
	}
	c.Reply.Array(len(members))
	for _, m := range members {
		if !e.Ok() {
			fn(0, 0, false)
			continue
		}
		score, ok := e.ZScore(m)
		lon, lat := geohash.Position(score)
		fn(lon, lat, ok)
	}
	return nil
}
