package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// client is one connection for single commands, one at a time. Replies are RESP2.
type client struct {
	conn net.Conn
	r    *bufio.Reader
	out  []byte
}

// reply is a reply as the rows need it: the text of a status or bulk, the number of an integer reply or
// of an array's elements (which are read and dropped).
type reply struct {
	text string
	n    int64
	null bool
}

func dial(addr string) (*client, error) {
	conn, err := net.DialTimeout("tcp", addr, 5*time.Second)
	if err != nil {
		return nil, err
	}
	return &client{conn: conn, r: bufio.NewReaderSize(conn, 64<<10)}, nil
}

func (c *client) close() { c.conn.Close() }

// do sends one command and waits for its reply, at most two minutes. An error reply is an error.
func (c *client) do(args ...string) (reply, error) {
	if err := c.conn.SetDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		return reply{}, err
	}
	c.out = appendRequest(c.out[:0], args...)
	if _, err := c.conn.Write(c.out); err != nil {
		return reply{}, err
	}
	rep, err := readReply(c.r)
	if err != nil {
		return reply{}, fmt.Errorf("%s: %w", strings.Join(args, " "), err)
	}
	return rep, nil
}

// discard sends one command and counts its reply without keeping anything of it, so that a long reply costs
// little time here. An error reply is an error.
func (c *client) discard(args ...string) error {
	if err := c.conn.SetDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		return err
	}
	c.out = appendRequest(c.out[:0], args...)
	if _, err := c.conn.Write(c.out); err != nil {
		return err
	}
	in := make([]byte, 256<<10)
	var counter replyCounter
	for {
		n, err := c.r.Read(in)
		if err != nil {
			return fmt.Errorf("%s: %w", strings.Join(args, " "), err)
		}
		done, err := counter.count(in[:n])
		if err != nil {
			return fmt.Errorf("%s: %w", strings.Join(args, " "), err)
		}
		if done > 0 {
			return nil
		}
	}
}

// expect fails unless a command replies with the number.
func (c *client) expect(want int, args ...string) error {
	rep, err := c.do(args...)
	if err != nil {
		return err
	}
	if rep.n != int64(want) {
		return fmt.Errorf("%s: %d, not %d", strings.Join(args, " "), rep.n, want)
	}
	return nil
}

// errMissing says that the server does not know a command.
func errMissing(err error) bool {
	return err != nil && strings.Contains(err.Error(), "unknown command")
}

// pipeline sends n requests at once and calls each with every reply, in order.
func (c *client) pipeline(requests []byte, n int, each func(i int, rep reply)) error {
	if err := c.conn.SetDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		return err
	}
	if _, err := c.conn.Write(requests); err != nil {
		return err
	}
	for i := range n {
		rep, err := readReply(c.r)
		if err != nil {
			return err
		}
		each(i, rep)
	}
	return nil
}

// readReply reads one reply of any RESP2 type.
func readReply(r *bufio.Reader) (reply, error) {
	line, err := r.ReadString('\n')
	if err != nil {
		return reply{}, err
	}
	if len(line) < 3 || line[len(line)-2] != '\r' {
		return reply{}, fmt.Errorf("%w: %q", errMalformedReply, line)
	}
	kind, body := line[0], line[1:len(line)-2]
	switch kind {
	case '+':
		return reply{text: body}, nil
	case '-':
		return reply{}, fmt.Errorf("the server replied %q", body)
	case ':', '$', '*':
	default:
		return reply{}, fmt.Errorf("%w: %q", errMalformedReply, line)
	}
	n, err := strconv.ParseInt(body, 10, 64)
	if err != nil {
		return reply{}, fmt.Errorf("%w: %q", errMalformedReply, line)
	}
	if kind == ':' {
		return reply{n: n}, nil
	}
	if n < 0 {
		return reply{null: true}, nil
	}
	if kind == '$' {
		text := make([]byte, n+2)
		if _, err := io.ReadFull(r, text); err != nil {
			return reply{}, err
		}
		return reply{text: string(text[:n])}, nil
	}
	for range n {
		if _, err := readReply(r); err != nil {
			return reply{}, err
		}
	}
	return reply{n: n}, nil
}

// infoFields splits the text of an INFO reply into its fields.
func infoFields(text string) map[string]string {
	fields := make(map[string]string)
	for line := range strings.Lines(text) {
		name, value, found := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		if found && !strings.HasPrefix(name, "#") {
			fields[name] = value
		}
	}
	return fields
}

// info returns the fields of INFO EVERYTHING.
func (c *client) info() (map[string]string, error) {
	rep, err := c.do("INFO", "everything")
	if err != nil {
		return nil, err
	}
	return infoFields(rep.text), nil
}

// infoInt returns one numeric field of INFO.
func (c *client) infoInt(name string) (int64, error) {
	fields, err := c.info()
	if err != nil {
		return 0, err
	}
	text, found := fields[name]
	if !found {
		return 0, fmt.Errorf("INFO has no field %s", name)
	}
	return strconv.ParseInt(text, 10, 64)
}

// expectKeys fails unless DBSIZE is want.
func (c *client) expectKeys(want int) error {
	rep, err := c.do("DBSIZE")
	if err != nil {
		return err
	}
	if rep.n != int64(want) {
		return fmt.Errorf("the server holds %d keys, not %d", rep.n, want)
	}
	return nil
}

const (
	pipelineConns = 4
	pipelineDepth = 500
)

// pipelined sends n requests, built by build(buf, i) for i in 0..n-1, over a few connections with deep
// pipelines, and returns when every reply has come. Requests of one connection go in ascending order of i.
func pipelined(addr string, n int, build func(buf []byte, i int) []byte) error {
	var wg sync.WaitGroup
	errs := make([]error, pipelineConns)
	for part := range pipelineConns {
		from, to := n*part/pipelineConns, n*(part+1)/pipelineConns
		wg.Go(func() { errs[part] = pipelineRange(addr, from, to, build) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return fmt.Errorf("pipelining to %s: %w", addr, err)
		}
	}
	return nil
}

func pipelineRange(addr string, from, to int, build func(buf []byte, i int) []byte) error {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	var out []byte
	in := make([]byte, 64<<10)
	var counter replyCounter
	for from < to {
		batch := min(pipelineDepth, to-from)
		out = out[:0]
		for i := range batch {
			out = build(out, from+i)
		}
		if err := conn.SetDeadline(time.Now().Add(2 * time.Minute)); err != nil {
			return err
		}
		if _, err := conn.Write(out); err != nil {
			return err
		}
		for missing := batch; missing > 0; {
			n, err := conn.Read(in)
			if err != nil {
				return err
			}
			done, err := counter.count(in[:n])
			if err != nil {
				return err
			}
			missing -= done
		}
		from += batch
	}
	return nil
}
