package differential

import (
	"strings"
	"testing"

	"radish/test/harness"
)

func TestCheckSample(t *testing.T) {
	there := map[string]string{"a": "1", "b": "0.10000000000000001", "": "x"}
	for _, tc := range []struct {
		wire               string
		withValues, unique bool
		pass               bool
	}{
		{"*2\r\n$1\r\na\r\n$0\r\n\r\n", false, true, true},
		{"$1\r\na\r\n", false, true, true},
		{"*2\r\n$1\r\na\r\n$1\r\na\r\n", false, true, false},
		{"*2\r\n$1\r\na\r\n$1\r\na\r\n", false, false, true},
		{"*1\r\n$1\r\nc\r\n", false, true, false},
		{"*4\r\n$1\r\na\r\n$1\r\n1\r\n$1\r\nb\r\n$3\r\n0.1\r\n", true, true, true},
		{"*1\r\n*2\r\n$1\r\nb\r\n,0.1\r\n", true, true, true},
		{"*2\r\n$1\r\na\r\n$1\r\n2\r\n", true, true, false},
	} {
		diff := checkSample(reply(t, tc.wire).Value, there, tc.withValues, tc.unique)
		if (diff == "") != tc.pass {
			t.Errorf("%q: %q", tc.wire, diff)
		}
	}
}

// lame is a pair of two reference servers, so that what differs is only what a test makes different.
func lame(t *testing.T) *runner {
	t.Helper()
	p := &pair{}
	for i := range p.servers {
		p.servers[i] = harness.Start(t, harness.Redis(t))
		p.admin[i] = p.servers[i].Conn(t)
	}
	return newRunner(t, p, 2)
}

func TestPopsBringBothTogether(t *testing.T) {
	r := lame(t)
	members := []string{"SADD", "s"}
	for i := range 300 {
		members = append(members, "m"+strings.Repeat("x", i%7)+string(rune('a'+i%26))+string(rune('a'+i/26)))
	}
	for _, args := range [][]string{members, {"PEXPIREAT", "s", "33177117420000"}} {
		if diff, err := r.run(op(args...)); diff != "" || err != nil {
			t.Fatal(diff, err)
		}
	}
	for _, count := range []string{"", "1", "7", "100", "abc", "-1", "0", "1000", "1"} {
		o := operation{args: []string{"SPOP", "s"}, run: (*runner).pops}
		if count != "" {
			o.args = append(o.args, count)
		}
		for _, step := range []operation{o, op("PEXPIRETIME", "s"), op("SCARD", "s"), op("DEBUG", "DIGEST")} {
			if diff, err := r.run(step); diff != "" || err != nil {
				t.Fatalf("%s: %s, %v", step.show(), diff, err)
			}
		}
	}
	// A set that is not the same any more is noticed.
	r.conns[0].Ok("SADD", "s", "a", "b", "c")
	r.conns[1].Ok("SADD", "s", "a", "b", "d")
	if diff, err := r.run(operation{args: []string{"SPOP", "s"}, run: (*runner).pops}); diff == "" || err != nil {
		t.Errorf("%q, %v", diff, err)
	}
}

func TestScansAndSettings(t *testing.T) {
	r := lame(t)
	for _, o := range append(presets(), op("HSET", "h", "a", "1", "b", "2"), op("ZADD", "z", "1", "a"), op("SADD", "s", "x"),
		operation{args: []string{"HSCAN", "h", "COUNT", "1"}, run: (*runner).scans},
		operation{args: []string{"ZSCAN", "z"}, run: (*runner).scans},
		operation{args: []string{"SSCAN", "h"}, run: (*runner).scans},
		operation{args: []string{"HGETALL", "h"}, run: (*runner).inOrder},
		operation{args: []string{"HRANDFIELD", "h", "5", "WITHVALUES"}, run: (*runner).samples},
		operation{args: []string{"OBJECT", "ENCODING", "s"}, run: (*runner).encodings},
	) {
		if diff, err := r.run(o); diff != "" || err != nil {
			t.Errorf("%s: %s, %v", o.show(), diff, err)
		}
	}
	r.conns[1].Ok("HSET", "h", "b", "3")
	for _, o := range []operation{
		{args: []string{"HSCAN", "h"}, run: (*runner).scans},
		{args: []string{"HGETALL", "h"}, run: (*runner).inOrder},
		{args: []string{"HRANDFIELD", "h", "5", "WITHVALUES"}, run: (*runner).samples},
	} {
		if diff, err := r.run(o); diff == "" || err != nil {
			t.Errorf("%s: %q, %v", o.show(), diff, err)
		}
	}
}
