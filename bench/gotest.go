//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The tests and benchmarks of package server that stand behind two rows of the table.
const (
	allocsTest     = "TestNoAllocs"
	coresBenchmark = "BenchmarkCallParallel"
	coresLimit     = 1.8 // times the throughput of one goroutine on one core
	coresRounds    = 7
	goTestTimeout  = 5 * time.Minute
)

// goTest runs go test in the module's root on package server and returns what it printed.
func goTest(root string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), goTestTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, "go", append(append([]string{"test"}, args...), "./server")...)
	cmd.Dir = root
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	return out.String(), err
}

// goTestSection compares two goroutines on two cores with one on one, and counts allocations, inside one
// process: a client on the same cores would blur both.
func goTestSection(b *bench) ([]row, error) {
	return append(coresRows(b), allocsRow(b)), nil
}

func coresRows(b *bench) []row {
	const what, limit = "two goroutines on two cores against one, through call", "≥ 1.80 times"
	rounds := coresRounds
	if b.quick {
		rounds = 1
	}
	var all [][]speedup // by round
	for range rounds {
		out, err := goTest(b.root, "-run", "^$", "-bench", "^"+coresBenchmark+"$", "-cpu", "1,2", "-benchtime", "500ms")
		if err != nil {
			return []row{unmeasuredRow(what, limit, coresBenchmark+": "+firstComplaint(out))}
		}
		speedups, err := parseSpeedups(out)
		if err != nil {
			return []row{unmeasuredRow(what, limit, err.Error())}
		}
		all = append(all, speedups)
	}
	var rows []row
	for i := range all[0] {
		s, times := middleOf(all, i)
		r := row{what: what, ours: figure(median(times), "times"), limit: limit, verdict: broken,
			note: fmt.Sprintf("%s and %s an operation; %.2f to %.2f times", figure(s.one, "ns"), figure(s.two, "ns"), slices.Min(times), slices.Max(times))}
		if s.name != "" {
			r.what += ": " + s.name
		}
		if median(times) >= coresLimit {
			r.verdict = holds
		}
		b.logf("%s: %s", r.what, r.ours)
		rows = append(rows, r)
	}
	return rows
}

// middleOf returns the medians of benchmark i over all rounds, and its speedup in each. One core and two are compared
// within a round: neighbours on the same machine change its speed from minute to minute.
func middleOf(rounds [][]speedup, i int) (middle speedup, times []float64) {
	var one, two []float64
	for _, r := range rounds {
		one, two, times = append(one, r[i].one), append(two, r[i].two), append(times, r[i].times())
	}
	return speedup{rounds[0][i].name, median(one), median(two)}, times
}

// speedup holds the nanoseconds of an operation, of all goroutines together, on one core and on two.
type speedup struct {
	name     string // of the sub-benchmark
	one, two float64
}

func (s speedup) times() float64 { return s.one / s.two }

// parseSpeedups reads the output of coresBenchmark run with -cpu 1,2: names end in -2 on two cores and in
// nothing on one. It takes the medians of repeated runs.
func parseSpeedups(out string) ([]speedup, error) {
	var names []string
	one, two := make(map[string][]float64), make(map[string][]float64)
	for line := range strings.Lines(out) {
		fields := strings.Fields(line)
		if len(fields) < 4 || fields[3] != "ns/op" || !strings.HasPrefix(fields[0], coresBenchmark) {
			continue
		}
		ns, err := strconv.ParseFloat(fields[2], 64)
		if err != nil {
			return nil, fmt.Errorf("benchmark line %q: %w", line, err)
		}
		name, onTwo := strings.CutSuffix(strings.TrimPrefix(fields[0], coresBenchmark), "-2")
		name = strings.TrimPrefix(name, "/")
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		if onTwo {
			two[name] = append(two[name], ns)
		} else {
			one[name] = append(one[name], ns)
		}
	}
	if len(names) == 0 {
		return nil, errors.New("package server has no " + coresBenchmark)
	}
	speedups := make([]speedup, 0, len(names))
	for _, name := range names {
		if len(one[name]) == 0 || len(two[name]) == 0 {
			return nil, fmt.Errorf("%s/%s did not run on one core and on two", coresBenchmark, name)
		}
		speedups = append(speedups, speedup{name, median(one[name]), median(two[name])})
	}
	return speedups, nil
}

func allocsRow(b *bench) row {
	r := row{what: "allocations per GET, and per SET of an existing key", limit: "0", verdict: unmeasured}
	out, err := goTest(b.root, "-run", "^"+allocsTest+"$", "-count", "1", "-v")
	switch {
	case err == nil && strings.Contains(out, "--- PASS: "+allocsTest):
		r.ours, r.verdict, r.note = "0", holds, allocsTest+" passes"
	case err == nil:
		r.note = "package server has no " + allocsTest
	case strings.Contains(out, "--- FAIL: "+allocsTest):
		r.verdict, r.note = broken, allocsTest+" fails"
	default:
		r.note = allocsTest + ": " + firstComplaint(out)
	}
	b.logf("%s: %s", r.what, r.note)
	return r
}

// firstComplaint returns the line of go test's output that says why it failed: the first that is not a heading.
func firstComplaint(out string) string {
	for line := range strings.Lines(out) {
		if line = oneLine(line); line != "" && !strings.HasPrefix(line, "# ") {
			return line
		}
	}
	return "go test failed without a word"
}

// lastLine returns the last line that is not blank.
func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return oneLine(lines[len(lines)-1])
}

// oneLine makes a text fit a cell.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
