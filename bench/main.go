//go:build linux

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// bench is what the sections need to run.
type bench struct {
	fleet *fleet
	root  string // the module's directory
	quick bool   // fewer keys and shorter windows: to try the program out, not to quote
	begin time.Time
	// ending is set before the servers are killed because of a signal or the time limit.
	ending atomic.Bool
}

// logf reports progress on standard error.
func (b *bench) logf(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "[%4.0fs] %s\n", time.Since(b.begin).Seconds(), fmt.Sprintf(format, args...))
}

// scaled returns n, or a quick run's share of it.
func (b *bench) scaled(n, quickDivisor int) int {
	if b.quick {
		return n / quickDivisor
	}
	return n
}

// section is a group of rows that are measured together.
type section struct {
	name  string
	about string
	run   func(*bench) ([]row, error)
}

func sections() []section {
	return []section{
		{"cpu", "server CPU per command, with and without pipelines", cpuSection},
		{"cores", "two cores against one, and allocations (Go benchmarks of package server)", goTestSection},
		{"memory", "memory per key, with TTL, after deleting, and of an empty server", memorySection},
		{"connections", "memory of idle connections", connectionsSection},
		{"pauses", "GET during KEYS, and GC pauses, with 5 million keys", pausesSection},
		{"expiry", "how late keys lapse beside a million others", expirySection},
		{"inserts", "latency while 10 million keys are inserted", insertSection},
		{"eviction", "hit rates of LRU and LFU eviction", evictionSection},
		{"types-memory", "memory of hashes, sets, sorted sets and lists", typesMemorySection},
		{"types-cpu", "server CPU per command on hashes, sets, sorted sets and lists", typesCPUSection},
		{"types-long", "CPU of long commands, and GET of others meanwhile", typesLongSection},
		{"transactions", "CPU per EXEC of ten SETs", transactionsSection},
		{"pubsub", "CPU per published message, how late events come, and subscribers that do not read", pubsubSection},
		{"snapshots", "writers during BGSAVE, and the time that saving and loading take", snapshotsSection},
		{"aof", "what the log costs those who write, and what rewriting it does to them", aofSection},
		{"throughput", "redis-benchmark's default list", throughputSection},
	}
}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "bench:", err)
		}
		os.Exit(1)
	}
}

var errNotAllHold = errors.New("not every limit holds, or could be measured")

// run measures what the arguments ask for and prints the table to out.
func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	only := flags.String("only", "", "comma-separated `sections` to run instead of all: "+sectionHelp())
	binary := flags.String("binary", "", "`path` of the radish-server to measure, instead of building it")
	quick := flags.Bool("quick", false, "fewer keys and shorter windows; the figures mean little")
	csvOut := flags.Bool("csv", false, "print the table as CSV")
	markdown := flags.Bool("markdown", false, "print the table as Markdown")
	limit := flags.Duration("timeout", time.Hour, "give up after so long")
	if err := flags.Parse(args); err != nil {
		return err
	}
	chosen, err := chooseSections(*only)
	if err != nil {
		return err
	}
	redis, version, err := findRedis()
	if err != nil {
		return err
	}
	b := &bench{quick: *quick, begin: time.Now()}
	if b.root, err = moduleRoot(); err != nil {
		return err
	}
	if b.fleet, err = newFleet(*binary, redis); err != nil {
		return err
	}
	defer b.fleet.close()
	stop := b.endOn(*limit)
	defer stop()
	if *binary == "" {
		b.logf("building radish-server")
		if b.fleet.binaries[ours], err = buildServer(b.root, b.fleet.dir); err != nil {
			return err
		}
	}
	b.logf("measuring against redis-server %s", version)
	rows, failed := b.measure(chosen)
	style := formatText
	if *csvOut {
		style = formatCSV
	} else if *markdown {
		style = formatMarkdown
	}
	if err := writeTable(out, rows, style); err != nil {
		return err
	}
	if failed || slices.ContainsFunc(rows, func(r row) bool { return r.verdict == broken || r.verdict == unmeasured }) {
		return errNotAllHold
	}
	return nil
}

// measure runs the sections one after the other. One that fails leaves a row that says so.
func (b *bench) measure(chosen []section) (rows []row, failed bool) {
	for _, s := range chosen {
		b.logf("%s: %s", s.name, s.about)
		more, err := s.run(b)
		if b.ending.Load() {
			// The figures are those of killed servers, and the program is about to end.
			select {}
		}
		rows = append(rows, more...)
		if err != nil {
			b.logf("%s failed: %v", s.name, err)
			rows = append(rows, row{what: s.name, verdict: unmeasured, note: oneLine(err.Error())})
			failed = true
		}
		// What one section leaves behind must not be collected while the next one measures.
		debug.FreeOSMemory()
	}
	return rows, failed
}

// endOn stops the servers and the program when a signal comes or the time is over, wherever the
// measuring stands. The function that it returns calls this off.
func (b *bench) endOn(limit time.Duration) (stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	done := make(chan struct{})
	var finished sync.WaitGroup
	finished.Go(func() {
		select {
		case <-done:
			return
		case s := <-signals:
			b.logf("stopping: %v", s)
		case <-time.After(limit):
			b.logf("stopping: not done after %v", limit)
		}
		b.ending.Store(true)
		b.fleet.close()
		os.Exit(1)
	})
	return func() {
		signal.Stop(signals)
		close(done)
		finished.Wait()
	}
}

func sectionHelp() string {
	var names []string
	for _, s := range sections() {
		names = append(names, s.name)
	}
	return strings.Join(names, ", ")
}

// chooseSections returns the sections named in a comma-separated list, in the order of the table; all of
// them for "".
func chooseSections(list string) ([]section, error) {
	all := sections()
	if list == "" {
		return all, nil
	}
	var chosen []section
	wanted := strings.Split(list, ",")
	for _, s := range all {
		if i := slices.Index(wanted, s.name); i >= 0 {
			chosen = append(chosen, s)
			wanted = slices.Delete(wanted, i, i+1)
		}
	}
	if len(wanted) > 0 {
		return nil, fmt.Errorf("no section %q; there are %s", wanted[0], sectionHelp())
	}
	return chosen, nil
}

// moduleRoot returns the directory of the go.mod that the current directory belongs to.
func moduleRoot() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOMOD: %w", err)
	}
	path := strings.TrimSpace(string(out))
	if path == "" || path == os.DevNull {
		return "", errors.New("run it inside the module radish")
	}
	return filepath.Dir(path), nil
}

// buildServer builds our server as a release is built and returns the binary's path.
func buildServer(root, dir string) (string, error) {
	path := filepath.Join(dir, "radish-server")
	cmd := exec.Command("go", "build", "-trimpath", "-o", path, "./cmd/radish-server")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building radish-server: %w: %s", err, out)
	}
	return path, nil
}
