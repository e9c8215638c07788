// Package server puts the parts together: event loops, clients, the road of a command (dispatch.go), the
// commands that need the server itself, and what runs beside commands (cron.go).
//
// # Who owns what
//
// A client belongs to the event loop of its connection: every field of [Client] and of the loop (its
// statistics too) is touched only on that loop's goroutine, or by the worker that runs a command for the
// client while its connection is paused. Others reach a loop by posting closures ([Server.eachLoop],
// netloop.Loop.Post). So the counters of the hot path need no atomics.
//
// # Locks, in the order in which they are taken
//
//  1. shard locks of the store, in ascending order of shards (dispatch.go, worker.go; store/lock.go)
//  2. Server.watchMu, Server.lnMu and the mutexes of slowlog, latency, monitors and pauses: no shard is locked
//     while one of them is held, and no loop waited for, but under lnMu for listeners to close
//
// An event loop never sleeps for a shard that a long command holds: it parks the connection (gate.go).
// Only workers and background goroutines wait for event loops, never a loop for another: a worker may
// hold shard locks then, because a loop that needs one of them parks.
package server
