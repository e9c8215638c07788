// Package persist is between the store and files. It encodes the store's values as records of an RDB file and as DUMP payloads, decodes both into the
// store, and loads whole files on several cores.
//
// A snapshot of the store (store.Snapshot) is the keyspace of one moment. WriteRDB makes an RDB file of it, for whoever wants one: Saver, which is SAVE and
// BGSAVE, the base file of an append only file, and replicas. Pacer makes it go slower while the server has other work.
//
// Formats are drawn where they are read and written: package rdb.
package persist
