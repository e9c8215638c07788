//go:build !unix

package netloop

func mapBuf(n int) ([]byte, error) { return make([]byte, n), nil }

func unmapBuf([]byte) {}

func dropBuf(base, b []byte) {}
