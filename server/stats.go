package server

import (
	"strings"

	"radish/command"
)

// loopStats are the counters of one loop. Only the loop's goroutine touches them; INFO adds them up by
// visiting the loops.
type loopStats struct {
	commands int64 // run
	netIn    int64 // of connections that have ended; see Server.gather
	netOut   int64
	dirty    int64
	reads    int64 // batches that arrived
	writes   int64 // batches of replies that left
	turns    int64
	busyNs   int64 // spent in turns, but for sleeping
	busyMax  int64 // ns of the longest turn
	cronNs   int64 // of busyNs, spent in ticks
	aofNs    int64 // spent in writing the log
	turnCmds int64 // the most commands in a turn
	turnAt   int64 // commands at the end of the last turn
	errors   int64
	hits     int64 // of commands that ran on workers; the loop's Ctx counts the others
	misses   int64
	perError map[string]int64 // by code; bounded by maxErrorCodes
	rows     []rowStats       // by Spec.ID
	tracking bool             // latency-tracking
}

// rowStats are the counters of one command.
type rowStats struct {
	calls    int64
	ns       int64
	rejected int64
	failed   int64
	hist     *histogram // nil until the command runs with latency-tracking on
}

// maxErrorCodes bounds perError as Redis bounds it: a client could invent codes through scripts.
const maxErrorCodes = 128

func (st *loopStats) init(rows int) {
	st.rows = make([]rowStats, rows)
	st.perError = make(map[string]int64)
}

// ran counts runs of a command that took so many ns each.
func (st *loopStats) ran(spec *command.Spec, ns int64, times int) {
	st.commands += int64(times)
	r := &st.rows[spec.ID()]
	r.calls += int64(times)
	r.ns += ns * int64(times)
	if st.tracking {
		if r.hist == nil {
			r.hist = &histogram{}
		}
		r.hist.add(ns, times)
	}
}

// turned ends a turn that took so many ns.
func (st *loopStats) turned(ns int64) {
	st.turns++
	st.busyNs += ns
	st.busyMax = max(st.busyMax, ns)
	st.turnCmds = max(st.turnCmds, st.commands-st.turnAt)
	st.turnAt = st.commands
}

func (st *loopStats) rejected(spec *command.Spec) { st.rows[spec.ID()].rejected++ }
func (st *loopStats) failed(spec *command.Spec)   { st.rows[spec.ID()].failed++ }

// countError counts an error reply by its code.
func (st *loopStats) countError(text string) {
	st.errors++
	code, _, _ := strings.Cut(text, " ")
	if _, ok := st.perError[code]; ok || len(st.perError) < maxErrorCodes {
		st.perError[strings.Clone(code)]++
	}
}
