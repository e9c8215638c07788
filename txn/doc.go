// Package txn holds what transactions are made of: the queue of a client between MULTI and EXEC, and the
// keys that clients watch. It knows neither sockets nor the store.
package txn
