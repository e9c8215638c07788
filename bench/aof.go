//go:build linux

package main

import (
	"fmt"
	"slices"
	"time"
)

const (
	aofClients   = 50
	aofPipeline  = 16
	alwaysWindow = 3 * time.Second
	alwaysRounds = 3
)

// aofOptions are those of a server that keeps a log, and rewrites it only when it is told to.
func aofOptions(fsync string) options {
	return options{args: []string{"--appendonly", "yes", "--appendfsync", fsync, "--auto-aof-rewrite-percentage", "0"}}
}

func rewriteJob() job {
	return job{"BGREWRITEAOF", "aof_rewrite_in_progress", "aof_last_bgrewrite_status"}
}

// aofSection measures what the log costs those who write, and what rewriting it does to them.
func aofSection(b *bench) ([]row, error) {
	var rows []row
	for _, measure := range []func(*bench) (row, error){aofCPURow, aofAlwaysRow, aofRewriteRow} {
		r, err := measure(b)
		if err != nil {
			return rows, err
		}
		b.logf("%s: %s, %s %s (%s)", r.what, r.ours, r.theirs, r.ratio, r.note)
		rows = append(rows, r)
	}
	return rows, nil
}

func setRing() *ring {
	for _, w := range cpuWorkloads() {
		if w.name == "SET" {
			return w.ring(cpuRequests)
		}
	}
	return nil
}

// aofCPURow is about CPU per SET under appendfsync everysec, each server pinned to the same core.
func aofCPURow(b *bench) (row, error) {
	servers, stop, err := b.startPinned(aofOptions("everysec"))
	if err != nil {
		return row{}, err
	}
	defer stop()
	requests := setRing()
	what := fmt.Sprintf("appendfsync everysec: CPU per SET, %d clients, pipelines of %d", aofClients, aofPipeline)
	return cpuRow(b, what, 0.80, func(k kind) (cpuSample, error) {
		return measureWindow(servers[k], aofClients, aofPipeline, requests, cpuWarmUp, cpuWindow)
	})
}

// aofAlwaysRow is about the throughput under appendfsync always. Nobody is pinned.
func aofAlwaysRow(b *bench) (row, error) {
	servers, stop, err := b.startBoth(aofOptions("always"))
	if err != nil {
		return row{}, err
	}
	defer stop()
	requests := setRing()
	window := time.Duration(b.scaled(int(alwaysWindow), 5))
	var rates [2][]float64
	for round := range b.scaled(alwaysRounds, 3) {
		order := []kind{ours, theirs}
		if round%2 == 1 {
			slices.Reverse(order)
		}
		for _, k := range order {
			s, err := measureRate(servers[k], aofClients, requests, window)
			if err != nil {
				return row{}, fmt.Errorf("%v: %w", k, err)
			}
			b.logf("appendfsync always: %v: %v", k, s)
			rates[k] = append(rates[k], s.rate)
		}
	}
	quotients := ratios(rates[ours], rates[theirs])
	r := throughputRow("", median(rates[ours]), median(rates[theirs]))
	r.what = fmt.Sprintf("appendfsync always: SET, %d clients", aofClients)
	r.ratio = fmt.Sprintf("%.2f", median(quotients))
	r.note = fmt.Sprintf("ratios %.2f to %.2f", slices.Min(quotients), slices.Max(quotients))
	r.limit, r.verdict = "ratio ≥ 1.20", broken
	if median(quotients) >= 1.2 {
		r.verdict = holds
	}
	return r, nil
}

// measureRate has clients send requests for some time.
func measureRate(s *server, clients int, src source, length time.Duration) (span, error) {
	g, err := dialLoad(s.addr, clients, false)
	if err != nil {
		return span{}, err
	}
	defer g.close()
	return measureSpan(g, src, func() error { time.Sleep(length); return nil })
}

// aofRewriteRow is about what clients that write at full speed see of a rewrite.
func aofRewriteRow(b *bench) (row, error) {
	keys := b.scaled(snapshotKeys, 20)
	var d [2]duringJobs
	for _, k := range []kind{ours, theirs} {
		if err := b.measureRewrite(k, keys, &d[k]); err != nil {
			return row{}, fmt.Errorf("%v: %w", k, err)
		}
	}
	what := fmt.Sprintf("%d keys of %d B, SET by %d clients during BGREWRITEAOF: longest command", keys, bigValue, snapshotClients)
	note := fmt.Sprintf("%s; throughput %.2f and %.2f of quiet; memory %.2f and %.2f of before; it took %.1f and %.1f s",
		longestNote(d), d[ours].kept(), d[theirs].kept(), d[ours].growth(), d[theirs].growth(), d[ours].took(), d[theirs].took())
	return absoluteRow(what, "ms", d[ours].longest(), d[theirs].longest(), longestChange, note), nil
}

func (b *bench) measureRewrite(k kind, keys int, d *duringJobs) error {
	s, c, stop, err := b.startFilled(k, aofOptions("everysec"), keys)
	if err != nil {
		return err
	}
	defer stop()
	*d, err = b.repeatDuringJob(s, c, rewriteJob(), keys, 0)
	return err
}
