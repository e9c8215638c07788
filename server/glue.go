package server

import (
	"crypto/rand"
	"encoding/hex"
	"hash/fnv"
	"runtime"
	"strconv"
	"time"

	"radish/command"
	"radish/internal/version"
)

func newRunID() string {
	var b [20]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

func microNow() int64 { return time.Now().UnixMicro() }

// specs are the rows of the commands that need the server.
func (s *Server) specs() [][]command.Spec {
	return [][]command.Spec{s.connectionSpecs(), s.adminSpecs(), s.savingSpecs(), s.dumpSpecs(), s.shutdownSpecs(), s.slowlogSpecs(), s.latencySpecs(), s.memorySpecs(), s.debugSpecs(), s.infoSpecs(), s.configSpecs(), s.transactionSpecs(), s.pubSubSpecs()}
}

// forget releases what a client held that is gone.
func (s *Server) forget(cl *Client) {
	if cl.waiting != waitWorker { // else job.finish does it: EXEC may be running
		s.unwatch(cl)
	}
	if cl.monitor {
		s.removeMonitor(cl)
	}
	s.untrack(cl)
	if cl.sub != nil {
		cl.sub.Close()
	}
	switch cl.waiting {
	case waitPause:
		s.blocked.Add(-1)
	case waitBlock:
		cl.loop.forgetTimeout(cl.wait)
		s.abandon(cl.wait)
	}
}

// buildID tells builds apart, as Redis's checksum of its sources does.
func (s *Server) buildID() string {
	h := fnv.New64a()
	h.Write([]byte(version.Radish + version.Commit() + runtime.Version()))
	return strconv.FormatUint(h.Sum64(), 16)
}
