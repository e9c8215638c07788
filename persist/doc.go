// Package persist is between the store and files. It encodes the store's values as records of an RDB file and as DUMP payloads, decodes both into the
// store, and loads whole files on several cores.
//
// A snapshot of the store (store.Snapshot) is the keyspace of one moment. WriteRDB makes an RDB file of it, and WriteRESP a file of commands. Saver writes them
// to disk: an RDB file for SAVE and BGSAVE, either for the base of an append only file. On Linux they give way to others on the
// processors if they are told to.
//
// Formats are drawn where they are read and written: package rdb.
package persist
