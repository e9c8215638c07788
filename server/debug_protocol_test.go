package server

import (
	"testing"

	"radish/command"
	"radish/resp"
)

// debugCtx is a Ctx for a handler that is called by hand.
func debugCtx(s *Server, args ...string) (*command.Ctx, *resp.Writer) {
	w := &resp.Writer{Proto: 2}
	c := &command.Ctx{Env: &s.env, Reply: w, DB: s.store.DB(0, 1)}
	for _, a := range args {
		c.Args = append(c.Args, []byte(a))
	}
	return c, w
}

func TestDebugProtocol(t *testing.T) {
	s, _ := newTestServer(t, 1)
	for name, replies := range map[string][2]string{
		"string":   {"$11\r\nHello World\r\n", "$11\r\nHello World\r\n"},
		"integer":  {":12345\r\n", ":12345\r\n"},
		"double":   {"$5\r\n3.141\r\n", ",3.141\r\n"},
		"bignum":   {"$37\r\n1234567999999999999999999999999999999\r\n", "(1234567999999999999999999999999999999\r\n"},
		"null":     {"$-1\r\n", "_\r\n"},
		"array":    {"*3\r\n:0\r\n:1\r\n:2\r\n", "*3\r\n:0\r\n:1\r\n:2\r\n"},
		"set":      {"*3\r\n:0\r\n:1\r\n:2\r\n", "~3\r\n:0\r\n:1\r\n:2\r\n"},
		"map":      {"*6\r\n:0\r\n:0\r\n:1\r\n:1\r\n:2\r\n:0\r\n", "%3\r\n:0\r\n#f\r\n:1\r\n#t\r\n:2\r\n#f\r\n"},
		"attrib":   {"$39\r\nSome real reply following the attribute\r\n", "|1\r\n$14\r\nkey-popularity\r\n*2\r\n$7\r\nkey:123\r\n:90\r\n$39\r\nSome real reply following the attribute\r\n"},
		"push":     {"", ">2\r\n$16\r\nserver-cpu-usage\r\n:42\r\n$40\r\nSome real reply following the push reply\r\n"},
		"true":     {":1\r\n", "#t\r\n"},
		"False":    {":0\r\n", "#f\r\n"},
		"verbatim": {"$25\r\nThis is a verbatim\nstring\r\n", "=29\r\ntxt:This is a verbatim\nstring\r\n"},
		"nosuch":   {"", ""},
	} {
		for i, reply := range replies {
			c, w := debugCtx(s, "debug", "protocol", name)
			w.Proto = 2 + i
			err := debugProtocol(c)
			if (err == nil) != (reply != "") || string(w.Buf) != reply {
				t.Errorf("%s in RESP%d: %q, %v; want %q", name, w.Proto, w.Buf, err, reply)
			}
		}
	}
}
