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
//  1. shard locks of the store, in ascending order of shards (dispatch.go, worker.go; store/lock.go); in any
//     order only by a try that waits for nobody (serve.go)
//  2. Server.watchMu, Server.lnMu and the mutexes of slowlog, latency, monitors and pauses: no shard is locked
//     while one of them is held, and no loop waited for, but under lnMu for listeners to close
//  3. the mutexes of txn.Watches, of the queues of waiting clients (waiting.go), and of the tables of client-side
//     caching (tracking.go: prefixMu before mu): while one of them is held nothing is locked but what follows
//  4. those of package pubsub, in the order that it tells
//
// An event loop never sleeps for a shard that a long command holds: it parks the connection (gate.go).
// Only workers and background goroutines wait for event loops, never a loop for another: a worker may
// hold shard locks then, because a loop that needs one of them parks.
//
// # Clients that wait
//
// A blocking command that finds nothing puts its client into the queues of its keys (waiting.go). Whoever changes
// such a key serves the client before it unlocks the shard (serve.go): nobody else sees what the client gets, as if
// there were one thread. A client that waits costs its places in the queues, and one among the time-outs of its
// loop (block.go).
package server
