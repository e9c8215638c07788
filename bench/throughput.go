//go:build linux

package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

const (
	throughputRequests = 100_000
	throughputRounds   = 3
)

var errNoBenchmark = errors.New("redis-benchmark is not in PATH: install the Debian package redis-tools")

// benchmarkTests are the tests of redis-benchmark's default list, by the names that its option -t takes, in
// its order. One of them may print several lines.
func benchmarkTests() []string {
	return []string{"ping", "set", "get", "incr", "lpush", "rpush", "lpop", "rpop", "sadd", "hset", "spop", "zadd",
		"zpopmin", "lrange", "mset"}
}

// throughputSection runs redis-benchmark's whole default list on both, in turns; neither is pinned.
func throughputSection(b *bench) ([]row, error) {
	if _, err := exec.LookPath("redis-benchmark"); err != nil {
		return nil, errNoBenchmark
	}
	var servers [2]*server
	for k := range servers {
		var err error
		if servers[k], err = b.fleet.start(kind(k), options{}); err != nil {
			return nil, err
		}
		defer servers[k].stop()
	}
	requests := b.scaled(throughputRequests, 10)
	var rows []row
	for _, test := range benchmarkTests() {
		var rates [2]map[string][]float64
		var names []string
		for k := range rates {
			rates[k] = make(map[string][]float64)
		}
		for range b.scaled(throughputRounds, 3) {
			results, err := runBenchmark(servers[ours], test, requests)
			var missing errCommandMissing
			if errors.As(err, &missing) {
				b.logf("%s not measured: %v", test, err)
				rows = append(rows, unmeasuredRow("redis-benchmark: "+test, "", oneLine(err.Error())))
				break
			}
			if err != nil {
				return rows, err
			}
			for _, r := range results {
				rates[ours][r.name] = append(rates[ours][r.name], r.rate)
			}
			if results, err = runBenchmark(servers[theirs], test, requests); err != nil {
				return rows, err
			}
			names = names[:0]
			for _, r := range results {
				names = append(names, r.name)
				rates[theirs][r.name] = append(rates[theirs][r.name], r.rate)
			}
		}
		for _, name := range names {
			r := throughputRow(name, median(rates[ours][name]), median(rates[theirs][name]))
			b.logf("%s: %s, %s", r.what, r.ours, r.theirs)
			rows = append(rows, r)
		}
	}
	return rows, nil
}

func throughputRow(name string, ours, theirs float64) row {
	return row{what: "redis-benchmark: " + name, ours: figure(ours, "/s"), theirs: figure(theirs, "/s"),
		ratio: fmt.Sprintf("%.2f", ours/theirs)}
}

// benchmarkResult is one line of redis-benchmark's CSV.
type benchmarkResult struct {
	name string
	rate float64 // requests a second
}

// errCommandMissing is redis-benchmark's report that the server does not know the command.
type errCommandMissing string

func (e errCommandMissing) Error() string { return string(e) }

func runBenchmark(s *server, test string, requests int) ([]benchmarkResult, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "redis-benchmark", "-h", "127.0.0.1", "-p", strconv.Itoa(s.port),
		"-n", strconv.Itoa(requests), "-t", test, "--csv")
	out, err := cmd.CombinedOutput()
	if strings.Contains(string(out), "unknown command") {
		return nil, errCommandMissing(lastLine(string(out)))
	}
	if err != nil {
		return nil, fmt.Errorf("redis-benchmark -t %s on %v: %w: %s", test, s.kind, err, lastLine(string(out)))
	}
	return parseBenchmark(string(out))
}

// parseBenchmark reads redis-benchmark's CSV: a header, then a line for each test with the name and the
// requests a second first. Lines before the header are notes of the program.
func parseBenchmark(out string) ([]benchmarkResult, error) {
	at := strings.Index(out, `"test","rps"`)
	if at < 0 {
		return nil, fmt.Errorf("redis-benchmark printed %q", lastLine(out))
	}
	records, err := csv.NewReader(strings.NewReader(out[at:])).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("redis-benchmark's CSV: %w", err)
	}
	var results []benchmarkResult
	for _, record := range records[1:] {
		rate, err := strconv.ParseFloat(record[1], 64)
		if err != nil {
			return nil, fmt.Errorf("redis-benchmark's CSV: %w", err)
		}
		// "LPUSH (needed to benchmark LRANGE)" prepares the next lines and is no result.
		if !strings.Contains(record[0], "needed to benchmark") {
			results = append(results, benchmarkResult{record[0], rate})
		}
	}
	return results, nil
}
