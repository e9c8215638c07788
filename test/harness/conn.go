package harness

import (
	"errors"
	"net"
	"strconv"
	"testing"
	"time"
)

// Conn is a connection that keeps the bytes of replies. It is for one goroutine. The methods that return
// no error fail the test of the connection in its place.
type Conn struct {
	Net     net.Conn
	Reader  *Reader
	Timeout time.Duration // for one read or write; 0 means none
	Pushes  []Value       // what came out of turn (RESP3 >), in order; Read puts it here

	t testing.TB
}

// Reply is a parsed reply and the bytes of it.
type Reply struct {
	Value
	Raw []byte
}

// Dial connects to an address. t may be nil if only methods that return errors are used.
func Dial(t testing.TB, addr string) (*Conn, error) {
	nc, err := net.DialTimeout("tcp", addr, 10*time.Second)
	if err != nil {
		return nil, err
	}
	return &Conn{Net: nc, Reader: NewReader(nc), Timeout: 20 * time.Second, t: t}, nil
}

// Conn connects to the server; the connection is closed when the test ends.
func (s *Server) Conn(t testing.TB) *Conn {
	t.Helper()
	c, err := Dial(t, s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// Close closes the connection.
func (c *Conn) Close() { _ = c.Net.Close() }

// Command is a request as clients send it.
func Command(args ...string) []byte { return AppendCommand(nil, args...) }

// AppendCommand appends a request as clients send it.
func AppendCommand(b []byte, args ...string) []byte {
	b = append(b, '*')
	b = strconv.AppendInt(b, int64(len(args)), 10)
	for _, a := range args {
		b = append(b, "\r\n$"...)
		b = strconv.AppendInt(b, int64(len(a)), 10)
		b = append(b, "\r\n"...)
		b = append(b, a...)
	}
	return append(b, "\r\n"...)
}

// Write sends bytes as they are.
func (c *Conn) Write(b []byte) error {
	if err := c.Net.SetWriteDeadline(c.deadline()); err != nil {
		return err
	}
	_, err := c.Net.Write(b)
	return err
}

// Send sends a request and does not wait.
func (c *Conn) Send(args ...string) error { return c.Write(Command(args...)) }

// Read reads the next reply; pushes that come before it are put into c.Pushes.
func (c *Conn) Read() (Reply, error) {
	for {
		if err := c.Net.SetReadDeadline(c.deadline()); err != nil {
			return Reply{}, err
		}
		v, raw, err := c.Reader.Read()
		if err != nil {
			return Reply{v, raw}, err
		}
		if v.Kind != '>' {
			return Reply{v, raw}, nil
		}
		c.Pushes = append(c.Pushes, v)
	}
}

// Try sends a request and reads its reply.
func (c *Conn) Try(args ...string) (Reply, error) {
	if err := c.Send(args...); err != nil {
		return Reply{}, err
	}
	return c.Read()
}

// Do sends a request and reads its reply, which may be an error reply.
func (c *Conn) Do(args ...string) Reply {
	c.t.Helper()
	r, err := c.Try(args...)
	if err != nil {
		c.t.Fatalf("%.200q: %v", args, err)
	}
	return r
}

// Ok is Do for commands that must not answer with an error.
func (c *Conn) Ok(args ...string) Reply {
	c.t.Helper()
	r := c.Do(args...)
	if r.IsError() {
		c.t.Fatalf("%.200q: %s", args, r)
	}
	return r
}

// Int is the integer that a command answers with.
func (c *Conn) Int(args ...string) int64 {
	c.t.Helper()
	r := c.Ok(args...)
	n, err := r.Int()
	if err != nil {
		c.t.Fatalf("%.200q: %s is no integer", args, r)
	}
	return n
}

// Info is the value of one field of INFO.
func (c *Conn) Info(field string) string {
	c.t.Helper()
	text := string(c.Ok("INFO", "everything").Text)
	v, ok := InfoField(text, field)
	if !ok {
		c.t.Fatalf("INFO has no field %s", field)
	}
	return v
}

// InfoInt is the value of one field of INFO that is an integer.
func (c *Conn) InfoInt(field string) int64 {
	c.t.Helper()
	n, err := strconv.ParseInt(c.Info(field), 10, 64)
	if err != nil {
		c.t.Fatalf("INFO %s: %v", field, err)
	}
	return n
}

// AwaitRewrite waits until no rewrite of the log runs or is to begin.
func (c *Conn) AwaitRewrite() {
	c.t.Helper()
	// What is scheduled is asked first: it may begin between the two.
	for end := time.Now().Add(20 * time.Second); c.InfoInt("aof_rewrite_scheduled") != 0 || c.InfoInt("aof_rewrite_in_progress") != 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			c.t.Fatal("the rewrite does not end")
		}
	}
}

// ReadToEnd reads all bytes until the other side closes the connection.
func (c *Conn) ReadToEnd() ([]byte, error) {
	if err := c.Net.SetReadDeadline(c.deadline()); err != nil {
		return nil, err
	}
	return c.Reader.Rest()
}

// CloseWrite tells the other side that nothing more will come.
func (c *Conn) CloseWrite() error {
	tcp, ok := c.Net.(*net.TCPConn)
	if !ok {
		return errors.New("not a TCP connection")
	}
	return tcp.CloseWrite()
}

func (c *Conn) deadline() time.Time {
	if c.Timeout == 0 {
		return time.Time{}
	}
	return time.Now().Add(c.Timeout)
}
