//go:build unix && !race

package server

import (
	"strings"
	"testing"

	"radish/config"
	"radish/store/slab"
)

// When the system has no memory left, the log says how much was asked for before the process ends.
func TestNoMemoryIsLogged(t *testing.T) {
	cfg, err := config.Load([]string{"--io-threads", "1"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var log logLines
	s, err := New(cfg, &log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.store.Close)
	defer func() {
		if r := recover(); r != slab.ErrNoMemory {
			t.Errorf("panic with %v", r)
		}
		if got := strings.Join(log.lines, "\n"); !strings.Contains(got, "Out Of Memory allocating 1152921504606846976 bytes!") {
			t.Errorf("the log has %q", got)
		}
	}()
	db := s.store.DB(0, 1)
	db.GrowString(db.Key([]byte("k")), 1<<60)
}
