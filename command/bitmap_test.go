package command

import "testing"

func TestSetbitGetbit(t *testing.T) {
	const (
		badOffset = "-ERR bit offset is not an integer or out of range"
		badBit    = "-ERR bit is not an integer or out of range"
	)
	h := newHarness(t)
	h.want("SETBIT k 9 0", ":0")
	h.want("GET k", "$2 \x00\x00")
	h.want("SETBIT k 9 0", ":0") // nothing changes
	h.want("SETBIT k 9 1", ":0")
	h.want("SETBIT k 9 1", ":1")
	h.want("GET k", "$2 \x00\x40")
	h.want("SETBIT k 9 0", ":1")
	h.wantEvents("setbit k, setbit k, setbit k")
	h.want("SETEX n 10 1", "+OK")
	h.want("GETBIT n 2", ":1")
	h.want("GETBIT n 0", ":0")
	h.want("GETBIT n 100", ":0")
	h.want("SETBIT n 6 1", ":0")
	h.want("GET n", "$1 3")
	h.wantDeadline("n", 10_000)
	if e := h.encoding("n"); e != "raw" {
		t.Errorf("encoding %s", e)
	}
	h.want("GETBIT none 4294967295", ":0")
	for line, reply := range map[string]string{
		"SETBIT k -1 1":         badOffset,
		"SETBIT k x 1":          badOffset,
		"SETBIT k #1 1":         badOffset,
		"SETBIT k 4294967296 1": badOffset,
		"GETBIT k 4294967296":   badOffset,
		"SETBIT k 0 2":          badBit,
		"SETBIT k 0 -1":         badBit,
		"SETBIT k 0 x":          badBit,
	} {
		h.want(line, reply)
	}
	h.env.MaxBulkLen.Store(2)
	h.want("SETBIT k 15 1", ":0")
	h.want("SETBIT k 16 1", badOffset)
}
