package differential

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"radish/test/harness"
)

// What is here runs operations whose replies may differ although both servers are right: those that choose
// at random, cursors, and encodings of which the reference's version knows less.

// failed says that theirs is an error; then ours must be the same, which diff says.
func (r *runner) failed(replies [2]harness.Reply) (diff string, failed bool) {
	if !replies[0].IsError() && !replies[1].IsError() {
		return "", false
	}
	return r.compare(Check{}, replies), true
}

// scans runs a SCAN, HSCAN, SSCAN or ZSCAN to the end (the arguments are without cursor) and compares all
// that came.
func (r *runner) scans(o operation) (string, error) {
	var replies [2]harness.Reply
	for i, c := range r.conns {
		var err error
		if replies[i], err = wholeScan(c, o.args); err != nil {
			return "", fmt.Errorf("%s: %s: %w", serverName(i), o.show(), err)
		}
	}
	return r.compare(o.check, replies), nil
}

// wholeScan returns what a scan finds from beginning to end, in order, as one reply, or the first error.
func wholeScan(c *harness.Conn, args []string) (harness.Reply, error) {
	all := harness.Value{Kind: '*', Elems: []harness.Value{}}
	at := 2 // where the cursor goes
	if args[0] == "SCAN" {
		at = 1
	}
	cursor := "0"
	for range 10000 {
		reply, err := c.Try(slices.Insert(slices.Clone(args), at, cursor)...)
		if err != nil || reply.IsError() {
			return reply, err
		}
		if len(reply.Elems) != 2 {
			return reply, fmt.Errorf("%s answered %s", args[0], reply)
		}
		found := reply.Elems[1].Elems
		if args[0] == "HSCAN" || args[0] == "ZSCAN" {
			found = inPairs(found)
		}
		all.Elems = append(all.Elems, found...)
		if cursor = string(reply.Elems[0].Text); cursor == "0" {
			slices.SortFunc(all.Elems, compareWire)
			// Redis may return an element twice when its tables grow or shrink meanwhile.
			all.Elems = slices.CompactFunc(all.Elems, func(a, b harness.Value) bool { return compareWire(a, b) == 0 })
			return harness.Reply{Value: all, Raw: all.AppendWire(nil)}, nil
		}
	}
	return harness.Reply{}, fmt.Errorf("%v does not come to an end", args)
}

// inPairs makes an array of every two values.
func inPairs(values []harness.Value) []harness.Value {
	var pairs []harness.Value
	for pair := range slices.Chunk(values, 2) {
		pairs = append(pairs, harness.Value{Kind: '*', Elems: pair})
	}
	return pairs
}

// encodings compares OBJECT ENCODING. Before 7.2 a list was always a quicklist, no set was a listpack, and
// commands that add several elements did not look at their number beforehand. Redis's SORT makes a skiplist of each
// sorted set that it sorts, ours leaves it; that conversions happen where they should is for the scripts to show.
func (r *runner) encodings(o operation) (string, error) {
	replies, err := r.both(o.args...)
	if err != nil {
		return "", err
	}
	diff := r.compare(Check{}, replies)
	if diff == "" || string(replies[0].Text) == "skiplist" && string(replies[1].Text) == "listpack" {
		return "", nil
	}
	if r.pair.theirs72 && !r.fewInts {
		return diff, nil
	}
	types, err := r.both("TYPE", o.args[2])
	if err != nil {
		return "", err
	}
	if r.pair.theirs72 {
		if string(types[0].Text) == "set" && string(replies[0].Text) != "intset" && string(replies[1].Text) != "intset" {
			return "", nil
		}
		return diff, nil
	}
	change := fmt.Sprintf("%s: %s, %s", types[0].Text, replies[0].Text, replies[1].Text)
	switch change {
	case "list: quicklist, listpack", "set: hashtable, listpack", "set: intset, hashtable", "zset: listpack, skiplist":
		return "", nil
	}
	return diff, nil
}

// nodes compares what DEBUG OBJECT says of the nodes of a list, on which its encoding depends later.
func (r *runner) nodes(o operation) (string, error) {
	replies, err := r.both(o.args...)
	if err != nil || !r.pair.theirs72 {
		return "", err
	}
	if diff, failed := r.failed(replies); failed {
		return diff, nil
	}
	var said [2][]string
	for i, reply := range replies {
		for _, word := range strings.Fields(string(reply.Text)) {
			if name, _, _ := strings.Cut(word, ":"); name == "ql_nodes" || name == "ql_uncompressed_size" {
				said[i] = append(said[i], word)
			}
		}
	}
	if !slices.Equal(said[0], said[1]) {
		return fmt.Sprintf("theirs: %s\nours:   %s", replies[0], replies[1]), nil
	}
	return "", nil
}

