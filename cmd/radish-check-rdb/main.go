// Command radish-check-rdb verifies an RDB file.
//
//	radish-check-rdb FILE
//
// It takes the place of redis-check-rdb: same usage, output and exit status, 0 if the file is all right, else 1. Every value is decoded. On a
// terminal it shows how far it is.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"radish/internal/version"
	"radish/persist"
)

func main() { os.Exit(run(os.Args, os.Stdout, os.Stderr)) }

// run does what the command line says, and returns the exit status.
func run(args []string, stdout, stderr io.Writer) int {
	if len(args) != 2 {
		fmt.Fprintf(stderr, "Usage: %s <rdb-file-name>\n", args[0])
		return 1
	}
	if args[1] == "-v" || args[1] == "--version" {
		fmt.Fprintf(stdout, "%s %s\n", filepath.Base(args[0]), version.Radish)
		return 0
	}
	out := bufio.NewWriter(stdout)
	defer out.Flush()
	f, err := os.Open(args[1])
	if err != nil {
		fmt.Fprintf(out, "[offset 0] Checking RDB file %s\n", args[1])
		fmt.Fprintf(stderr, "Cannot open file: %v\n", err)
		return 1
	}
	defer f.Close()
	var in io.Reader = f
	if st, err := f.Stat(); err == nil && isTerminal(stderr) {
		bar := &progress{r: f, w: stderr, size: st.Size()}
		defer bar.clear()
		in = bar
	}
	if _, ok := persist.CheckRDB(out, in, args[1]); !ok {
		return 1
	}
	return 0
}

// isTerminal reports whether somebody looks at w.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	st, err := f.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0
}
