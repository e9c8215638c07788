package differential

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"radish/test/harness"
)

func TestMain(m *testing.M) { os.Exit(harness.Main(m)) }

// TestScripts runs all scripts of testdata/differential.
func TestScripts(t *testing.T) {
	root, err := harness.Root()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(root, "testdata", "differential", "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			script, err := Load(file)
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			p := startPair(t, script.Password, script.Options...)
			for _, section := range script.Sections {
				runBoth(t, p, section)
			}
		})
	}
}

func runBoth(t *testing.T, p *pair, section Section) {
	for _, proto := range []int{2, 3} {
		if section.Proto == 0 || section.Proto == proto {
			t.Run(fmt.Sprintf("%s/resp%d", section.Title, proto), func(t *testing.T) {
				p.runSection(t, section, proto)
			})
		}
	}
}
