//go:build linux

package main

import "math/rand/v2"

const (
	txSets     = 10
	txRequests = txSets + 2 // with MULTI and EXEC
	txPipeline = 16         // transactions
	txClients  = 50
	txPrepared = 1 << 13
)

// transactionsSection measures CPU per EXEC of ten SETs of random keys, pinned as in cpuSection.
func transactionsSection(b *bench) ([]row, error) {
	servers, stop, err := b.startPinned(options{})
	if err != nil {
		return nil, err
	}
	defer stop()
	requests := transactions(txPrepared, newRand())
	r, err := cpuRow(b, "CPU per MULTI, 10 SETs and EXEC, pipelines of 16", 0.80, func(k kind) (cpuSample, error) {
		s, err := measureWindow(servers[k], txClients, txPipeline*txRequests, requests, cpuWarmUp, cpuWindow)
		s.perCommand *= txRequests
		return s, err
	})
	if err != nil {
		return nil, err
	}
	b.logf("%s: %s, %s, ratio %s (%s)", r.what, r.ours, r.theirs, r.ratio, r.note)
	return []row{r}, nil
}

// transactions prepares n of them. Each of their requests counts as one, so a pipeline is a multiple of txRequests.
func transactions(n int, rnd *rand.Rand) *ring {
	return newRing(n*txRequests, func(b []byte, i int) []byte {
		switch i % txRequests {
		case 0:
			return appendRequest(b, "MULTI")
		case txRequests - 1:
			return appendRequest(b, "EXEC")
		}
		return setRequest(b, rnd.IntN(cpuKeys))
	})
}
