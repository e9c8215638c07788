package main

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// replyCounter counts complete RESP2 replies in a stream of bytes that arrives in pieces, looking at no
// more than it has to. The zero value is at the start of a reply.
//
// It always holds that the bytes seen so far are: complete replies, then a part of one reply in which
// open values (the elements of arrays included) are still to come, the first of them with skip bytes of its
// bulk and a header line that begins with line.
type replyCounter struct {
	open int    // values missing until the current reply is complete; 0 between replies
	skip int    // bytes of a bulk, CR LF included, that are still to come
	line []byte // a header line of which the end has not come yet
}

var errMalformedReply = errors.New("malformed reply")

// count takes the next bytes of the stream and returns how many replies they complete. An error reply
// ends the count with its text as the error: nothing that is measured here may fail.
func (c *replyCounter) count(b []byte) (complete int, err error) {
	for len(b) > 0 {
		if c.skip > 0 {
			n := min(c.skip, len(b))
			c.skip -= n
			b = b[n:]
			if c.skip == 0 {
				complete += c.closeValue()
			}
			continue
		}
		end := bytes.IndexByte(b, '\n')
		if end < 0 {
			c.line = append(c.line, b...)
			return complete, nil
		}
		line := b[:end+1]
		if len(c.line) > 0 {
			c.line = append(c.line, line...)
			line = c.line
		}
		b = b[end+1:]
		n, err := c.header(line)
		c.line = c.line[:0]
		if err != nil {
			return complete, err
		}
		complete += n
	}
	return complete, nil
}

// header takes a whole header line, with CR LF, and returns 1 if it completes a reply.
func (c *replyCounter) header(line []byte) (int, error) {
	if len(line) < 3 || line[len(line)-2] != '\r' {
		return 0, fmt.Errorf("%w: %q", errMalformedReply, line)
	}
	if c.open == 0 {
		c.open = 1
	}
	body := line[1 : len(line)-2]
	switch line[0] {
	case '+', ':':
		return c.closeValue(), nil
	case '$':
		n, err := strconv.Atoi(string(body))
		if err != nil || n < -1 {
			return 0, fmt.Errorf("%w: %q", errMalformedReply, line)
		}
		if n < 0 {
			return c.closeValue(), nil
		}
		c.skip = n + 2
		return 0, nil
	case '*':
		n, err := strconv.Atoi(string(body))
		if err != nil || n < -1 {
			return 0, fmt.Errorf("%w: %q", errMalformedReply, line)
		}
		if n > 0 {
			c.open += n
		}
		return c.closeValue(), nil
	case '-':
		return 0, fmt.Errorf("the server replied %q", body)
	}
	return 0, fmt.Errorf("%w: %q", errMalformedReply, line)
}

// closeValue notes that one of the open values is complete and returns 1 if that completes the reply.
func (c *replyCounter) closeValue() int {
	c.open--
	if c.open == 0 {
		return 1
	}
	return 0
}
