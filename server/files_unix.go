//go:build unix

package server

import "golang.org/x/sys/unix"

// reservedFiles is how many descriptors the server needs beside those of clients.
const reservedFiles = 32

// openFilesFor raises the limit of open files so that n clients fit, as far as the system allows, and
// returns how many fit.
func openFilesFor(n int) int {
	var lim unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &lim); err != nil {
		return n
	}
	want := uint64(n) + reservedFiles
	if lim.Cur >= want {
		return n
	}
	for try := want; try > lim.Cur; try -= min(try, 16) {
		next := unix.Rlimit{Cur: try, Max: max(try, lim.Max)}
		if unix.Setrlimit(unix.RLIMIT_NOFILE, &next) == nil {
			return int(min(try, want)) - reservedFiles
		}
		if try < 16 {
			break
		}
	}
	return max(1, int(lim.Cur)-reservedFiles)
}
