// Package arch holds the direction in which the module's packages may import one another, and a check of it.
//
//	cmd → server → {command, txn, pubsub, persist, config} → {store, resp} → {store/slab, internal}
//
// Never upward: what a lower package needs from above it receives as a function. Beside this order stand
// server/netloop, which is below server and knows nothing of what the bytes mean; test, which may use
// whatever it tests; and bench, which measures from outside.
package arch

import (
	"fmt"
	"slices"
	"strings"
)

// Package is what the check has to know of a package, in the form of go list -json.
type Package struct {
	ImportPath   string
	Imports      []string
	TestImports  []string // of its own test files
	XTestImports []string // of its test files in package x_test
}

// place is a part of the module: the package of that path and all below it, as far as they are in no
// place of their own.
type place struct {
	path string
	// may lists the places that it may import. Packages of one place may always import one another.
	may []string
}

// places returns every place. A package that is in none has no business in the module.
func places() []place {
	data := []string{"store", "store/slab", "resp", "internal"}
	middle := []string{"command", "txn", "pubsub", "persist", "config"}
	return []place{
		{"internal", nil},
		{"store/slab", []string{"internal"}},
		{"store", []string{"store/slab", "internal"}},
		{"resp", []string{"internal"}},
		{"config", data},
		{"command", data},
		{"persist", data},
		{"pubsub", data},
		// A transaction's queue and lock plan are made of the rows of package command.
		{"txn", slices.Concat(data, []string{"command"})},
		{"server/netloop", []string{"internal"}},
		{"server", slices.Concat(middle, data, []string{"server/netloop"})},
		{"cmd", slices.Concat([]string{"server", "server/netloop"}, middle, data)},
		{"test", slices.Concat([]string{"server", "server/netloop"}, middle, data)},
		{"bench", []string{"internal"}},
	}
}

// placeOf returns the place of a package by its path within the module: the one with the longest path.
func placeOf(path string) (found place, ok bool) {
	for _, p := range places() {
		within := path == p.path || strings.HasPrefix(path, p.path+"/")
		if within && len(p.path) >= len(found.path) {
			found, ok = p, true
		}
	}
	return found, ok
}

// Violations returns a line for each arrow between packages of the module that points the wrong way, and for
// each package without a place. Packages of other modules may be imported from anywhere.
func Violations(module string, packages []Package) []string {
	var bad []string
	for _, pkg := range packages {
		path, inside := strings.CutPrefix(pkg.ImportPath, module+"/")
		from, known := placeOf(path)
		if !inside || !known {
			bad = append(bad, fmt.Sprintf("%s has no place in the module", pkg.ImportPath))
			continue
		}
		for _, imported := range slices.Concat(pkg.Imports, pkg.TestImports, pkg.XTestImports) {
			target, inside := strings.CutPrefix(imported, module+"/")
			if !inside {
				continue
			}
			// A target without a place is reported where it is defined.
			to, known := placeOf(target)
			if known && to.path != from.path && !slices.Contains(from.may, to.path) {
				bad = append(bad, fmt.Sprintf("%s imports %s: %s may not import %s", pkg.ImportPath, imported, from.path, to.path))
			}
		}
	}
	return slices.Compact(slices.Sorted(slices.Values(bad)))
}
