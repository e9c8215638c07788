package main

import (
	"bytes"
	"fmt"

	"radish/test/harness"
)

// ballast are keys that nobody changes: they give loading and rewriting something to do, and must be there always.
type ballast int

const ballastDB = 9

// ballastValue is what key i holds.
func ballastValue(i int) string { return fmt.Sprintf("ballast of key %d, %0100d", i, i) }

func (b ballast) write(addr string) error {
	conn, err := dial(addr, ballastDB)
	if err != nil {
		return err
	}
	defer conn.Close()
	const atOnce = 500
	for from := 0; from < int(b); from += atOnce {
		var buf []byte
		n := min(atOnce, int(b)-from)
		for i := from; i < from+n; i++ {
			buf = harness.AppendCommand(buf, "SET", fmt.Sprint("key:", i), ballastValue(i))
		}
		if err := conn.Write(buf); err != nil {
			return err
		}
		for range n {
			if r, err := conn.Read(); err != nil || r.IsError() {
				return fmt.Errorf("SET: %s %w", r, err)
			}
		}
	}
	return nil
}

func (b ballast) check(addr string, killed int64) error {
	conn, err := dial(addr, ballastDB)
	if err != nil {
		return err
	}
	defer conn.Close()
	r, err := conn.Try("DBSIZE")
	if err != nil {
		return err
	}
	if n := intOr0(r.Value); n != int64(b) {
		return &lostError{keys: int(int64(b) - n), text: fmt.Sprintf("%d keys that nobody changes, of %d", n, b)}
	}
	for i := int(killed % 97); i < int(b); i += 97 {
		r, err := conn.Try("GET", fmt.Sprint("key:", i))
		if err != nil {
			return err
		}
		if !bytes.Equal(r.Text, []byte(ballastValue(i))) {
			return &lostError{keys: 1, text: fmt.Sprintf("key %d that nobody changes is %s", i, r)}
		}
	}
	return nil
}
