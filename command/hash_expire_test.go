package command

import "testing"

// The cases are those of Redis 7.4's documentation and tests.
func TestHexpire(t *testing.T) {
	bothHashes(t, func(t *testing.T, h *harness) {
		h.want("hexpire h 10 fields 2 a b", "*2 :-2 :-2")
		h.run("hset", "h", "a", "1", "b", "2", "c", "3", "d", "4")
		h.ev = nil
		h.want("hexpire h 10 fields 2 a x", "*2 :1 :-2")
		h.wantEvents("hexpire h")
		h.want("hpexpire h 10500 FIELDS 1 b", "*1 :1")
		h.want("hexpireat h 1700000020 fields 1 c", "*1 :1")
		h.want("hpexpireat h 1700000030001 fields 1 d", "*1 :1")
		h.ev = nil
		h.want("httl h fields 5 a b c d x", "*5 :10 :11 :20 :31 :-2")
		h.want("hpttl h fields 4 a b c d", "*4 :10000 :10500 :20000 :30001")
		h.want("hexpiretime h fields 4 a b c d", "*4 :1700000010 :1700000011 :1700000020 :1700000031")
		h.want("hpexpiretime h fields 4 a b c d", "*4 :1700000010000 :1700000010500 :1700000020000 :1700000030001")
		h.want("hpersist h fields 3 a a x", "*3 :1 :-1 :-2")
		h.wantEvents("hpersist h")
		h.want("hpersist h fields 1 a", "*1 :-1")
		h.wantEvents("")
		h.want("hpttl h fields 2 a b", "*2 :-1 :10500")
		h.want("hset h b 5", ":0") // takes the deadline
		h.want("hincrby h c 5", ":8")
		h.want("hincrbyfloat h d 1", "$1 5")
		h.want("hpttl h fields 3 b c d", "*3 :-1 :20000 :30001")
	})
}

func TestHexpireConditions(t *testing.T) {
	for _, c := range []struct{ condition, old, reply string }{
		{"nx", "", ":1"}, {"NX", "10", ":0"}, {"xx", "", ":0"}, {"XX", "10", ":1"},
		{"gt", "", ":0"}, {"gt", "10", ":1"}, {"GT", "1000", ":0"}, {"gt", "2000", ":0"},
		{"lt", "", ":1"}, {"lt", "10", ":0"}, {"LT", "1000", ":0"}, {"lt", "2000", ":1"},
	} {
		bothHashes(t, func(t *testing.T, h *harness) {
			h.run("hset", "h", "f", "v")
			if c.old != "" {
				h.run("hexpire", "h", c.old, "fields", "1", "f")
			}
			h.want("hexpire h 1000 "+c.condition+" fields 1 f", "*1 "+c.reply)
		})
	}
}

// A deadline that has passed deletes, if the condition holds.
func TestHexpirePast(t *testing.T) {
	bothHashes(t, func(t *testing.T, h *harness) {
		h.run("hset", "h", "f1", "v", "f2", "v", "f4", "v")
		h.run("hexpire", "h", "1000", "fields", "1", "f4")
		h.ev = nil
		h.want("hpexpireat h 1000 nx fields 4 f1 f2 f3 f4", "*4 :2 :2 :-2 :0")
		h.wantEvents("hdel h")
		h.want("hlen h", ":1")
		h.want("hpexpire h 0 fields 2 f4 f4", "*2 :2 :-2")
		h.wantEvents("hdel h")
		h.want("exists h", ":0")
		h.run("hset", "h", "a", "v", "b", "v")
		h.ev = nil
		h.want("hexpire h 5 fields 1 a", "*1 :1")
		h.want("hexpireat h 1700000000 fields 1 a", "*1 :2")
		h.wantEvents("hexpire h, hdel h")
	})
}

