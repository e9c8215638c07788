package command

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestZRandMember(t *testing.T) {
	eachEncoding(t, func(t *testing.T, h *harness) {
		h.addMany("z", 100)
		for _, n := range []int{2, 10, 50, 100, 1000, -5, -300} {
			words := strings.Fields(short(h.run("zrandmember", "z", fmt.Sprint(n), "withscores")))
			want := min(n, 100)
			if n < 0 {
				want = -n
			}
			if words[0] != fmt.Sprintf("*%d", 2*want) {
				t.Fatalf("%d members: %s", n, words[0])
			}
			var members []string
			for i := 2; i < len(words); i += 4 {
				if words[i][1:] != words[i+2] {
					t.Fatalf("member %s has score %s", words[i], words[i+2])
				}
				members = append(members, words[i])
			}
			slices.Sort(members)
			if got := len(slices.Compact(members)); n > 0 && got != want {
				t.Fatalf("%d of %d members are different", got, want)
			}
		}
		h.want("zrandmember none", "$-1")
		h.want("zrandmember none 5", "*0")
		h.want("zrandmember z 0", "*0")
		h.want("zrandmember z 1 x", "-ERR syntax error")
		h.want("zrandmember z -9223372036854775807 withscores", "-ERR value is out of range")
	})
}

// Each member is chosen as often as any other.
func TestZRandMemberIsFair(t *testing.T) {
	eachEncoding(t, func(t *testing.T, h *harness) {
		const members, draws = 50, 20000
		h.addMany("z", members)
		for _, count := range []int{0, 3, 20, -3} {
			got := map[string]int{}
			n := 0
			for n < draws {
				line := []string{"zrandmember", "z"}
				if count != 0 {
					line = append(line, fmt.Sprint(count))
				}
				for _, w := range strings.Fields(short(h.run(line...))) {
					if w[0] == 'm' {
						got[w]++
						n++
					}
				}
			}
			chi2, mean := 0.0, float64(n)/members
			for i := range members {
				d := float64(got[fmt.Sprintf("m%d", i)]) - mean
				chi2 += d * d / mean
			}
			if chi2 > members+10*10 { // ten standard deviations
				t.Errorf("count %d: chi-square is %.0f", count, chi2)
			}
		}
	})
}

func TestZScan(t *testing.T) {
	eachEncoding(t, func(t *testing.T, h *harness) {
		h.addMany("z", 100)
		seen := map[string]bool{}
		for cursor := ""; cursor != "0"; {
			if cursor == "" {
				cursor = "0"
			}
			words := strings.Fields(short(h.run("zscan", "z", cursor, "count", "7")))
			cursor = words[2]
			for i := 5; i < len(words); i += 4 {
				if seen[words[i]] || words[i][1:] != words[i+2] {
					t.Fatalf("%s of score %s, seen: %v", words[i], words[i+2], seen[words[i]])
				}
				seen[words[i]] = true
			}
		}
		if len(seen) != 100 {
			t.Errorf("%d members", len(seen))
		}
		h.want("zscan z 0 match m42 count 1000", "*2 $1 0 *2 $3 m42 $2 42")
		h.want("zscan none 0", "*2 $1 0 *0")
		h.want("zscan z x", "-ERR invalid cursor")
		h.want("zscan z 0 count 0", "-ERR syntax error")
	})
}

func TestAppendScanScore(t *testing.T) {
	h := newHarness(t)
	h.run("zadd", "z", "0.1", "a")
	h.want("zscan z 0", "*2 $1 0 *2 $1 a $3 0.1")
	for f, want := range map[float64]string{0.1: "0.10000000000000001", 1: "1", 1e16: "10000000000000000", 1e17: "1e+17", 2.5: "2.5", 1e-5: "1.0000000000000001e-05"} {
		if got := string(appendScanScore(nil, f, true)); got != want {
			t.Errorf("%v is %s, want %s", f, got, want)
		}
	}
}
