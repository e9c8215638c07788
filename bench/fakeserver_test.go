package main

import (
	"bufio"
	"net"
	"strings"
	"sync"
	"testing"
)

// fakeServer answers each request with what reply returns for its arguments, until the test ends. An empty
// reply closes the connection.
func fakeServer(t *testing.T, reply func(args []string) string) (addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var conns []net.Conn
	wg.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns = append(conns, conn)
			mu.Unlock()
			wg.Go(func() { serveFake(conn, reply) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for _, c := range conns {
			c.Close()
		}
		mu.Unlock()
		wg.Wait()
	})
	return l.Addr().String()
}

func serveFake(conn net.Conn, reply func(args []string) string) {
	defer conn.Close()
	r := bufio.NewReader(conn)
	for {
		args, err := readRequest(r)
		if err != nil {
			return
		}
		text := reply(args)
		if text == "" {
			return
		}
		if _, err := conn.Write([]byte(text)); err != nil {
			return
		}
	}
}

// readRequest reads a multibulk request: it has the form of an array of bulks.
func readRequest(r *bufio.Reader) ([]string, error) {
	var args []string
	header, err := r.ReadString('\n')
	if err != nil {
		return nil, err
	}
	n := 0
	for _, d := range strings.TrimSpace(header[1:]) {
		n = n*10 + int(d-'0')
	}
	for range n {
		rep, err := readReply(r)
		if err != nil {
			return nil, err
		}
		args = append(args, rep.text)
	}
	return args, nil
}
