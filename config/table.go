package config

import (
	"math"
	"strings"
)

// Ranges of numeric directives. The words are those of C types because the
// limits, which error texts show, come from there.
func ints(lo, hi int64) number { return number{min: lo, max: hi} }

func sizes(lo, hi int64) number { return number{min: lo, max: hi, unsigned: true} }

func memSizes(lo, hi int64) number { return number{kind: memory, min: lo, max: hi, unsigned: true} }

func memLongs(lo, hi int64) number { return number{kind: memory, min: lo, max: hi} }

const (
	intMin  = math.MinInt32
	intMax  = math.MaxInt32
	uintMax = math.MaxUint32
	longMax = math.MaxInt64
	noLimit = -1 // as a maximum of unsigned numbers
)

// rows is the table of directives, the union of its parts. It is made anew for
// every Config: nothing of it is shared.
func rows() []directive {
	var all []directive
	for _, part := range []func() []directive{
		networkRows, clientRows, processRows, logRows, shutdownRows, memoryRows, lazyRows, defragRows,
		latencyRows, typeRows, snapshotRows, aofRows, replicaRows, masterRows, clusterRows,
		clusterAnnounceRows, tlsRows, tlsSessionRows,
	} {
		all = append(all, part()...)
	}
	return all
}

// deprecatedNames are directives of older versions that mean nothing any more:
// a file may have them, with one argument.
func deprecatedName(name string) bool {
	switch name {
	case "list-max-ziplist-entries", "list-max-ziplist-value", "lua-replicate-commands":
		return true
	}
	return false
}

// fileOnly says whether name is a directive that exists in files only, not in
// the table.
func fileOnly(name string) bool {
	switch strings.ToLower(name) {
	case "include", "rename-command", "user", "loadmodule", "sentinel":
		return true
	}
	return false
}
