// Package fsystest has file systems for tests: Mem keeps files in memory and knows what a crash would leave of them, Faulty makes
// chosen operations of another file system fail.
package fsystest