func TestHexpireErrors(t *testing.T) {
	h := newHarness(t)
	h.run("hset", "h", "f", "v")
	const atFields = "-ERR Mandatory argument FIELDS is missing or not at the right position"
	const count = "-ERR The `numfields` parameter must match the number of arguments"
	for line, reply := range map[string]string{
		"hexpire h -1 fields 1 f":                       "-ERR invalid expire time, must be >= 0",
		"hexpire h 281474976710 fields 1 f":             "-ERR invalid expire time in 'hexpire' command",
		"hexpireat h 281476676710 fields 1 f":           "-ERR invalid expire time in 'hexpireat' command",
		"hpexpire h 70368744177663 fields 1 f":          "-ERR invalid expire time in 'hpexpire' command",
		"hpexpireat h 70368744177664 fields 1 f":        "-ERR invalid expire time in 'hpexpireat' command",
		"hpexpireat h 70368744177663 fields 1 f":        "*1 :1",
		"hexpire h x fields 1 f":                        "-ERR value is not an integer or out of range",
		"hexpire h 10 nx xx fields 1 f":                 atFields,
		"hexpire h 10 field 1 f":                        atFields,
		"hexpire h 10 fields 0 f":                       "-ERR Parameter `numFields` should be greater than 0",
		"hexpire h 10 fields x f":                       "-ERR Parameter `numFields` should be greater than 0",
		"hexpire h 10 fields 2 f":                       count,
		"hexpire h 10 nx fields 1":                      count,
		"hexpire h 10 fields 1 f g":                     count,
		"httl h field 1 f":                              atFields,
		"httl h fields 0 f":                             "-ERR Number of fields must be a positive integer",
		"hpttl h fields 2 f":                            count,
		"hexpiretime h fields 1 f g":                    count,
		"hpersist h fields -1 f":                        "-ERR Number of fields must be a positive integer",
		"hpersist h fields 2 f":                         count,
		"hpersist h fields 1":                           "-ERR wrong number of arguments for 'hpersist' command",
		"hexpire h 10 fields 1":                         "-ERR wrong number of arguments for 'hexpire' command",
		"hpexpiretime nosuch fields 1 f":                "*1 :-2",
		"hpexpiretime nosuch fields 2 f":                count,
		"hexpire nosuch -1 fields 1 f":                  "-ERR invalid expire time, must be >= 0",
		"hpexpire h 9223372036854775807 fields 1 f":     "-ERR invalid expire time in 'hpexpire' command",
		"hexpire h 9223372036854775807 gt fields 1 f":   "-ERR invalid expire time in 'hexpire' command",
		"hexpireat h 9223372036854775807 lt fields 1 f": "-ERR invalid expire time in 'hexpireat' command",
	} {
		h.want(line, reply)
	}
}

// A lapsed field is seen by nobody, also before it is deleted. HLEN counts it until then, and HDEL finds it.
func TestLapsedFields(t *testing.T) {
	bothHashes(t, func(t *testing.T, h *harness) {
		fill := func() {
			h.run("del", "h")
			h.run("hset", "h", "a", "1", "b", "2", "c", "3", "d", "4")
			h.run("hpexpire", "h", "100", "fields", "3", "a", "b", "c")
			h.now += 101
			h.ev = nil
		}
		fill()
		h.want("hlen h", ":4")
		h.want("hget h a", "$-1")
		h.want("hmget h a d", "*2 $-1 $1 4")
		h.want("hstrlen h a", ":0")
		h.want("hexists h a", ":0")
		h.want("hgetall h", "*2 $1 d $1 4")
		h.want("hkeys h", "*1 $1 d")
		h.want("hvals h", "*1 $1 4")
		h.want("hscan h 0", "*2 $1 0 *2 $1 d $1 4")
		h.want("hrandfield h", "$1 d")
		h.want("hrandfield h 10", "*1 $1 d")
		h.want("hrandfield h -2", "*2 $1 d $1 d")
		h.want("httl h fields 2 a d", "*2 :-2 :-1")
		h.want("hincrby h a 5", ":5")
		h.want("hpttl h fields 1 a", "*1 :-1")
		h.want("hdel h b", ":1")
		h.want("hexpire h 10 fields 1 c", "*1 :-2")
		h.want("hlen h", ":2")
		fill()
		h.want("hsetnx h a 7", ":1")
		h.want("hset h b 7", ":1")
		h.want("hincrbyfloat h c 0.5", "$3 0.5")
		h.want("hlen h", ":4")
		h.run("del", "h")
		h.run("hset", "h", "a", "1")
		h.run("hpexpire", "h", "100", "fields", "1", "a")
		h.now += 101
		h.want("hrandfield h", "$-1")
		h.want("hrandfield h 2", "*0")
		h.want("hgetall h", "*0")
		h.want("exists h", ":1")
		h.want("hpersist h fields 1 a", "*1 :-2")
		h.want("exists h", ":0")
	})
}