// mostListpack is the highest set-max-listpack-entries that is set.
const mostListpack = 300

// setting sets a directive. One that is new in 7.2 need be taken by ours only.
func (r *runner) setting(o operation) (string, error) {
	if n, err := strconv.Atoi(o.args[3]); o.args[2] == "set-max-intset-entries" && err == nil && n < mostListpack {
		r.fewInts = true
	}
	replies, err := r.both(o.args...)
	if err != nil {
		return "", err
	}
	if diff := r.compare(Check{}, replies); diff == "" {
		return "", nil
	}
	if !r.pair.theirs72 && slices.Contains(directives72, o.args[2]) {
		replies[0] = harness.Reply{Value: harness.Value{Kind: '+', Text: []byte("OK")}, Raw: []byte("+OK\r\n")}
	}
	return r.compare(Check{}, replies), nil
}

// digest compares DEBUG DIGEST-VALUE. That of a sorted set with inexact scores is not the same before 7.2.
func (r *runner) digest(o operation) (string, error) {
	if !r.pair.theirs72 && strings.HasPrefix(o.args[2], "i") {
		return "", nil
	}
	replies, err := r.both(o.args...)
	if err != nil {
		return "", err
	}
	return r.compare(Check{}, replies), nil
}

// storedDistances runs a command that stores distances, and compares these as numbers.
func (r *runner) storedDistances(o operation) (string, error) {
	replies, err := r.both(o.args...)
	if err != nil {
		return "", err
	}
	if diff := r.compare(Check{}, replies); diff != "" {
		return diff, nil
	}
	stored, err := r.both("ZRANGE", o.args[1], "0", "-1", "WITHSCORES")
	if err != nil {
		return "", err
	}
	texts, ours := flatten(nil, stored[0].Value), flatten(nil, stored[1].Value)
	same := slices.EqualFunc(texts, ours, func(a, b string) bool {
		x, err := strconv.ParseFloat(a, 64)
		y, err2 := strconv.ParseFloat(b, 64)
		return a == b || err == nil && err2 == nil && math.Abs(x-y) <= 1e-9*math.Abs(x)
	})
	if !same {
		return fmt.Sprintf("stored, theirs: %q\nours:   %q", texts, ours), nil
	}
	return r.run(op("DEL", o.args[1]))
}

// inOrder compares a reply about one hash: in a listpack the fields have an order, in a table they have not.
func (r *runner) inOrder(o operation) (string, error) {
	encodings, err := r.both("OBJECT", "ENCODING", o.args[1])
	if err != nil {
		return "", err
	}
	replies, err := r.both(o.args...)
	if err != nil {
		return "", err
	}
	ck := o.check
	if string(encodings[0].Text) == "listpack" && string(encodings[1].Text) == "listpack" {
		ck = Check{}
	}
	return r.compare(ck, replies), nil
}

// samples runs SRANDMEMBER, HRANDFIELD or ZRANDMEMBER: ours must give as many as theirs, each of them (with
// its value or score) must be there, and none twice unless the count is negative.
func (r *runner) samples(o operation) (string, error) {
	replies, err := r.both(o.args...)
	if err != nil {
		return "", err
	}
	if diff, failed := r.failed(replies); failed {
		return diff, nil
	}
	if diff := r.compare(Check{Mode: Shape}, replies); diff != "" || replies[1].Null {
		return diff, nil
	}
	there, err := r.contents(r.conns[0], o.args[1])
	if err != nil {
		return "", err
	}
	withValues := len(o.args) > 3
	for i, reply := range replies {
		if diff := checkSample(reply.Value, there, withValues, o.distinct()); diff != "" {
			return fmt.Sprintf("%s: %s: %s", serverName(i), diff, reply), nil
		}
	}
	return "", nil
}

// distinct says that a command with a count must not return anything twice.
func (o operation) distinct() bool {
	n, err := strconv.Atoi(slices.Concat(o.args, []string{"", ""})[2])
	return err != nil || n >= 0
}

