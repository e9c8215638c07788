package main

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"radish/test/harness"
)

// answer is what is known of how a command went.
type answer struct {
	sent, got int64          // when it was sent, and when its reply had come, or may have come at the latest; Unix milliseconds
	reply     *harness.Value // nil: there was none
}

// run does to the state what the command does to the server, and returns the reply that it must have, as
// harness.Value.String shows it. "" means that the reply is random, and was found to be possible.
func (s state) run(args []string, a answer) string {
	key, rest := args[1], args[2:]
	if strings.Contains(key, shortLived) {
		return "+OK" // what matters is that it goes
	}
	switch args[0] {
	case "SET", "INCR", "APPEND", "INCRBYFLOAT", "MSET":
		return s.runString(args[0], key, rest, a)
	case "RPUSH", "LPUSH", "LPOP", "RPOP", "LTRIM", "LMOVE":
		return s.runList(args[0], key, rest)
	case "HSET", "HDEL", "HINCRBY":
		return s.runHash(args[0], key, rest)
	case "SADD", "SREM", "SMOVE", "SUNIONSTORE", "SPOP":
		return s.runSet(args[0], key, rest, a)
	case "ZADD", "ZINCRBY", "ZREM", "ZPOPMIN":
		return s.runZSet(args[0], key, rest)
	}
	return s.runKey(args[0], key, rest)
}

// edit is the value of a key, made if it is missing.
func (s state) edit(key, kind string) *value {
	v := s[key]
	if v == nil {
		v = &value{kind: kind, fields: map[string]string{}, set: map[string]bool{}, scores: map[string]int64{}}
		s[key] = v
	}
	return v
}

// trim deletes the key if nothing is left in it.
func (s state) trim(key string) {
	if v := s[key]; v != nil && v.size() == 0 {
		delete(s, key)
	}
}

func (s state) runString(name, key string, rest []string, a answer) string {
	switch name {
	case "SET":
		v := &value{kind: "string", text: rest[0]}
		if len(rest) == 3 { // PX
			v.from, v.to = a.sent+number(rest[2]), a.got+number(rest[2])
		}
		s[key] = v
		return "+OK"
	case "MSET":
		s[key] = &value{kind: "string", text: rest[0]}
		for i := 1; i+1 < len(rest); i += 2 {
			s[rest[i]] = &value{kind: "string", text: rest[i+1]}
		}
		return "+OK"
	}
	v := s.edit(key, "string")
	switch name {
	case "INCR":
		v.text = strconv.FormatInt(number(v.text)+1, 10)
		return ":" + v.text
	case "APPEND":
		v.text += rest[0]
		return ":" + strconv.Itoa(len(v.text))
	}
	f, _ := strconv.ParseFloat("0"+v.text, 64) // INCRBYFLOAT, which never goes below 0 here
	by, _ := strconv.ParseFloat(rest[0], 64)
	v.text = strconv.FormatFloat(f+by, 'f', -1, 64)
	return strconv.Quote(v.text)
}

func number(text string) int64 {
	n, _ := strconv.ParseInt(text, 10, 64) // "" is 0
	return n
}

func (s state) runKey(name, key string, rest []string) string {
	v := s[key]
	switch name {
	case "DEL", "UNLINK":
		n := 0
		for _, k := range append([]string{key}, rest...) {
			if s[k] != nil {
				n++
			}
			delete(s, k)
		}
		return ":" + strconv.Itoa(n)
	case "RENAME":
		if v == nil {
			return "-ERR no such key"
		}
		delete(s, key)
		s[rest[0]] = v
		return "+OK"
	case "COPY":
		if v == nil {
			return ":0"
		}
		s[rest[0]] = v.clone()
		return ":1"
	case "PEXPIREAT":
		if v == nil {
			return ":0"
		}
		v.from, v.to = number(rest[0]), number(rest[0])
		return ":1"
	case "PERSIST":
		if v == nil || v.to == 0 {
			return ":0"
		}
		v.from, v.to = 0, 0
		return ":1"
	}
	return "no command " + name
}

