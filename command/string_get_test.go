package command

import "testing"

func TestGetAndDelete(t *testing.T) {
	h := newHarness(t)
	h.hearAll()
	h.want("GET k", "$-1")
	h.want("GETDEL k", "$-1")
	h.want("GETEX k EX 0", "$-1") // a bad time does not matter then
	h.want("GETSET k 1", "$-1")
	h.wantEvents("(512 keymiss k), (512 keymiss k), (512 keymiss k), (512 keymiss k), 2 set k")
	h.want("GETSET k 2", "$1 1")
	h.want("SETEX k 10 5", "+OK")
	h.want("GETSET k 3", "$1 5")
	h.wantDeadline("k", 0)
	h.ev = nil
	h.want("GETDEL k", "$1 3")
	h.wantEvents("1 del k")
	h.wantDeadline("k", -1)
	h.want("STRLEN k", ":0")
	h.want("SET k 12345", "+OK")
	h.want("STRLEN k", ":5")
	h.proto = 3
	h.want("GETDEL none", "_")
}

func TestGetex(t *testing.T) {
	h := newHarness(t)
	h.want("SET k v", "+OK")
	h.wantEvents("set k")
	h.want("GETEX k", "$1 v")
	h.want("GETEX k PERSIST", "$1 v")
	h.wantEvents("")
	h.want("GETEX k EX 10", "$1 v")
	h.wantDeadline("k", 10_000)
	h.wantEvents("expire k")
	h.want("GETEX k", "$1 v")
	h.wantDeadline("k", 10_000)
	h.want("GETEX k PX 10", "$1 v")
	h.wantDeadline("k", 10)
	h.want("GETEX k EXAT 1700000002", "$1 v")
	h.wantDeadline("k", 2000)
	h.want("GETEX k pxat 1700000000009", "$1 v")
	h.wantDeadline("k", 9)
	h.ev = nil
	h.want("GETEX k persist PERSIST", "$1 v")
	h.wantDeadline("k", 0)
	h.wantEvents("persist k")
	h.want("GETEX k PXAT 1700000000000", "$1 v") // not later than now
	h.wantEvents("del k")
	h.wantDeadline("k", -1)

	h.want("SET k v", "+OK")
	h.wantEvents("set k")
	for line, reply := range map[string]string{
		"GETEX k EX":           syntaxErr,
		"GETEX k KEEPTTL":      syntaxErr,
		"GETEX k GET":          syntaxErr,
		"GETEX k NX":           syntaxErr,
		"GETEX k PERSIST EX 1": syntaxErr,
		"GETEX k EX 1 PERSIST": syntaxErr,
		"GETEX k EX 1 EXAT 1":  syntaxErr,
		"GETEX k EX a":         notInt,
		"GETEX k EX 0":         "-ERR invalid expire time in 'getex' command",
		"GETEX k PXAT -1":      "-ERR invalid expire time in 'getex' command",
	} {
		h.want(line, reply)
	}
	h.wantEvents("")
}

func TestMgetTellsMisses(t *testing.T) {
	h := newHarness(t)
	h.want("MSET a 1 b 22", "+OK")
	h.ev = nil
	h.hearAll()
	h.want("MGET a x b y", "*4 $1 1 $-1 $2 22 $-1")
	h.wantEvents("(512 keymiss x), (512 keymiss y)")
}
