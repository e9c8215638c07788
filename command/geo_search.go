package command

import (
	"bytes"
	"cmp"
	"slices"

	"radish/internal/geohash"
	"radish/internal/partsort"
	"radish/store"
)

// geoQuery is a search: what GEOSEARCH and its relatives ask for.
type geoQuery struct {
	key   int // index of the key that is searched in Ctx.Keys
	entry store.Entry
	shape geohash.Shape
	geoOpts
}

type geoOpts struct {
	dist, hash, coord bool // WITHDIST, WITHHASH, WITHCOORD
	any               bool
	order             int8  // 1 ASC, -1 DESC, 0 as it comes
	count             int64 // 0: all
	store             []byte
	storeDist         bool
	storeEvent        string
}

// geoKind is what differs between the commands of searches.
type geoKind struct {
	options  int // index of the argument from which on options may stand
	search   bool
	mayStore bool // by the options STORE and STOREDIST
	storeTo  bool // the first key is where to, STOREDIST is a flag
}

func georadiusQuery(c *Ctx) (geoQuery, error)         { return parseGeoRadius(c, true) }
func georadiusbymemberQuery(c *Ctx) (geoQuery, error) { return parseGeoByMember(c, true) }
func geosearchQuery(c *Ctx) (geoQuery, error)         { return parseGeoSearch(c, false) }
func geosearchstoreQuery(c *Ctx) (geoQuery, error)    { return parseGeoSearch(c, true) }

func georadiusCommand(c *Ctx) error         { return geoCommand(c, georadiusQuery) }
func georadiusbymemberCommand(c *Ctx) error { return geoCommand(c, georadiusbymemberQuery) }
func geosearchCommand(c *Ctx) error         { return geoCommand(c, geosearchQuery) }
func geosearchstoreCommand(c *Ctx) error    { return geoCommand(c, geosearchstoreQuery) }

func georadiusroCommand(c *Ctx) error {
	return geoCommand(c, func(c *Ctx) (geoQuery, error) { return parseGeoRadius(c, false) })
}

func georadiusbymemberroCommand(c *Ctx) error {
	return geoCommand(c, func(c *Ctx) (geoQuery, error) { return parseGeoByMember(c, false) })
}

// GEORADIUS key longitude latitude radius unit ...
func parseGeoRadius(c *Ctx, mayStore bool) (q geoQuery, err error) {
	if q.entry, err = c.sortedSet(0); err != nil {
		return q, err
	}
	if q.shape.Lon, q.shape.Lat, err = c.position(2); err != nil {
		return q, err
	}
	if err = q.parseCircle(c, 4); err != nil {
		return q, err
	}
	return q, q.parseOptions(c, geoKind{options: 6, mayStore: mayStore})
}

// GEORADIUSBYMEMBER key member radius unit ... Without a key only the options are looked at.
func parseGeoByMember(c *Ctx, mayStore bool) (q geoQuery, err error) {
	if q.entry, err = c.sortedSet(0); err != nil {
		return q, err
	}
	if q.entry.Ok() {
		if err = q.parseMember(c, 2); err != nil {
			return q, err
		}
		if err = q.parseCircle(c, 3); err != nil {
			return q, err
		}
	}
	return q, q.parseOptions(c, geoKind{options: 5, mayStore: mayStore})
}

// GEOSEARCH key ...; GEOSEARCHSTORE destination source ...
func parseGeoSearch(c *Ctx, storeTo bool) (q geoQuery, err error) {
	kind := geoKind{options: 2, search: true, storeTo: storeTo}
	if storeTo {
		q.key, q.store, kind.options = 1, c.Args[1], 3
	}
	if q.entry, err = c.sortedSet(q.key); err != nil {
		return q, err
	}
	return q, q.parseOptions(c, kind)
}

func (q *geoQuery) parseMember(c *Ctx, i int) error {
	score, ok := q.entry.ZScore(c.Args[i])
	if !ok {
		return errGeoMember
	}
	q.shape.Lon, q.shape.Lat = geohash.Position(score)
	return nil
}

