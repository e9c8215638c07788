package server

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"radish/command"
	"radish/config"
	"radish/persist/fsys"
)

// startServer serves on a free port of the loopback interface with two event loops, until the test ends.
func startServer(tb testing.TB, args ...string) (s *Server, addr string) {
	tb.Helper()
	return startServerWith(tb, nil, args...)
}

// startServerOn starts a server whose data lie in the root of a file system, and has it load them.
func startServerOn(tb testing.TB, files fsys.FS, args ...string) (s *Server, addr string) {
	tb.Helper()
	s, addr = launch(tb, files, nil, append([]string{"--dir", "/"}, args...)...)
	if err := s.LoadData(); err != nil {
		tb.Fatal(err)
	}
	return s, addr
}

// startServerWith starts a server that has more commands.
func startServerWith(tb testing.TB, rows []command.Spec, args ...string) (s *Server, addr string) {
	tb.Helper()
	return launch(tb, fsys.OS(), rows, append([]string{"--dir", tb.TempDir()}, args...)...)
}

func launch(tb testing.TB, files fsys.FS, rows []command.Spec, args ...string) (s *Server, addr string) {
	tb.Helper()
	s, addr = build(tb, files, rows, args...)
	start(tb, s)
	return s, addr
}

// start has a server serve until the test ends.
func start(tb testing.TB, s *Server) {
	tb.Helper()
	if err := s.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		s.Shutdown(0)
		s.Wait()
		s.store.Close()
	})
}

// build makes a server that is not started yet.
func build(tb testing.TB, files fsys.FS, rows []command.Spec, args ...string) (s *Server, addr string) {
	tb.Helper()
	probe, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	port := probe.Addr().(*net.TCPAddr).Port
	probe.Close()
	args = append([]string{"--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--io-threads", "2", "--save", ""}, args...)
	cfg, err := config.Load(args, nil)
	if err != nil {
		tb.Fatal(err)
	}
	if s, err = newOn(files, cfg, quiet{}); err != nil {
		tb.Fatal(err)
	}
	if rows != nil {
		table, err := command.NewTable(append(append(command.DataSpecs(), s.specs()...), rows)...)
		if err != nil {
			tb.Fatal(err)
		}
		s.table, s.env.Table = table, table
		for _, l := range s.loops {
			l.stats.init(table.Len())
		}
	}
	return s, fmt.Sprintf("127.0.0.1:%d", port)
}

// wire is a client that shows replies as they are sent.
type wire struct {
	tb testing.TB
	nc net.Conn
	r  *bufio.Reader
}

func dial(tb testing.TB, addr string) *wire {
	tb.Helper()
	network := "tcp"
	if strings.HasPrefix(addr, "/") {
		network = "unix"
	}
	nc, err := net.Dial(network, addr)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(20 * time.Second))
	return &wire{tb: tb, nc: nc, r: bufio.NewReader(nc)}
}

func (w *wire) send(lines ...string) {
	w.tb.Helper()
	if _, err := io.WriteString(w.nc, strings.Join(lines, "\r\n")+"\r\n"); err != nil {
		w.tb.Fatal(err)
	}
}

// do sends one inline command and returns its reply.
func (w *wire) do(line string) string {
	w.tb.Helper()
	w.send(line)
	return w.reply()
}

// encoded is a request as client libraries send it.
func encoded(args ...string) string {
	b := fmt.Appendf(nil, "*%d\r\n", len(args))
	for _, a := range args {
		b = fmt.Appendf(b, "$%d\r\n%s\r\n", len(a), a)
	}
	return string(b)
}

// write sends text as it is.
func (w *wire) write(text string) {
	w.tb.Helper()
	if _, err := io.WriteString(w.nc, text); err != nil {
		w.tb.Fatal(err)
	}
}

// reply reads one whole reply.
func (w *wire) reply() string {
	w.tb.Helper()
	s, err := w.read()
	if err != nil {
		w.tb.Fatalf("after %q: %v", s, err)
	}
	return s
}

func (w *wire) read() (string, error) {
	line, err := w.r.ReadString('\n')
	if err != nil {
		return line, err
	}
	n, _ := strconv.Atoi(strings.TrimSpace(line[1:]))
	switch line[0] {
	case '$', '=':
		if n < 0 {
			return line, nil
		}
		b := make([]byte, n+2)
		_, err = io.ReadFull(w.r, b)
		return line + string(b), err
	case '%':
		n *= 2
	case '*', '~', '>':
	default:
		return line, nil
	}
	for range n {
		s, err := w.read()
		line += s
		if err != nil {
			return line, err
		}
	}
	return line, nil
}

// id is the client's id.
func (w *wire) id() string {
	w.tb.Helper()
	return strings.TrimSpace(w.do("CLIENT ID")[1:])
}

// rest reads until the server ends the connection.
func (w *wire) rest() string {
	w.tb.Helper()
	b, err := io.ReadAll(w.r)
	if err != nil && !strings.Contains(err.Error(), "reset by peer") {
		w.tb.Fatalf("after %q: %v", b, err)
	}
	return string(b)
}

// quietFor says that nothing comes for a while.
func (w *wire) quietFor(d time.Duration) bool {
	w.nc.SetReadDeadline(time.Now().Add(d))
	defer w.nc.SetReadDeadline(time.Now().Add(20 * time.Second))
	_, err := w.r.Peek(1)
	return err != nil
}

// want fails the test if got is something else.
func want(tb testing.TB, what, got, want string) {
	tb.Helper()
	if got != want {
		tb.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

// field is a field of a line of CLIENT LIST.
func field(line, name string) string {
	_, rest, ok := strings.Cut(" "+line, " "+name+"=")
	if !ok {
		return "(no field " + name + ")"
	}
	value, _, _ := strings.Cut(rest, " ")
	return strings.TrimSpace(value)
}

// eventually waits until ok, for a few seconds.
func eventually(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	for range 500 {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	tb.Fatal("never: " + what)
}
