//go:build !linux

package main

import (
	"fmt"
	"os"
)

// The program reads /proc, pins processes to cores and drives its connections with epoll.
func main() {
	fmt.Fprintln(os.Stderr, "bench: runs on Linux only")
	os.Exit(1)
}
