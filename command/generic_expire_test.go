package command

import "testing"

func TestExpireReplies(t *testing.T) {
	h := newHarness(t)
	h.want("expire k 10", ":0")
	h.run("set", "k", "v")
	h.ev = nil
	h.want("ttl k", ":-1")
	h.want("pttl k", ":-1")
	h.want("expiretime k", ":-1")
	h.want("pexpiretime k", ":-1")
	h.want("persist k", ":0")
	for _, c := range []struct{ line, pexpiretime string }{
		{"expire k 100", ":1700000100000"},
		{"pexpire k 1234", ":1700000001234"},
		{"expireat k 1700000005", ":1700000005000"},
		{"pexpireat k 1700000005678", ":1700000005678"},
	} {
		h.want(c.line, ":1")
		h.wantEvents("expire k")
		h.want("pexpiretime k", c.pexpiretime)
	}
	h.want("pttl k", ":5678")
	h.want("ttl k", ":6")
	h.want("expiretime k", ":1700000006")
	h.want("persist k", ":1")
	h.wantEvents("persist k")
	h.want("ttl k", ":-1")
	h.want("persist nosuch", ":0")
	for _, name := range []string{"ttl", "pttl", "expiretime", "pexpiretime"} {
		h.want(name+" nosuch", ":-2")
		h.want(name, "-ERR wrong number of arguments for '"+name+"' command")
	}
	h.want("get k", "$1 v")
}

// TestExpireConditions sets a deadline in 1000 s under conditions; the key has had old seconds ("": none) before.
func TestExpireConditions(t *testing.T) {
	for _, c := range []struct{ conditions, old, reply string }{
		{"NX", "", ":1"}, {"nx", "10", ":0"},
		{"XX", "", ":0"}, {"xx", "10", ":1"},
		{"GT", "", ":0"}, {"gt", "10", ":1"}, {"GT", "1000", ":0"}, {"GT", "2000", ":0"},
		{"LT", "", ":1"}, {"lt", "10", ":0"}, {"LT", "1000", ":0"}, {"LT", "2000", ":1"},
		{"XX GT", "", ":0"}, {"XX GT", "10", ":1"}, {"gt xx", "2000", ":0"},
		{"XX LT", "", ":0"}, {"XX LT", "10", ":0"}, {"XX LT XX", "2000", ":1"},
	} {
		h := newHarness(t)
		h.run("set", "k", "v")
		if c.old != "" {
			h.run("expire", "k", c.old)
		}
		h.ev = nil
		h.want("expire k 1000 "+c.conditions, c.reply)
		events, ttl := "", ":-1"
		if c.old != "" {
			ttl = ":" + c.old
		}
		if c.reply == ":1" {
			events, ttl = "expire k", ":1000"
		}
		h.wantEvents(events)
		h.want("ttl k", ttl)
	}
}

func TestExpireInThePast(t *testing.T) {
	for _, line := range []string{
		"expire k 0", "expire k -1", "pexpire k 0", "pexpire k -9223372036854775808", "expireat k 1700000000",
		"pexpireat k 1700000000000", "expireat k 0", "pexpireat k -1", "expire k -9223372036854775", "expire k 0 nx",
	} {
		for _, lazy := range []bool{false, true} {
			h := newHarness(t)
			h.env.LazyExpire.Store(lazy)
			h.run("set", "k", "v")
			h.ev = nil
			h.want(line, ":1")
			h.wantEvents("del k")
			h.want("exists k", ":0")
			if h.run(splitLine(line)...) != ":0\r\n" {
				t.Errorf("%s: a key that is gone", line)
			}
		}
	}
}

func TestExpireErrors(t *testing.T) {
	h := newHarness(t)
	h.run("set", "k", "v")
	h.ev = nil
	for _, c := range []struct{ line, want string }{
		{"expire k 9223372036854776", "-ERR invalid expire time in 'expire' command"},
		{"expire k -9223372036854776", "-ERR invalid expire time in 'expire' command"},
		{"expire k 9223372036854775", "-ERR invalid expire time in 'expire' command"},
		{"pexpire k 9223372036854775807", "-ERR invalid expire time in 'pexpire' command"},
		{"expireat k 9223372036854776", "-ERR invalid expire time in 'expireat' command"},
		{"pexpireat k 9223372036854775808", "-ERR value is not an integer or out of range"},
		{"expire k x", "-ERR value is not an integer or out of range"},
		{"expire k 1.5", "-ERR value is not an integer or out of range"},
		{"expire k 1 ab", "-ERR Unsupported option ab"},
		{"expire k x ab", "-ERR Unsupported option ab"},
		{"expire k 1 nx xx", "-ERR NX and XX, GT or LT options at the same time are not compatible"},
		{"pexpire k 1 nx gt", "-ERR NX and XX, GT or LT options at the same time are not compatible"},
		{"expireat k 1 lt nx", "-ERR NX and XX, GT or LT options at the same time are not compatible"},
		{"pexpireat k 1 lt gt", "-ERR GT and LT options at the same time are not compatible"},
		{"expire k", "-ERR wrong number of arguments for 'expire' command"},
	} {
		h.want(c.line, c.want)
	}
	if got := h.run("expire", "k", "1", "a\x00b"); got != "-ERR Unsupported option a\r\n" {
		t.Errorf("%q", got)
	}
	if got := h.run("expire", "k", "1", "a\nb"); got != "-ERR Unsupported option a b\r\n" {
		t.Errorf("%q", got)
	}
	h.want("pexpireat k 9223372036854775807", ":1") // far beyond what the index of deadlines tells apart
	h.want("pexpiretime k", ":9223372036854775807")
	h.want("expiretime k", ":9223372036854776")
	h.want("pexpireat k 1700000000001", ":1")
	h.wantEvents("expire k, expire k")
}

func TestLapsedKeyIsGone(t *testing.T) {
	h := newHarness(t)
	h.run("set", "k", "v")
	h.want("pexpire k 100", ":1")
	h.now += 100
	h.want("ttl k", ":0")
	h.want("pttl k", ":0")
	h.want("exists k", ":1") // through the millisecond of its deadline
	h.now++
	for _, line := range []string{"ttl k", "pexpiretime k"} {
		h.want(line, ":-2")
	}
	h.want("exists k", ":0")
	h.want("persist k", ":0")
	h.want("expire k 10", ":0")
	h.want("type k", "+none")
	h.want("object encoding k", "$-1")
	h.want("rename k l", "-ERR no such key")
	h.want("copy k l", ":0")
	h.want("move k 1", ":0")
	h.want("keys *", "*0")
	h.want("scan 0", "*2 $1 0 *0")
	h.want("randomkey", "$-1")
}