func checkSample(reply harness.Value, there map[string]string, withValues, distinct bool) string {
	texts := flatten(nil, reply)
	seen := map[string]bool{}
	step := 1
	if withValues {
		step = 2
	}
	for i := 0; i+step <= len(texts); i += step {
		value, ok := there[texts[i]]
		switch {
		case !ok:
			return fmt.Sprintf("%q is not there", texts[i])
		case withValues && value != texts[i+1] && !sameDouble([]byte(value), []byte(texts[i+1])):
			return fmt.Sprintf("%q belongs to %q, not %q", value, texts[i], texts[i+1])
		case distinct && seen[texts[i]]:
			return fmt.Sprintf("%q comes twice", texts[i])
		}
		seen[texts[i]] = true
	}
	return ""
}

// flatten appends the texts of all scalars.
func flatten(texts []string, v harness.Value) []string {
	if len(v.Elems) == 0 && v.Text != nil {
		return append(texts, string(v.Text))
	}
	for _, e := range v.Elems {
		texts = flatten(texts, e)
	}
	return texts
}

// contents are the members of a set ("" each), the fields of a hash with their values, or the members of a
// sorted set with their scores.
func (r *runner) contents(c *harness.Conn, key string) (map[string]string, error) {
	typ, err := c.Try("TYPE", key)
	if err != nil {
		return nil, err
	}
	all, err := c.Try(wholeValue(string(typ.Text), key).args...)
	if err != nil {
		return nil, err
	}
	there := map[string]string{}
	texts := flatten(nil, all.Value)
	if string(typ.Text) == "set" {
		for _, t := range texts {
			there[t] = ""
		}
		return there, nil
	}
	for pair := range slices.Chunk(texts, 2) {
		there[pair[0]] = pair[1]
	}
	return there, nil
}

// wholeValue is the command that reads all of a value.
func wholeValue(typ, key string) operation {
	switch typ {
	case "list":
		return op("LRANGE", key, "0", "-1")
	case "hash":
		return operation{args: []string{"HGETALL", key}, check: Check{Mode: Pairs}}
	case "set":
		return operation{args: []string{"SMEMBERS", key}, check: Check{Mode: Unordered}}
	case "zset":
		return operation{args: []string{"ZRANGE", key, "0", "-1", "WITHSCORES"}, check: Check{Doubles: true}}
	}
	return op("GET", key)
}

// pops runs SPOP. What the servers took out differs, so afterwards both get a set without what theirs took
// out: before that, what came and what is left must make the same set on both.
func (r *runner) pops(o operation) (string, error) {
	replies, err := r.both(o.args...)
	if err != nil {
		return "", err
	}
	if diff, failed := r.failed(replies); failed {
		return diff, nil
	}
	if diff := r.compare(Check{Mode: Shape}, replies); diff != "" || replies[0].Null || isEmpty(replies[0].Value) {
		return diff, nil
	}
	var before [2][]string
	var left map[string]string
	for i, c := range r.conns {
		there, err := r.contents(c, o.args[1])
		if err != nil {
			return "", err
		}
		popped := flatten(nil, replies[i].Value)
		for _, m := range popped {
			if _, ok := there[m]; ok {
				return fmt.Sprintf("%s: %q is popped and still there", serverName(i), m), nil
			}
		}
		for m := range there {
			popped = append(popped, m)
		}
		slices.Sort(popped)
		before[i] = popped
		if i == 0 {
			left = there
		}
	}
	if !slices.Equal(before[0], before[1]) {
		return fmt.Sprintf("popped and left together are, theirs: %q\nours:   %q", before[0], before[1]), nil
	}
	if len(left) == 0 {
		return r.run(op("EXISTS", o.args[1]))
	}
	return "", r.replaceSet(o.args[1], left)
}

func isEmpty(v harness.Value) bool { return len(v.Elems) == 0 && v.Text == nil }

// replaceSet gives a set other members on both servers; its deadline stays.
func (r *runner) replaceSet(key string, members map[string]string) error {
	add := []string{"SADD", key}
	for m := range members {
		add = append(add, m)
	}
	slices.Sort(add[2:])
	for i, c := range r.conns {
		deadline, err := c.Try("PEXPIRETIME", key)
		if err != nil {
			return err
		}
		steps := [][]string{{"DEL", key}, add}
		if !bytes.HasPrefix(deadline.Text, []byte("-")) {
			steps = append(steps, []string{"PEXPIREAT", key, string(deadline.Text)})
		}
		for _, args := range steps {
			if reply, err := c.Try(args...); err != nil || reply.IsError() {
				return fmt.Errorf("%s: %.100q: %s, %w", serverName(i), args, reply, err)
			}
		}
	}
	return nil
}
