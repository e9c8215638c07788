package pubsub

import "strconv"

// Messages are arrays in RESP2 and pushes in RESP3, which differ in the first byte alone:
//
//	*3 "message"  channel text
//	*3 "smessage" channel text
//	*4 "pmessage" pattern channel text
//
// So what follows the channel's name on is the same in all of them.

const (
	messageHead  = "*3\r\n$7\r\nmessage\r\n"
	smessageHead = "*3\r\n$8\r\nsmessage\r\n"
	pmessageHead = "*4\r\n$8\r\npmessage\r\n"
)

// bulkExtra is more than what a bulk string takes beside its bytes.
const bulkExtra = 25

// encode makes the message, once.
func (o *posting) encode(k Kind, channel, message []byte) {
	if o.msg != nil {
		return
	}
	head := messageHead
	if k == Shard {
		head = smessageHead
	}
	b := make([]byte, 0, len(head)+len(channel)+len(message)+2*bulkExtra)
	b = append(b, head...)
	b = appendBulk(appendBulk(b, channel), message)
	o.msg, o.tail = b, len(head)
}

func appendBulk[T string | []byte](b []byte, s T) []byte {
	b = append(b, '$')
	b = strconv.AppendInt(b, int64(len(s)), 10)
	b = append(b, '\r', '\n')
	b = append(b, s...)
	return append(b, '\r', '\n')
}

// appendTo appends an entry as its part's subscribers get it; nothing, if they do not in that protocol.
func (e *entry) appendTo(b []byte, resp3 bool) []byte {
	at := len(b)
	switch tp := e.part.topic; {
	case tp == nil:
		head := e.direct.Resp2
		if resp3 {
			head = e.direct.Resp3
		}
		if head == "" {
			return b
		}
		return append(append(b, head...), e.msg...)
	case tp.kind == Pattern:
		b = append(b, tp.glob.head...)
		b = append(b, e.msg[e.tail:]...)
	default:
		b = append(b, e.msg...)
	}
	if resp3 {
		b[at] = '>'
	}
	return b
}

// size is about how many bytes appendTo appends.
func (e *entry) size() int {
	n := len(e.msg)
	switch tp := e.part.topic; {
	case tp == nil:
		n += len(e.direct.Resp2) + len(e.direct.Resp3)
	case tp.kind == Pattern:
		n += len(tp.glob.head)
	}
	return n
}