func (s state) runList(name, key string, rest []string) string {
	defer s.trim(key)
	v := s.edit(key, "list")
	switch name {
	case "RPUSH":
		v.list = append(v.list, rest...)
		return ":" + strconv.Itoa(len(v.list))
	case "LPUSH":
		for _, e := range rest {
			v.list = slices.Insert(v.list, 0, e)
		}
		return ":" + strconv.Itoa(len(v.list))
	case "LTRIM":
		from := min(int(number(rest[0])), len(v.list))
		v.list = v.list[from:min(max(from, int(number(rest[1]))+1), len(v.list))]
		return "+OK"
	case "LMOVE": // from LEFT to RIGHT
		if len(v.list) == 0 {
			return "$(null)"
		}
		e := v.list[0]
		v.list = v.list[1:]
		to := s.edit(rest[0], "list")
		to.list = append(to.list, e)
		return strconv.Quote(e)
	}
	n, several := 1, len(rest) > 0
	if several {
		n = int(number(rest[0]))
	}
	if len(v.list) == 0 && several {
		return "*(null)"
	} else if len(v.list) == 0 {
		return "$(null)"
	}
	var popped []string
	for range min(n, len(v.list)) {
		if name == "LPOP" {
			popped = append(popped, strconv.Quote(v.list[0]))
			v.list = v.list[1:]
		} else {
			popped = append(popped, strconv.Quote(v.list[len(v.list)-1]))
			v.list = v.list[:len(v.list)-1]
		}
	}
	if several {
		return "*[" + strings.Join(popped, " ") + "]"
	}
	return popped[0]
}

func (s state) runHash(name, key string, rest []string) string {
	defer s.trim(key)
	v := s.edit(key, "hash")
	before := len(v.fields)
	switch name {
	case "HSET":
		for i := 0; i+1 < len(rest); i += 2 {
			v.fields[rest[i]] = rest[i+1]
		}
		return ":" + strconv.Itoa(len(v.fields)-before)
	case "HDEL":
		for _, f := range rest {
			delete(v.fields, f)
		}
		return ":" + strconv.Itoa(before-len(v.fields))
	}
	v.fields[rest[0]] = strconv.FormatInt(number(v.fields[rest[0]])+number(rest[1]), 10)
	return ":" + v.fields[rest[0]]
}

func (s state) runSet(name, key string, rest []string, a answer) string {
	if name == "SUNIONSTORE" {
		union := &value{kind: "set", set: map[string]bool{}}
		for _, k := range rest {
			if v := s[k]; v != nil {
				for m := range v.set {
					union.set[m] = true
				}
			}
		}
		s[key] = union
		s.trim(key)
		return ":" + strconv.Itoa(len(union.set))
	}
	defer s.trim(key)
	v := s.edit(key, "set")
	before := len(v.set)
	switch name {
	case "SADD":
		for _, m := range rest {
			v.set[m] = true
		}
		return ":" + strconv.Itoa(len(v.set)-before)
	case "SREM":
		for _, m := range rest {
			delete(v.set, m)
		}
		return ":" + strconv.Itoa(before-len(v.set))
	case "SMOVE":
		if !v.set[rest[1]] {
			return ":0"
		}
		delete(v.set, rest[1])
		s.edit(rest[0], "set").set[rest[1]] = true
		return ":1"
	}
	return v.pop(min(int(number(rest[0])), before), a)
}

// pop takes n members, those of the reply if there is one.
func (v *value) pop(n int, a answer) string {
	if a.reply == nil {
		v.unknown = n
		return ""
	}
	if a.reply.Kind != '*' || len(a.reply.Elems) != n {
		return strconv.Itoa(n) + " members"
	}
	for _, e := range a.reply.Elems {
		if !v.set[string(e.Text)] {
			return "none but members"
		}
		delete(v.set, string(e.Text))
	}
	return ""
}

func (s state) runZSet(name, key string, rest []string) string {
	defer s.trim(key)
	v := s.edit(key, "zset")
	before := len(v.scores)
	switch name {
	case "ZADD":
		for i := 0; i+1 < len(rest); i += 2 {
			v.scores[rest[i+1]] = number(rest[i])
		}
		return ":" + strconv.Itoa(len(v.scores)-before)
	case "ZREM":
		for _, m := range rest {
			delete(v.scores, m)
		}
		return ":" + strconv.Itoa(before-len(v.scores))
	case "ZINCRBY":
		v.scores[rest[1]] += number(rest[0])
		return strconv.Quote(strconv.FormatInt(v.scores[rest[1]], 10))
	}
	least, score := "", int64(math.MaxInt64) // ZPOPMIN
	for m, n := range v.scores {
		if n < score || n == score && m < least {
			least, score = m, n
		}
	}
	if before == 0 {
		return "*[]"
	}
	delete(v.scores, least)
	return "*[" + strconv.Quote(least) + " " + strconv.Quote(strconv.FormatInt(score, 10)) + "]"
}
