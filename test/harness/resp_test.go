package harness

import (
	"bytes"
	"strings"
	"testing"
)

func TestReaderKeepsBytes(t *testing.T) {
	for _, wire := range []string{
		"+OK\r\n", "-ERR no\r\n", ":-5\r\n", "$-1\r\n", "*-1\r\n", "_\r\n", "$0\r\n\r\n", "$4\r\na\r\nb\r\n", "*0\r\n",
		"*2\r\n:1\r\n*1\r\n$1\r\nx\r\n", "%1\r\n+k\r\n~2\r\n#t\r\n,1.5\r\n", "(123456789012345678901234567890\r\n",
		"=8\r\ntxt:abcd\r\n", "!5\r\nERR x\r\n", ">2\r\n+message\r\n+x\r\n", "|1\r\n+ttl\r\n:5\r\n$1\r\nv\r\n",
	} {
		r := NewReader(strings.NewReader(wire + "+next\r\n"))
		v, raw, err := r.Read()
		if err != nil || string(raw) != wire {
			t.Errorf("%q: read %q, %v", wire, raw, err)
		}
		if again := v.AppendWire(nil); string(again) != wire {
			t.Errorf("%q: written as %q", wire, again)
		}
		if v, _, err := r.Read(); err != nil || string(v.Text) != "next" {
			t.Errorf("after %q: %s, %v", wire, v, err)
		}
	}
}

func TestReaderRefuses(t *testing.T) {
	for _, wire := range []string{
		"", "OK\r\n", "+OK\n", "+OK", "$5\r\nabc\r\n", "$3\r\nabcde", "$x\r\n", "*2\r\n:1\r\n", "*-2\r\n", "$-2\r\n", "_x\r\n", "\r\n",
		"?1\r\n", "*99999999999\r\n",
	} {
		if v, _, err := NewReader(strings.NewReader(wire)).Read(); err == nil {
			t.Errorf("%q was taken for %s", wire, v)
		}
	}
}

func TestCommand(t *testing.T) {
	if got := Command("GET", "a b", ""); !bytes.Equal(got, []byte("*3\r\n$3\r\nGET\r\n$3\r\na b\r\n$0\r\n\r\n")) {
		t.Errorf("%q", got)
	}
}
