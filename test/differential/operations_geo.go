package differential

import (
	"slices"
	"strconv"
)

// distancesKey is where STOREDIST stores; it is looked at and deleted at once, because these scores may
// differ in the last bit.
const distancesKey = "distances"

func (g *generator) geoKey() string { return g.keyOf("g") }

// place is a longitude and a latitude; sometimes near others, seldom none on earth.
func (g *generator) place() []string {
	coordinate := func(most float64) string {
		return strconv.FormatFloat((g.r.Float64()*2-1)*most, 'f', g.r.IntN(8), 64)
	}
	switch {
	case g.chance(4):
		return []string{g.pick("200", "-181", "abc", "nan", "180", "0"), g.pick("86", "-90", "", "85.05112878", "0")}
	case g.chance(40):
		return []string{"13." + strconv.Itoa(g.r.IntN(1e6)), "38." + strconv.Itoa(g.r.IntN(1e6))}
	}
	return []string{coordinate(180), coordinate(85)}
}

func (g *generator) geoMember() string { return "m" + strconv.Itoa(g.r.IntN(60)) }

func (g *generator) unit() string { return g.pick("m", "km", "ft", "mi", "KM", "M") }

func (g *generator) distance() string {
	if g.chance(4) {
		return g.pick("-1", "abc", "", "nan")
	}
	return g.pick("0", "10", "500.5", "20000", "1000000", "30000000", strconv.Itoa(g.r.IntN(5000)))
}

func geoOps() []weighted {
	distances := Check{Distances: true}
	return []weighted{
		simple(10, func(g *generator) []string {
			args := append([]string{"GEOADD", g.geoKey()}, g.some(12, "NX", "XX", "CH")...)
			n := 1 + g.r.IntN(5)
			if g.chance(6) {
				n = 100 + g.r.IntN(100)
			}
			first := g.r.IntN(60)
			for i := range n {
				args = append(append(args, g.place()...), "m"+strconv.Itoa((first+i)%(60+n)))
			}
			return args
		}),
		{4, func(g *generator) operation {
			args := append([]string{"GEODIST", g.geoKey(), g.geoMember(), g.geoMember()}, g.some(60, g.unit())...)
			return operation{args: args, check: distances}
		}},
		simple(3, func(g *generator) []string {
			return []string{g.pick("GEOHASH", "GEOPOS"), g.geoKey(), g.geoMember(), g.geoMember()}
		}),
		{8, func(g *generator) operation {
			return searching(g, append([]string{"GEOSEARCH", g.geoKey()}, geoArea(g)...))
		}},
		{3, func(g *generator) operation {
			if g.chance(30) {
				args := slices.Concat([]string{"GEOSEARCHSTORE", distancesKey, g.geoKey()}, geoArea(g), []string{"STOREDIST"})
				return operation{args: args, run: (*runner).storedDistances}
			}
			return operation{args: append([]string{"GEOSEARCHSTORE", g.geoKey(), g.geoKey()}, geoArea(g)...), solid: true}
		}},
		{5, func(g *generator) operation {
			args := slices.Concat([]string{g.pick("GEORADIUS", "GEORADIUS_RO"), g.geoKey()}, g.place(), []string{g.distance(), g.unit()})
			return searching(g, args)
		}},
		{4, func(g *generator) operation {
			args := []string{g.pick("GEORADIUSBYMEMBER", "GEORADIUSBYMEMBER_RO"), g.geoKey(), g.geoMember(), g.distance(), g.unit()}
			return searching(g, args)
		}},
		{1, func(g *generator) operation {
			args := slices.Concat([]string{"GEORADIUS", g.geoKey()}, g.place(), []string{g.distance(), g.unit(), "STORE", g.geoKey()})
			return operation{args: args, solid: true}
		}},
		simple(3, func(g *generator) []string { return []string{"ZREM", g.geoKey(), g.geoMember(), g.geoMember()} }),
	}
}

func geoArea(g *generator) []string {
	from := append([]string{"FROMLONLAT"}, g.place()...)
	if g.chance(50) {
		from = []string{"FROMMEMBER", g.geoMember()}
	}
	by := []string{"BYRADIUS", g.distance(), g.unit()}
	if g.chance(50) {
		by = []string{"BYBOX", g.distance(), g.distance(), g.unit()}
	}
	if g.chance(3) {
		return append(from, from...)
	}
	if g.chance(20) {
		return append(by, from...)
	}
	return append(from, by...)
}

// searching adds what a search replies with. Without ASC or DESC the order is open.
func searching(g *generator, args []string) operation {
	o := operation{solid: true, check: Check{Mode: Unordered, Distances: true}}
	args = append(args, g.some(30, "WITHCOORD", "WITHDIST", "WITHHASH")...)
	if g.chance(60) {
		args = append(args, g.pick("ASC", "DESC", "asc"))
		o.check.Mode = Exact
		if g.chance(50) {
			args = append(args, "COUNT", g.pick("1", "3", "10", "0", "-1", "x"))
		}
	}
	if g.chance(2) {
		args = append(args, g.pick("STOREDIST", "ANY", "NOSUCH", "COUNT"))
	}
	o.args = args
	return o
}
