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

// headCost is more than what a message takes beside channel and text.
const headCost = 64

// tail is where channel and text begin in the message.
func (m *posting) tail() int32 {
	if m.kind == Shard {
		return int32(len(smessageHead))
	}
	return int32(len(messageHead))
}

// appendTo appends the message in RESP2.
func (m *posting) appendTo(b []byte) []byte {
	if m.kind == Shard {
		b = append(b, smessageHead...)
	} else {
		b = append(b, messageHead...)
	}
	return appendBulk(appendBulk(b, m.channel), m.text)
}

func appendBulk[T string | []byte](b []byte, s T) []byte {
	b = append(b, '$')
	b = strconv.AppendInt(b, int64(len(s)), 10)
	b = append(b, '\r', '\n')
	b = append(b, s...)
	return append(b, '\r', '\n')
}

// msg is the message of an entry.
func (t *taken) msg(e *entry) []byte {
	if e.ref != nil {
		return e.ref
	}
	return t.buf[e.from:e.to]
}

// appendTo appends an entry as its part's subscribers get it; nothing, if they do not in that protocol.
func (t *taken) appendTo(b []byte, e *entry, resp3 bool) []byte {
	at, msg := len(b), t.msg(e)
	switch tp := e.part.topic; {
	case tp == nil:
		head := e.direct.Resp2
		if resp3 {
			head = e.direct.Resp3
		}
		if head == "" {
			return b
		}
		return append(append(b, head...), msg...)
	case tp.kind == Pattern:
		b = append(b, tp.glob.head...)
		b = append(b, msg[e.tail:]...)
	default:
		b = append(b, msg...)
	}
	if resp3 {
		b[at] = '>'
	}
	return b
}
