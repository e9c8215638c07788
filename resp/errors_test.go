package resp

import (
	"errors"
	"strings"
	"testing"
)

func TestProtocolErrors(t *testing.T) {
	fill := strings.Repeat("1", 1<<16)
	tests := []struct {
		in, err string
		unauth  bool
	}{
		{in: "*x\r\n", err: "invalid multibulk length"},
		{in: "*\r\n", err: "invalid multibulk length"},
		{in: "*01\r\n", err: "invalid multibulk length"},
		{in: "*+1\r\n", err: "invalid multibulk length"},
		{in: "*-0\r\n", err: "invalid multibulk length"},
		{in: "* 1\r\n", err: "invalid multibulk length"},
		{in: "*1 \r\n", err: "invalid multibulk length"},
		{in: "*2147483648\r\n", err: "invalid multibulk length"},
		{in: "*9223372036854775807\r\n", err: "invalid multibulk length"},
		{in: "*99999999999999999999999\r\n", err: "invalid multibulk length"},
		{in: "*" + fill, err: "too big mbulk count string"},
		{in: "*\x00" + fill, err: "too big mbulk count string"},
		{in: "*11\r\n", err: "unauthenticated multibulk length", unauth: true},
		{in: "*1\r\nfoo\r\n", err: "expected '$', got 'f'"},
		{in: "*2\r\n$1\r\na\r\n*1\r\n", err: "expected '$', got '*'"},
		{in: "*1\r\n\r\n", err: "expected '$', got ' '"},
		{in: "*1\r\n\n\r\n", err: "expected '$', got ' '"},
		{in: "*1\r\n\xff\r\n", err: "expected '$', got '\xff'"},
		{in: "*1\r\n$-1\r\n", err: "invalid bulk length"},
		{in: "*1\r\n$-2\r\nPING\r\n", err: "invalid bulk length"},
		{in: "*1\r\n$x\r\n", err: "invalid bulk length"},
		{in: "*1\r\n$\r\n", err: "invalid bulk length"},
		{in: "*1\r\n$04\r\nPING\r\n", err: "invalid bulk length"},
		{in: "*1\r\n$00\r\n\r\n", err: "invalid bulk length"},
		{in: "*1\r\n$0000000001\r\na\r\n", err: "invalid bulk length"},
		{in: "*1\r\n$536870913\r\n", err: "invalid bulk length"},
		{in: "*1\r\n$2000000000\r\n", err: "invalid bulk length"},
		{in: "*1\r\n$9223372036854775807\r\n", err: "invalid bulk length"},
		{in: "*3\r\n$3\r\nSET\r\n$1\r\nx\r\n$2000000000\r\n", err: "invalid bulk length"},
		{in: "*1\r\n$" + fill, err: "too big bulk count string"},
		{in: "*1\r\n" + fill + "1", err: "too big bulk count string"},
		{in: "*1\r\n$\x00\r\n" + fill, err: "too big bulk count string"},
		{in: "*1\r\n$16385\r\n", err: "unauthenticated bulk length", unauth: true},
		{in: fill + "1", err: "too big inline request"},
		{in: "\x00" + fill, err: "too big inline request"},
		{in: "\x00\n" + fill, err: "too big inline request"},
		{in: fill + "1\r\n", err: "too big inline request"},
		{in: "\"\r\n", err: "unbalanced quotes in request"},
		{in: "set \"\"\"test-key\"\"\" test-value\r\n", err: "unbalanced quotes in request"},
		{in: "'a\r\n", err: "unbalanced quotes in request"},
		{in: "'a\\'\r\n", err: "unbalanced quotes in request"},
		{in: "\"a\\\"\r\n", err: "unbalanced quotes in request"},
		{in: "\"a\\\r\n", err: "unbalanced quotes in request"},
		{in: "\"a\"b\r\n", err: "unbalanced quotes in request"},
		{in: "'a'b\r\n", err: "unbalanced quotes in request"},
		{in: "x\"a\r\n", err: "unbalanced quotes in request"},
	}
	for _, tt := range tests {
		o := everySplit(t, func() *Parser { return &Parser{Unauthenticated: tt.unauth} }, []byte(tt.in))
		var pe ProtocolError
		if !errors.As(o.err, &pe) || pe.Error() != "Protocol error: "+tt.err {
			t.Errorf("%.80q: %v, want %s", tt.in, o, tt.err)
		}
	}
}
