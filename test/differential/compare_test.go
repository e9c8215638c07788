package differential

import (
	"io"
	"regexp"
	"strings"
	"testing"
)

func stringReader(s string) io.Reader { return strings.NewReader(s) }

func TestCompare(t *testing.T) {
	digits := []*regexp.Regexp{regexp.MustCompile(`id=(\d+)`)}
	for _, tc := range []struct {
		check        Check
		theirs, ours string
		pass         bool
	}{
		{Check{}, "+OK\r\n", "+OK\r\n", true},
		{Check{}, "+OK\r\n", "$2\r\nOK\r\n", false},
		{Check{}, ":1\r\n", ":2\r\n", false},
		{Check{}, "$-1\r\n", "_\r\n", false},
		{Check{Mode: Unordered}, "*2\r\n+a\r\n+b\r\n", "*2\r\n+b\r\n+a\r\n", true},
		{Check{Mode: Unordered}, "*2\r\n+a\r\n+b\r\n", "*2\r\n+b\r\n+b\r\n", false},
		{Check{Mode: Unordered}, "%2\r\n+a\r\n:1\r\n+b\r\n:2\r\n", "%2\r\n+b\r\n:2\r\n+a\r\n:1\r\n", true},
		{Check{Mode: Unordered}, "%2\r\n+a\r\n:1\r\n+b\r\n:2\r\n", "%2\r\n+b\r\n:1\r\n+a\r\n:2\r\n", false},
		{Check{Mode: Pairs}, "*4\r\n+a\r\n:1\r\n+b\r\n:2\r\n", "*4\r\n+b\r\n:2\r\n+a\r\n:1\r\n", true},
		{Check{Mode: Pairs}, "*4\r\n+a\r\n:1\r\n+b\r\n:2\r\n", "*4\r\n+b\r\n:1\r\n+a\r\n:2\r\n", false},
		{Check{Mode: Pairs}, "*3\r\n+a\r\n+b\r\n+c\r\n", "*3\r\n+a\r\n+b\r\n+c\r\n", true},
		{Check{Doubles: true}, "$19\r\n0.10000000000000001\r\n", "$3\r\n0.1\r\n", true},
		{Check{Doubles: true}, "*1\r\n,0.10000000000000001\r\n", "*1\r\n,0.1\r\n", true},
		{Check{Doubles: true}, "$19\r\n0.10000000000000001\r\n", "$3\r\n0.2\r\n", false},
		{Check{}, "$19\r\n0.10000000000000001\r\n", "$3\r\n0.1\r\n", false},
		{Check{Distances: true}, "$6\r\n1.2345\r\n", "$6\r\n1.2346\r\n", true},
		{Check{Distances: true}, "$6\r\n1.2345\r\n", "$6\r\n1.2347\r\n", false},
		{Check{Distances: true}, "$7\r\n1.23456\r\n", "$7\r\n1.23457\r\n", false},
		{Check{Mode: SameType}, ":1\r\n", ":99\r\n", true},
		{Check{Mode: Pairs}, "*4\r\n+a\r\n:1\r\n+b\r\n:2\r\n", "*4\r\n+b\r\n:2\r\n+a\r\n:1\r\n", true},
		{Check{Mode: Pairs}, "*4\r\n+a\r\n:1\r\n+b\r\n:2\r\n", "*4\r\n+b\r\n:1\r\n+a\r\n:2\r\n", false},
		{Check{Mode: Pairs}, "*3\r\n+a\r\n+b\r\n+c\r\n", "*3\r\n+a\r\n+b\r\n+c\r\n", true},
		{Check{Doubles: true}, "$19\r\n0.10000000000000001\r\n", "$3\r\n0.1\r\n", true},
		{Check{Doubles: true}, "*1\r\n,0.10000000000000001\r\n", "*1\r\n,0.1\r\n", true},
		{Check{Doubles: true}, "$19\r\n0.10000000000000001\r\n", "$3\r\n0.2\r\n", false},
		{Check{}, "$19\r\n0.10000000000000001\r\n", "$3\r\n0.1\r\n", false},
		{Check{Distances: true}, "$6\r\n1.2345\r\n", "$6\r\n1.2346\r\n", true},
		{Check{Distances: true}, "$6\r\n1.2345\r\n", "$6\r\n1.2347\r\n", false},
		{Check{Distances: true}, "$7\r\n1.23456\r\n", "$7\r\n1.23457\r\n", false},
		{Check{Mode: SameType}, ":1\r\n", "+1\r\n", false},
		{Check{Mode: Shape}, "*2\r\n:1\r\n$1\r\na\r\n", "*2\r\n:5\r\n$2\r\nbb\r\n", true},
		{Check{Mode: Shape}, "*2\r\n:1\r\n$1\r\na\r\n", "*2\r\n:5\r\n+bb\r\n", false},
		{Check{Mode: Help}, "*2\r\n+X <sub>\r\n+a\r\n", "*3\r\n+X <sub>\r\n+b\r\n+c\r\n", true},
		{Check{Mode: Help}, "*2\r\n+X <sub>\r\n+a\r\n", "*3\r\n+Y <sub>\r\n+b\r\n+c\r\n", false},
		{Check{Mode: Lines}, "$4\r\na\r\nb\r\n", "$7\r\nb\r\nx\r\na\r\n", true},
		{Check{Mode: Lines}, "$4\r\na\r\nb\r\n", "$4\r\nb\r\nx\r\n", false},
		{Check{Mode: Nullness}, "$1\r\na\r\n", "$1\r\nb\r\n", true},
		{Check{Mode: Nullness}, "$1\r\na\r\n", "$-1\r\n", false},
		{Check{About: 2}, ":100\r\n", ":98\r\n", true},
		{Check{About: 2}, ":100\r\n", ":97\r\n", false},
		{Check{About: 2}, ":-1\r\n", ":-2\r\n", false},
		{Check{About: 2}, "*1\r\n:100\r\n", "*1\r\n:99\r\n", true},
		{Check{Masks: digits}, "$5\r\nid=12\r\n", "$6\r\nid=345\r\n", true},
		{Check{Masks: digits}, "$5\r\nid=12\r\n", "$6\r\nno=345\r\n", false},
		{Check{Want72: map[int]string{2: "+new\r\n"}}, "+old\r\n", "+new\r\n", true},
		{Check{Want72: map[int]string{2: "+new\r\n"}}, "+old\r\n", "+old\r\n", false},
		{Check{Want72: map[int]string{2: "+new\r\n"}}, "+new\r\n", "+new\r\n", false}, // the directive is not needed
		{Check{Want72: map[int]string{3: "+new\r\n"}}, "+old\r\n", "+old\r\n", true},
		{Check{Ours: map[int]string{2: "+ours\r\n"}}, "+old\r\n", "+ours\r\n", true},
	} {
		diff := tc.check.compare(reply(t, tc.theirs), reply(t, tc.ours), 2, false)
		if (diff == "") != tc.pass {
			t.Errorf("%+v: %q and %q: %q", tc.check, tc.theirs, tc.ours, diff)
		}
	}
}

func TestFirstDifference(t *testing.T) {
	long := strings.Repeat("$100\r\n"+strings.Repeat("x", 100)+"\r\n", 10)
	diff := Check{}.compare(reply(t, "*11\r\n"+long+"*1\r\n:1\r\n"), reply(t, "*11\r\n"+long+"*1\r\n:2\r\n"), 2, false)
	if !strings.Contains(diff, "at [10][0]") || !strings.Contains(diff, "ours:   :2") {
		t.Errorf("%s", diff)
	}
}