func (q *geoQuery) parseCircle(c *Ctx, i int) (err error) {
	r, err := c.float(i, errGeoRadius)
	if err != nil {
		return err
	}
	if r < 0 {
		return errGeoRadiusNeg
	}
	q.shape.Box, q.shape.Radius = false, r
	q.shape.Unit, err = c.geoUnit(i + 1)
	return err
}

func (q *geoQuery) parseBox(c *Ctx, i int) (err error) {
	w, err := c.float(i, errGeoWidth)
	if err != nil {
		return err
	}
	h, err := c.float(i+1, errGeoHeight)
	if err != nil {
		return err
	}
	if w < 0 || h < 0 {
		return errGeoBoxNeg
	}
	q.shape.Box, q.shape.Width, q.shape.Height = true, w, h
	q.shape.Unit, err = c.geoUnit(i + 2)
	return err
}

func (q *geoQuery) parseOptions(c *Ctx, kind geoKind) error {
	var from, by string // which option gave the centre, and the area
	for i := kind.options; i < len(c.Args); i++ {
		left := len(c.Args) - i - 1
		is := func(word string, args int) bool { return left >= args && c.Is(i, word) }
		switch {
		case c.Is(i, "withdist"):
			q.dist = true
		case c.Is(i, "withhash"):
			q.hash = true
		case c.Is(i, "withcoord"):
			q.coord = true
		case c.Is(i, "any"):
			q.any = true
		case c.Is(i, "asc"):
			q.order = 1
		case c.Is(i, "desc"):
			q.order = -1
		case is("count", 1):
			n, err := c.Int(i + 1)
			if err != nil {
				return err
			}
			if n <= 0 {
				return errGeoCount
			}
			q.count = n
			i++
		case kind.mayStore && (is("store", 1) || is("storedist", 1)):
			q.store, q.storeDist = c.Args[i+1], c.Is(i, "storedist")
			i++
		case kind.storeTo && c.Is(i, "storedist"):
			q.storeDist = true
		case kind.search:
			n, err := q.parseArea(c, i, &from, &by)
			if err != nil {
				return err
			}
			i += n
		default:
			return ErrSyntax
		}
	}
	return q.checkOptions(c, kind, from, by)
}

// parseArea reads an option of GEOSEARCH and GEOSEARCHSTORE that tells the centre or the area, and says how many arguments it has.
func (q *geoQuery) parseArea(c *Ctx, i int, from, by *string) (args int, err error) {
	left := len(c.Args) - i - 1
	switch {
	case left >= 1 && c.Is(i, "frommember") && *from != "fromlonlat":
		*from = "frommember"
		if !q.entry.Ok() {
			return 1, nil
		}
		return 1, q.parseMember(c, i+1)
	case left >= 2 && c.Is(i, "fromlonlat") && *from != "frommember":
		*from = "fromlonlat"
		q.shape.Lon, q.shape.Lat, err = c.position(i + 1)
		return 2, err
	case left >= 2 && c.Is(i, "byradius") && *by != "bybox":
		*by = "byradius"
		return 2, q.parseCircle(c, i+1)
	case left >= 3 && c.Is(i, "bybox") && *by != "byradius":
		*by = "bybox"
		return 3, q.parseBox(c, i+1)
	}
	return 0, ErrSyntax
}

func (q *geoQuery) checkOptions(c *Ctx, kind geoKind, from, by string) error {
	q.storeEvent = "georadiusstore"
	if kind.storeTo {
		q.storeEvent = "geosearchstore"
	}
	switch {
	case q.store != nil && (q.dist || q.hash || q.coord) && kind.storeTo:
		return Error("ERR GEOSEARCHSTORE is not compatible with WITHDIST, WITHHASH and WITHCOORD options")
	case q.store != nil && (q.dist || q.hash || q.coord):
		return Error("ERR STORE option in GEORADIUS is not compatible with WITHDIST, WITHHASH and WITHCOORD options")
	case kind.search && from == "":
		return Error("ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for " + text(c.Args[0]))
	case kind.search && by == "":
		return Error("ERR exactly one of BYRADIUS and BYBOX can be specified for " + text(c.Args[0]))
	case q.any && q.count == 0:
		return errGeoAny
	case q.store != nil && q.storeKey(c) < 0:
		return ErrSyntax // it is not among the keys that are locked
	}
	if q.count != 0 && q.order == 0 && !q.any {
		q.order = 1
	}
	return nil
}

