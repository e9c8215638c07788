package differential

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestRandom runs random commands on both servers: two seeds that are always the same, and one that is
// new each time. RADISH_SEED runs one seed alone, RADISH_COMMANDS sets the length of a sequence, and
// RADISH_GROUPS=list,generic takes the operations of these groups only.
func TestRandom(t *testing.T) {
	seeds := []uint64{1, 2, uint64(time.Now().UnixNano()) % 1e9}
	if s := os.Getenv("RADISH_SEED"); s != "" {
		seeds = []uint64{uint64(envInt(t, "RADISH_SEED", 0))}
	}
	commands := envInt(t, "RADISH_COMMANDS", 4000)
	p := startPair(t, "")
	for _, seed := range seeds {
		proto := 2 + int(seed%2)
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Logf("RADISH_SEED=%d RADISH_COMMANDS=%d, RESP%d", seed, commands, proto)
			r := newRunner(t, p, proto)
			r.groups = envGroups(t)
			history, diff, err := r.random(seed, commands)
			if diff == "" && err == nil {
				return
			}
			tail := history[max(0, len(history)-shownTail):]
			t.Errorf("seed %d, command %d of %d:\n%s\n%s\n%v", seed, len(history), commands, showAll(tail), diff, err)
			if err == nil {
				t.Logf("The shortest sequence found that makes a difference:\n%s", showAll(r.shrink(history)))
			}
		})
	}
}

func envGroups(t *testing.T) []string {
	t.Helper()
	text := os.Getenv("RADISH_GROUPS")
	if text == "" {
		return nil
	}
	names := strings.Split(text, ",")
	for _, name := range names {
		if !slices.ContainsFunc(groups(), func(g group) bool { return g.name == name }) {
			t.Fatalf("RADISH_GROUPS: there is no group %q", name)
		}
	}
	return names
}

func envInt(t *testing.T, name string, preset int) int {
	t.Helper()
	s := os.Getenv(name)
	if s == "" {
		return preset
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}
