package command

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

func BenchmarkGeosearch(b *testing.B) {
	h := newHarness(b)
	r := rand.New(rand.NewPCG(1, 1))
	for range 100 {
		args := []string{"GEOADD", "g"}
		for range 1000 {
			args = append(args, fmt.Sprint(10+2*r.Float64()), fmt.Sprint(40+2*r.Float64()), fmt.Sprint("m", r.IntN(1e9)))
		}
		h.run(args...)
	}
	h.ev = nil
	for _, opts := range [][]string{{}, {"ASC", "WITHDIST"}, {"WITHCOORD"}, {"COUNT", "10"}} {
		b.Run(fmt.Sprint(opts), func(b *testing.B) {
			args := append([]string{"GEOSEARCH", "g", "FROMLONLAT", "11", "41", "BYRADIUS", "20", "km"}, opts...)
			for range b.N {
				h.run(args...)
			}
		})
	}
}