// storeKey is the index in Ctx.Keys of the key to store to.
func (q *geoQuery) storeKey(c *Ctx) int {
	return slices.IndexFunc(c.Keys, func(k store.Key) bool { return bytes.Equal(k.B, q.store) })
}

// geoPoint is a member that was found.
type geoPoint struct {
	score, distance float64 // in meters
	at, n           int     // where the member is in geoPoints.flat
}

// geoPoints are members that were found, without pointers.
type geoPoints struct {
	list []geoPoint
	flat []byte
}

func (g *geoPoints) member(p *geoPoint) []byte { return g.flat[p.at : p.at+p.n] }

// geoCommand is a search.
func geoCommand(c *Ctx, parse func(c *Ctx) (geoQuery, error)) error {
	q, err := parse(c)
	if err != nil {
		return err
	}
	if d, ok := c.Prepared.Take().(*store.ZSetDraft); ok {
		q.install(c, d)
		return nil
	}
	var points geoPoints
	if q.entry.Ok() {
		var room [9]geohash.Range
		ranges := q.shape.Ranges(room[:0])
		if c.OnLoop && c.Offload(q.work(ranges)) {
			return ErrOffload
		}
		if q.store == nil && q.order == 0 {
			q.replyAsFound(c, ranges)
			return nil
		}
		points = q.find(ranges)
	}
	if q.store != nil {
		q.storePoints(c, &points)
		return nil
	}
	c.Reply.Array(len(points.list))
	for i := range points.list {
		p := &points.list[i]
		q.reply(c, points.member(p), p.score, p.distance)
	}
	return nil
}

// geoPrepare makes Prepare of a command that stores: it leaves a draft.
func geoPrepare(parse func(c *Ctx) (geoQuery, error)) Handler {
	return func(c *Ctx) error {
		q, err := parse(c)
		if err != nil || q.store == nil || !q.entry.Ok() {
			return nil // the handler says what there is to say
		}
		points := q.find(q.shape.Ranges(nil))
		d := c.DB.Store().NewZSetDraft(len(points.list))
		for i := range points.list {
			p := &points.list[i]
			d.Add(points.member(p), q.storedScore(p))
		}
		d.Order()
		c.Prepared.Value = d
		return nil
	}
}

// work is how long the search takes, in the unit of Ctx.Offload.
func (q *geoQuery) work(ranges []geohash.Range) int {
	n := 0
	for _, r := range ranges {
		_, in := q.entry.ZScoreSpan(&store.ScoreRange{Min: r.Min, Max: r.Max, MaxEx: true})
		n += in
	}
	return n * memberWork
}

// each calls fn with every member in the area, in the order of the ranges and of scores, until it returns false. The member is valid until fn
// returns; the distance is 0 when nothing asks for it.
func (q *geoQuery) each(ranges []geohash.Range, fn func(member []byte, score, distance float64) bool) {
	more := true
	finder, exact := q.shape.Finder(), q.dist || q.order != 0 || q.storeDist
	visit := func(m []byte, score float64) bool {
		lon, lat := geohash.Position(score)
		if distance, ok := finder.Distance(lon, lat, exact); ok {
			more = fn(m, score, distance)
		}
		return more
	}
	for _, r := range ranges {
		if more {
			q.entry.ZRangeByScore(store.ScoreRange{Min: r.Min, Max: r.Max, MaxEx: true}, false, visit)
		}
	}
}

