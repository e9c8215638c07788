package command

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestGeoMembers(t *testing.T) {
	h := newHarness(t)
	h.want("GEOADD s 13.361389 38.115556 Palermo 15.087269 37.502669 Catania", ":2")
	h.wantEvents("zadd s")
	if h.dirty != 2 {
		t.Errorf("dirty %d", h.dirty)
	}
	h.want("GEOADD s CH 13.361389 38.115556 Palermo", ":0")
	h.wantEvents("")
	h.want("GEODIST s Palermo Catania", "$11 166274.1516")
	h.want("GEODIST s Palermo Catania km", "$8 166.2742")
	h.want("GEOHASH s Palermo x", "*2 $11 sqc8b49rny0 $-1")
	h.want("GEOPOS s Palermo", "*1 *2 $20 13.36138933897018433 $20 38.11555639549629859")
	h.want("GEOADD s 181 1 a", "-ERR invalid longitude,latitude pair 181.000000,1.000000")
}

func TestGeoStore(t *testing.T) {
	h := newHarness(t)
	h.run("GEOADD", "s", "13.361389", "38.115556", "Palermo", "15.087269", "37.502669", "Catania")
	h.ev = nil
	h.want("GEOSEARCHSTORE d s FROMLONLAT 15 37 BYRADIUS 200 km", ":2")
	h.wantEvents("geosearchstore d")
	h.want("GEORADIUS s 15 37 200 km STOREDIST d", ":2")
	h.wantEvents("georadiusstore d")
	h.want("GEORADIUS s 15 37 1 km STORE d", ":0")
	h.wantEvents("del d")
	h.want("GEORADIUS s 15 37 1 km STORE d", ":0")
	h.wantEvents("")
	h.want("GEORADIUS s 15 37 200 km STORE a STOREDIST d STORE b", ":2") // the last counts
	h.wantEvents("georadiusstore b")
	h.want("GEORADIUSBYMEMBER s Palermo 1 km STORE STOREDIST STOREDIST c", ":1")
	h.wantEvents("georadiusstore c")
	h.want("ZRANGE c 0 -1 WITHSCORES", "*2 $7 Palermo $1 0")
	h.want("GEOSEARCHSTORE s s FROMMEMBER Palermo BYRADIUS 1 km", ":1")
}

// A search finds what a scan of all members finds, in an order by distance.
func TestGeosearchFindsAll(t *testing.T) {
	h := newHarness(t)
	r := rand.New(rand.NewPCG(3, 3))
	for i := range 2000 {
		h.run("GEOADD", "g", fmt.Sprint(360*r.Float64()-180), fmt.Sprint(170*r.Float64()-85), fmt.Sprint("m", i))
	}
	for range 30 {
		lon, lat, km := fmt.Sprint(300*r.Float64()-150), fmt.Sprint(120*r.Float64()-60), 2000*r.Float64()
		found := h.run("GEOSEARCH", "g", "FROMLONLAT", lon, lat, "BYRADIUS", fmt.Sprint(km), "km", "ASC")
		h.run("GEOADD", "g", lon, lat, "here")
		want := 0
		for i := range 2000 {
			var d float64
			reply := h.run("GEODIST", "g", "here", fmt.Sprint("m", i), "km")
			fmt.Sscan(strings.Split(reply, "\r\n")[1], &d)
			if d <= km-0.01 {
				want++
				if !strings.Contains(found, fmt.Sprintf("\r\nm%d\r\n", i)) {
					t.Errorf("%s,%s: m%d at %v km is not within %v", lon, lat, i, d, km)
				}
			}
		}
		if n := strings.Count(found, "$"); n < want || n > want+1 {
			t.Errorf("%d members, want %d", n, want)
		}
		h.run("ZREM", "g", "here")
	}
}

func TestGeoPrepare(t *testing.T) {
	h := newHarness(t)
	for i := range 300 {
		h.run("GEOADD", "g", fmt.Sprint(10+float64(i)/1000), "40", fmt.Sprint("m", i))
	}
	h.ev = nil
	for _, line := range []string{
		"GEOSEARCHSTORE d g FROMLONLAT 10 40 BYRADIUS 100 km", "GEOSEARCHSTORE d g FROMLONLAT 10 40 BYRADIUS 100 km STOREDIST COUNT 20",
		"GEOSEARCHSTORE d g FROMLONLAT 10 40 BYRADIUS 100 km COUNT 200", "GEOSEARCHSTORE d g FROMLONLAT 50 40 BYRADIUS 100 km", "GEORADIUS g 10 40 10 km STORE d",
		"GEOSEARCHSTORE d missing FROMLONLAT 50 40 BYRADIUS 100 km", "GEOSEARCHSTORE d g FROMMEMBER x BYRADIUS 100 km",
	} {
		h.samePrepared(line, "ZRANGE d 0 -1 WITHSCORES")
	}
}

// samePrepared runs a command with and without Prepare: reply, events and what another command shows then must be the same.
func (h *harness) samePrepared(line, show string) {
	h.t.Helper()
	h.ev = nil
	want := []string{h.run(strings.Fields(line)...), strings.Join(h.ev, ","), fmt.Sprint(h.dirty), h.run(strings.Fields(show)...)}
	h.run("DEL", "d")
	if strings.HasPrefix(want[0], ":0") {
		h.run("SET", "d", "x") // so that there is something to delete
		want[1], want[2] = "del d", "1"
	}
	h.ev = nil
	h.prepared = true
	got := []string{h.run(strings.Fields(line)...), strings.Join(h.ev, ","), fmt.Sprint(h.dirty), h.run(strings.Fields(show)...)}
	h.prepared = false
	if strings.Join(got, "|") != strings.Join(want, "|") {
		h.t.Errorf("%s\nprepared %q\nat once  %q", line, got, want)
	}
}
