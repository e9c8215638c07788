// Package linear checks that a server under several clients behaves as if each command, and each EXEC as a
// whole, happened at one moment between its request and its reply.
//
// Some clients work on a handful of keys at once, which lie in different shards: GET, SET, INCR, DEL, MGET, MSET,
// RENAME, WATCH, UNWATCH and transactions of these, in pipelines and one by one, with random pauses. What they
// sent and got, and when, is a history; porcupine searches for an order of the operations that explains all
// replies and contradicts neither the times nor the order of each connection. [State] is what that order acts
// on: all keys together, because most commands have several, and what each client watches, so that an EXEC
// that should have failed is found as well as one that should not.
//
//	RADISH_RUNS=500 go test ./test/linear -run TestHistories -v
//	RADISH_SEED=7   the seed of the first run; the next has the next one
//
// A seed gives the same requests and pauses, not the same times: a failure shows its history, and
// go test -artifacts keeps a page on which it can be seen as a picture.
package linear