// replyAsFound replies without an order; a count is a limit then.
func (q *geoQuery) replyAsFound(c *Ctx, ranges []geohash.Range) {
	m := c.Reply.DeferArray()
	n := int64(0)
	q.each(ranges, func(member []byte, score, distance float64) bool {
		q.reply(c, member, score, distance)
		n++
		return n != q.count
	})
	c.Reply.SetArrayLen(m, int(n))
}

// find is the points that the query asks for, in its order.
func (q *geoQuery) find(ranges []geohash.Range) (g geoPoints) {
	q.each(ranges, func(member []byte, score, distance float64) bool {
		g.list = append(g.list, geoPoint{score, distance, len(g.flat), len(member)})
		g.flat = append(g.flat, member...)
		return !q.any || int64(len(g.list)) != q.count
	})
	n := len(g.list)
	if q.count != 0 {
		n = int(min(q.count, int64(n)))
	}
	order := int(q.order)
	byDistance := func(a, b geoPoint) int { return order * compareDistance(a.distance, b.distance) }
	stable := func(a, b geoPoint) int { return cmp.Or(byDistance(a, b), a.at-b.at, a.n-b.n) }
	switch {
	case q.order == 0:
	case n == len(g.list):
		slices.SortFunc(g.list, stable)
	default:
		partsort.Func(g.list, 0, n, byDistance)
	}
	g.list = g.list[:n]
	return g
}

// compareDistance orders distances as Redis does: what is not comparable is less.
func compareDistance(a, b float64) int {
	switch {
	case a > b:
		return 1
	case a == b:
		return 0
	}
	return -1
}

// reply replies one member.
func (q *geoQuery) reply(c *Ctx, member []byte, score, distance float64) {
	w := c.Reply
	n := 1
	for _, with := range [...]bool{q.dist, q.hash, q.coord} {
		if with {
			n++
		}
	}
	if n > 1 {
		w.Array(n)
	}
	w.Bulk(member)
	if q.dist {
		replyDistance(c, distance/q.shape.Unit)
	}
	if q.hash {
		w.Int(int64(score))
	}
	if q.coord {
		lon, lat := geohash.Position(score)
		replyPosition(c, lon, lat)
	}
}

// storedScore is the score that a point is stored with.
func (q *geoQuery) storedScore(p *geoPoint) float64 {
	switch {
	case !q.storeDist:
		return p.score
	case p.distance != p.distance: // of antipodes; no score may be NaN
		return geohash.Farthest / q.shape.Unit
	}
	return p.distance / q.shape.Unit
}

// storePoints puts the points into the key to store to, instead of what it held.
func (q *geoQuery) storePoints(c *Ctx, g *geoPoints) {
	k := c.Keys[q.storeKey(c)]
	n, longest := len(g.list), 0
	for i := range g.list {
		longest = max(longest, g.list[i].n)
	}
	if n == 0 {
		q.stored(c, k, 0, c.DB.Delete(k))
		return
	}
	z, had := c.DB.OverwriteZSet(k)
	z.Expect(n, longest)
	for i := range g.list {
		p := &g.list[i]
		z.Add(g.member(p), q.storedScore(p), 0)
	}
	z.Close()
	q.stored(c, k, n, had)
}

// install is storePoints of what geoPrepare has left.
func (q *geoQuery) install(c *Ctx, d *store.ZSetDraft) {
	k := c.Keys[q.storeKey(c)]
	n, had := d.Len(), true
	if n > 0 {
		c.DB.InstallZSet(k, d)
	} else {
		d.Free()
		had = c.DB.Delete(k)
	}
	q.stored(c, k, n, had)
}

// stored tells of n points that were stored under k; had: there was something before.
func (q *geoQuery) stored(c *Ctx, k store.Key, n int, had bool) {
	c.Reply.Int(int64(n))
	switch {
	case n > 0:
		c.Changed(k, EventZSet, q.storeEvent)
		c.Dirty += int64(n) - 1
	case had:
		c.Changed(k, EventGeneric, "del")
	}
}
