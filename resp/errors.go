package resp

// ProtocolError says why a request cannot be understood. It is the text of the error reply without its code: the client gets
// "-ERR Protocol error: ..." and the connection is closed.
type ProtocolError string

func (e ProtocolError) Error() string { return string(e) }

const (
	errInlineSize  ProtocolError = "Protocol error: too big inline request"
	errQuotes      ProtocolError = "Protocol error: unbalanced quotes in request"
	errCountString ProtocolError = "Protocol error: too big mbulk count string"
	errCount       ProtocolError = "Protocol error: invalid multibulk length"
	errUnauthCount ProtocolError = "Protocol error: unauthenticated multibulk length"
	errBulkString  ProtocolError = "Protocol error: too big bulk count string"
	errBulkLength  ProtocolError = "Protocol error: invalid bulk length"
	errUnauthBulk  ProtocolError = "Protocol error: unauthenticated bulk length"
)

// errNoDollar is the error for an argument that starts with c instead of '$'. A line break in c's place would break the reply.
func errNoDollar(c byte) ProtocolError {
	if c == '\r' || c == '\n' {
		c = ' '
	}
	return ProtocolError("Protocol error: expected '$', got '" + string([]byte{c}) + "'")
}
