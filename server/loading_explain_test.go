package server

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"radish/config"
)

// logLines keeps what is logged as warnings.
type logLines struct {
	quiet
	mu    sync.Mutex
	lines []string
}

func (l *logLines) Warningf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, fmt.Sprintf(format, args...))
}

func TestDamagedFileIsExplained(t *testing.T) {
	const twice = "REDIS0010\xfe\x00\x14\x04name\x0d\x0d\x00\x00\x00\x02\x00\x81a\x02\x81a\x02\xff\xff"
	for _, c := range []struct{ file, want string }{
		{twice, "Reading key 'name'"}, {twice[:15], "Unexpected EOF reading RDB file"},
		{"REDIS0010\xfe\x00\x00\x01a\x01b\xff\x01\x02\x03\x04\x05\x06\x07\x08", "CRC"}, {"RIDES0010", "Wrong signature"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "dump.rdb"), []byte(c.file), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Load([]string{"--dir", dir, "--save", "", "--sanitize-dump-payload", "yes"}, nil)
		if err != nil {
			t.Fatal(err)
		}
		log := &logLines{}
		s, err := New(cfg, log)
		if err != nil {
			t.Fatal(err)
		}
		defer s.store.Close()
		if s.LoadData() == nil {
			t.Errorf("%q is loaded", c.file)
		}
		if !slices.ContainsFunc(log.lines, func(l string) bool { return strings.Contains(l, c.want) }) ||
			log.lines[len(log.lines)-1] != "Terminating server after rdb file reading failure." {
			t.Errorf("%q: %q", c.file, log.lines)
		}
	}
}
