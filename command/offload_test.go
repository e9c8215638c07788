package command

import (
	"strconv"
	"strings"
	"testing"
)

// A value of few elements is long too when these are long; a worker replies it, and deletes many values that are freed one element after the other.
func TestLongElementsOffload(t *testing.T) {
	h := newHarness(t)
	for i := range 100 {
		v := strings.Repeat("v", offloadWork/80) + strconv.Itoa(i)
		h.run("sadd", "s", v)
		h.run("hset", "h", v, "1")
		h.run("zadd", "z", "1", v)
		h.run("rpush", "l", v)
	}
	check := func(want bool, lines ...string) {
		t.Helper()
		for _, line := range lines {
			h.run(strings.Fields(line)...)
			if h.offloaded != want {
				t.Errorf("%s: offloaded is %v", line, h.offloaded)
			}
		}
	}
	check(true, "smembers s", "sunion s", "sdiff s", "srandmember s 90", "srandmember s -90", "sscan s 0 count 100", "hgetall h", "hkeys h", "hrandfield h -90", "hscan h 0 count 100",
		"zrange z 0 -1", "zrandmember z 90", "zrandmember z -90", "zscan z 0 count 100", "lrange l 0 -1", "sort s alpha", "sort l by nosort", "sort z by nosort",
		"zpopmin z 90", "spop s 90")
	check(false, "srandmember s", "srandmember s 2", "hrandfield h 2", "zrange z 0 2", "zrandmember z 2", "sort l by nosort limit 0 2", "zpopmin z 2", "spop s 2")
}

// SORT without sorting has to walk a set to where LIMIT begins.
func TestSortFarInASetOffloads(t *testing.T) {
	h := newHarness(t)
	args := []string{"sadd", "s"}
	for i := range 100_000 {
		args = append(args, strconv.Itoa(i))
	}
	h.run(args...)
	for line, want := range map[string]bool{"sort s by nosort limit 99000 1": true, "sort s by nosort limit 100 1": false} {
		if h.run(strings.Fields(line)...); h.offloaded != want {
			t.Errorf("%s: offloaded is %v", line, h.offloaded)
		}
	}
}

func TestDeletingManyValuesOffloads(t *testing.T) {
	h := newHarness(t)
	del := []string{"unlink"}
	for k := range 20 {
		args := []string{"sadd", "s" + strconv.Itoa(k)}
		for i := range 5000 {
			args = append(args, "m"+strconv.Itoa(i))
		}
		h.run(args...)
		del = append(del, args[1])
	}
	if h.run(del[:4]...); h.offloaded {
		t.Error("three sets are offloaded")
	}
	if h.run(del...); !h.offloaded {
		t.Error("17 sets are not offloaded")
	}
}

// To pick from a hash some of whose fields have lapsed it is walked.
func TestRandomOfLapsedOffloads(t *testing.T) {
	h := newHarness(t)
	args := []string{"hset", "h"}
	for i := range 20_000 {
		args = append(args, strconv.Itoa(i), "v")
	}
	h.run(args...)
	h.run("hpexpire", "h", "10", "fields", "1", "7")
	for _, line := range []string{"hrandfield h", "hrandfield h 1", "hrandfield h -1"} {
		if h.run(strings.Fields(line)...); h.offloaded {
			t.Errorf("%s is offloaded", line)
		}
		h.now += 20
		if h.run(strings.Fields(line)...); !h.offloaded {
			t.Errorf("%s is not offloaded", line)
		}
		h.now -= 20
	}
}
