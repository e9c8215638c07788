package differential

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"radish/test/harness"
)

// pair is a reference server and ours.
type pair struct {
	servers  [2]*harness.Server // theirs, ours
	admin    [2]*harness.Conn
	theirs72 bool // the reference is Redis 7.2 or later
}

// startPair starts both servers with the same options. password is what they ask for, if they do.
func startPair(t *testing.T, password string, options ...string) *pair {
	t.Helper()
	p := &pair{}
	for i, program := range []harness.Program{harness.Redis(t), harness.Radish(t)} {
		p.servers[i] = harness.Start(t, program, options...)
		p.admin[i] = p.servers[i].Conn(t)
		if password != "" {
			p.admin[i].Ok("AUTH", password)
		}
	}
	version := strings.SplitN(p.admin[0].Info("redis_version"), ".", 3)
	p.theirs72 = version[0] > "7" || version[0] == "7" && version[1] >= "2"
	return p
}

// flush empties all databases of both servers.
func (p *pair) flush() {
	for _, c := range p.admin {
		c.Ok("FLUSHALL", "SYNC")
	}
}

// session runs the steps of one section in one protocol.
type session struct {
	t     *testing.T
	pair  *pair
	proto int
	conns map[string]*[2]*harness.Conn
	vars  [2]map[string]string
}

func (p *pair) runSection(t *testing.T, s Section, proto int) {
	p.flush()
	ses := &session{t: t, pair: p, proto: proto, conns: map[string]*[2]*harness.Conn{}}
	for i := range ses.vars {
		ses.vars[i] = map[string]string{}
	}
	for _, step := range s.Steps {
		if err := ses.step(step); err != nil {
			// The connections may be out of step now, so that what follows says nothing.
			t.Fatalf("line %d: %s\n%v", step.Line, step.Text, err)
		}
	}
}

// conn gives the connections of a name, opened when it is first used.
func (s *session) conn(name string) *[2]*harness.Conn {
	if c := s.conns[name]; c != nil {
		return c
	}
	c := &[2]*harness.Conn{}
	for i, server := range s.pair.servers {
		c[i] = server.Conn(s.t)
		if s.proto == 3 {
			c[i].Ok("HELLO", "3")
		}
	}
	s.conns[name] = c
	return c
}

// step runs one line. An error means that nothing after it can be trusted; a difference is reported and
// the section goes on.
func (s *session) step(step Step) error {
	if step.Verb == "sleep" {
		d, err := time.ParseDuration(step.Words[0])
		time.Sleep(d)
		return err
	}
	if step.Verb == "raw" {
		return s.raw(step)
	}
	var replies [2]harness.Reply
	for i, c := range s.conn(step.Conn) {
		r, err := s.one(i, c, step)
		if err != nil {
			return fmt.Errorf("%s: %w", serverName(i), err)
		}
		replies[i] = r
	}
	if step.Verb == "" || step.Verb == "read" || step.Verb == "push" || step.Verb == "message" {
		if diff := step.Check.compare(replies[0], replies[1], s.proto, s.pair.theirs72); diff != "" {
			s.t.Errorf("line %d: %s\n%s", step.Line, step.Text, diff)
		}
	}
	return nil
}

func serverName(i int) string { return [...]string{"theirs", "ours"}[i] }

// one does what a line says on one of the servers.
func (s *session) one(i int, c *harness.Conn, step Step) (harness.Reply, error) {
	words := step.Words
	switch step.Verb {
	case "":
		return c.Try(s.expand(i, words)...)
	case "send":
		return harness.Reply{}, c.Send(s.expand(i, words)...)
	case "read":
		return c.Read()
	case "push":
		return s.push(c)
	case "message":
		if s.proto == 3 {
			return s.push(c)
		}
		return c.Read()
	case "closed":
		rest, err := c.ReadToEnd()
		if err == nil && len(rest) > 0 {
			err = fmt.Errorf("before it closed there came %q", rest)
		}
		return harness.Reply{}, err
	case "let":
		r, err := c.Try(s.expand(i, words[2:])...)
		if err != nil {
			return r, err
		}
		found := regexp.MustCompile(words[1]).FindSubmatch(r.Text)
		if found == nil {
			return r, fmt.Errorf("no %s in %s", words[1], r)
		}
		s.vars[i][words[0]] = string(found[len(found)-1])
		return r, nil
	}
	return harness.Reply{}, fmt.Errorf("no verb %q", step.Verb)
}

// push takes the oldest push message, and waits for it.
func (s *session) push(c *harness.Conn) (harness.Reply, error) {
	if len(c.Pushes) == 0 {
		_ = c.Net.SetReadDeadline(time.Now().Add(c.Timeout))
		v, raw, err := c.Reader.Read()
		if err == nil && v.Kind != '>' {
			err = fmt.Errorf("%s is no push", v)
		}
		return harness.Reply{Value: v, Raw: raw}, err
	}
	v := c.Pushes[0]
	c.Pushes = c.Pushes[1:]
	return harness.Reply{Value: v, Raw: v.AppendWire(nil)}, nil
}

func (s *session) expand(i int, words []string) []string {
	out := make([]string, len(words))
	for j, w := range words {
		for name, value := range s.vars[i] {
			w = strings.ReplaceAll(w, "${"+name+"}", value)
		}
		out[j] = w
	}
	return out
}

// raw sends bytes on new connections and compares all that comes back.
func (s *session) raw(step Step) error {
	var got [2][]byte
	for i, server := range s.pair.servers {
		c := server.Conn(s.t)
		defer c.Close()
		if s.proto == 3 {
			c.Ok("HELLO", "3")
		}
		reply, err := exchange(c, step.Words[0], []byte(strings.Join(step.Words[1:], "")))
		if err != nil {
			s.t.Errorf("line %d: %s\n%s: %v; it sent %q", step.Line, step.Text, serverName(i), err, reply)
			return nil
		}
		got[i] = maskText(reply, step.Check.Masks)
	}
	want := got[0]
	if text, ok := step.Check.Want72[s.proto]; ok {
		want = []byte(text)
		if s.pair.theirs72 != bytes.Equal(got[0], want) {
			s.t.Errorf("line %d: the 7.2 directive is wrong: theirs: %q", step.Line, got[0])
		}
	}
	if !bytes.Equal(want, got[1]) {
		s.t.Errorf("line %d: %s\ntheirs: %q\nours:   %q", step.Line, step.Text, want, got[1])
	}
	return nil
}

// exchange sends bytes and reads what comes back until the connection is closed: by the server because of
// what was sent (how: "closes"), because we end our direction ("eof"), or because of a QUIT behind it
// ("stays"), whose reply must then be the last.
func exchange(c *harness.Conn, how string, send []byte) ([]byte, error) {
	c.Timeout = 5 * time.Second
	if how == "stays" {
		send = append(send, harness.Command("QUIT")...)
	}
	if err := c.Write(send); err != nil {
		return nil, err
	}
	if how == "eof" {
		if err := c.CloseWrite(); err != nil {
			return nil, err
		}
	}
	got, err := c.ReadToEnd()
	if err == nil && how == "stays" && !bytes.HasSuffix(got, []byte("+OK\r\n")) {
		err = errors.New("it closed by itself")
	}
	return got, err
}
