package server

import "radish/command"

// debugProtocol replies one example of each type of RESP, for tests of clients.
func debugProtocol(c *command.Ctx) error {
	w := c.Reply
	switch {
	case c.Is(2, "string"):
		w.BulkString("Hello World")
	case c.Is(2, "integer"):
		w.Int(12345)
	case c.Is(2, "double"):
		w.Double(3.141)
	case c.Is(2, "bignum"):
		w.BigNumber("1234567999999999999999999999999999999")
	case c.Is(2, "null"):
		w.Null()
	case c.Is(2, "array"):
		w.Array(3)
		debugCount(c)
	case c.Is(2, "set"):
		w.Set(3)
		debugCount(c)
	case c.Is(2, "map"):
		w.Map(3)
		for i := range int64(3) {
			w.Int(i)
			w.Bool(i == 1)
		}
	case c.Is(2, "attrib"):
		if w.Proto >= 3 {
			w.Attribute(1)
			w.BulkString("key-popularity")
			w.Array(2)
			w.BulkString("key:123")
			w.Int(90)
		}
		w.BulkString("Some real reply following the attribute")
	case c.Is(2, "push"):
		if w.Proto < 3 {
			return command.Error("ERR RESP2 is not supported by this command")
		}
		w.Push(2)
		w.BulkString("server-cpu-usage")
		w.Int(42)
		w.BulkString("Some real reply following the push reply")
	case c.Is(2, "true"):
		w.Bool(true)
	case c.Is(2, "false"):
		w.Bool(false)
	case c.Is(2, "verbatim"):
		w.VerbatimString("txt", "This is a verbatim\nstring")
	default:
		return command.Error("ERR Wrong protocol type name. Please use one of the following: string|integer|double|bignum|null|array|set|map|attrib|push|verbatim|true|false")
	}
	return nil
}

func debugCount(c *command.Ctx) {
	for i := range int64(3) {
		c.Reply.Int(i)
	}
}
