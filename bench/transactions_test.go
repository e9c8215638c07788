//go:build linux

package main

import (
	"bytes"
	"testing"
)

func TestTransactions(t *testing.T) {
	r := transactions(4, newRand())
	for range 5 { // round and round
		b := r.next(2 * txRequests)
		if !bytes.HasPrefix(b, []byte("*1\r\n$5\r\nMULTI\r\n*3\r\n$3\r\nSET\r\n")) || !bytes.HasSuffix(b, []byte("*1\r\n$4\r\nEXEC\r\n")) ||
			bytes.Count(b, []byte("SET")) != 2*txSets || bytes.Count(b, []byte("EXEC\r\n*1\r\n$5\r\nMULTI")) != 1 {
			t.Fatalf("%q", b)
		}
	}
}
