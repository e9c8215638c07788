package arch

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "radish"

// The packages as they are, on the systems whose files differ.
func TestImportDirection(t *testing.T) {
	for _, goos := range []string{"linux", "darwin"} {
		packages := list(t, goos)
		if !slices.ContainsFunc(packages, func(p Package) bool { return p.ImportPath == module+"/server" }) {
			t.Errorf("%s: go list does not know package server", goos)
		}
		for _, line := range Violations(module, packages) {
			t.Errorf("%s: %s", goos, line)
		}
	}
}

// list returns all packages of the module.
func list(t *testing.T, goos string) []Package {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports", module+"/...")
	cmd.Env = append(os.Environ(), "GOOS="+goos, "CGO_ENABLED=0")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v: %s", err, stderr.Bytes())
	}
	var packages []Package
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p Package
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages
		}
		if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

func TestViolations(t *testing.T) {
	for _, c := range []struct {
		from, to string
		allowed  bool
	}{
		{"cmd/radish-server", "server", true},
		{"cmd/radish-server", "store", true},
		{"server", "command", true},
		{"server", "server/netloop", true},
		{"server", "cmd/radish-server", false},
		{"server/netloop", "internal/num", true},
		{"server/netloop", "server", false},
		{"server/netloop", "resp", false},
		{"server/netloop", "config", false},
		{"command", "store", true},
		{"command", "server", false},
		{"command", "config", false},
		{"txn", "command", true},
		{"command", "txn", false},
		{"persist/rdb", "persist/aof", true},
		{"persist/rdb", "store/slab", true},
		{"persist", "server", false},
		{"pubsub", "server/netloop", false},
		{"store", "store/slab", true},
		{"store/zset", "store", true},
		{"store", "resp", false},
		{"store", "command", false},
		{"store/slab", "store", false},
		{"resp", "store", false},
		{"resp", "internal/num", true},
		{"internal/num", "internal/glob", true},
		{"internal/num", "resp", false},
		{"internal/num", "store/slab", false},
		{"test/differential", "server", true},
		{"test/differential", "bench", false},
		{"bench", "server", false},
		{"server", "test/harness", false},
		{"server", "bench", false},
		{"config", "github.com/rs/zerolog", true},
		{"config", "strings", true},
	} {
		target := c.to
		if _, known := placeOf(target); known {
			target = module + "/" + target
		}
		for _, p := range []Package{
			{ImportPath: module + "/" + c.from, Imports: []string{target}},
			{ImportPath: module + "/" + c.from, TestImports: []string{target}},
			{ImportPath: module + "/" + c.from, XTestImports: []string{target}},
		} {
			bad := Violations(module, []Package{p})
			if c.allowed != (len(bad) == 0) {
				t.Errorf("%s importing %s: %q", c.from, c.to, bad)
			}
		}
	}
}

func TestEveryPackageNeedsAPlace(t *testing.T) {
	for _, path := range []string{module, module + "/util", module + "/servers", module + "/storeroom/slab"} {
		bad := Violations(module, []Package{{ImportPath: path}})
		if len(bad) != 1 || !strings.Contains(bad[0], "no place") {
			t.Errorf("%s: %q", path, bad)
		}
	}
}

// A place must not name one that is not there, or the rule would never apply.
func TestPlacesAreKnown(t *testing.T) {
	var paths []string
	for _, p := range places() {
		paths = append(paths, p.path)
	}
	for _, p := range places() {
		for _, m := range p.may {
			if !slices.Contains(paths, m) {
				t.Errorf("%s may import %s, which is no place", p.path, m)
			}
		}
	}
}
