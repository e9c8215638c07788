//go:build linux

package main

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const (
	readingSubscribers = 9900
	stuckSubscribers   = 100
	stuckMessages      = 1536
	stuckPipeline      = 16
	stuckText          = 1000 // bytes of a message
	stuckLimit         = 512 << 10
	// The kernel keeps megabytes for each of those who do not read before the server has to. They are sent so much first on a channel of their own.
	fillChannel  = "channel:fill"
	fillText     = 64 << 10
	fillMessages = 1024 // at the most
)

// stuckResult is what came of a channel with subscribers that do not read.
type stuckResult struct {
	lost int64 // messages, by those who read
	held int64 // the most that one that does not read held, in bytes
	rss  int64 // how much the server grew at the most, in bytes
	cut  int   // of those that do not read, how many were ended
}

// stuckRows measure what subscribers that do not read cost the others, and the server.
func stuckRows(b *bench) ([]row, error) {
	var results [2]stuckResult
	for _, k := range []kind{ours, theirs} {
		var err error
		if results[k], err = b.measureStuck(k); err != nil {
			return nil, fmt.Errorf("subscribers that do not read: %v: %w", k, err)
		}
		b.logf("%v: %+v", k, results[k])
	}
	o, t := results[ours], results[theirs]
	note := fmt.Sprintf("%d messages of %d bytes; ended: %d and %d; the server grew by %s and %s", stuckMessages, stuckText, o.cut, t.cut,
		figure(float64(o.rss)/(1<<20), "MB"), figure(float64(t.rss)/(1<<20), "MB"))
	what := fmt.Sprintf("%d subscribers of one channel, %d of them not reading", readingSubscribers+stuckSubscribers, stuckSubscribers)
	return []row{
		absoluteRow(what+": messages lost by the others", "", float64(o.lost), float64(t.lost), 0, note),
		absoluteRow("the same: the most that one of those held", "KB", float64(o.held)/1024, float64(t.held)/1024, stuckLimit>>10, note),
	}, nil
}

func (b *bench) measureStuck(k kind) (res stuckResult, err error) {
	s, err := b.fleet.start(k, options{args: []string{"--maxclients", "12000", "--client-output-buffer-limit", "pubsub " + strconv.Itoa(stuckLimit) + " 0 0"}})
	if err != nil {
		return res, err
	}
	defer s.stop()
	g, err := dialLoad(s.addr, 1, false)
	if err != nil {
		return res, err
	}
	defer g.close()
	confirmed := fmt.Sprintf("*3\r\n$9\r\nsubscribe\r\n$%d\r\n%s\r\n:1\r\n", len(pubsubChannel), pubsubChannel)
	subscribe := appendRequest(nil, "SUBSCRIBE", pubsubChannel)
	if err := g.listen(s.addr, readingSubscribers, subscribe, len(confirmed)); err != nil {
		return res, err
	}
	for range stuckSubscribers {
		fd, err := connectSmall(s.addr, 4096) // so that little fits into the kernel's buffers
		if err != nil {
			return res, err
		}
		defer unix.Close(fd)
		if err := errors.Join(writeAll(fd, subscribe), readExactly(fd, len(confirmed))); err != nil {
			return res, err
		}
		fill := fmt.Sprintf("*3\r\n$9\r\nsubscribe\r\n$%d\r\n%s\r\n:2\r\n", len(fillChannel), fillChannel)
		if err := errors.Join(writeAll(fd, appendRequest(nil, "SUBSCRIBE", fillChannel)), readExactly(fd, len(fill))); err != nil {
			return res, err
		}
	}
	watcher, err := watchStuck(s)
	if err != nil {
		return res, err
	}
	defer watcher.c.close()
	if err := watcher.fill(); err != nil {
		return res, err
	}
	g.sunk = 0
	text := strings.Repeat("x", stuckText)
	n := stuckMessages
	source := &countedSource{request: appendRequest(nil, "PUBLISH", pubsubChannel, text), left: n}
	err = g.run(source, stuckPipeline, nil, func(done int) bool {
		if done >= watcher.next {
			watcher.next = done + n/50
			watcher.look(&res)
		}
		return false
	})
	if err != nil {
		return res, err
	}
	message := fmt.Sprintf("*3\r\n$7\r\nmessage\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n", len(pubsubChannel), pubsubChannel, len(text), text)
	want := int64(n) * int64(len(message)) * readingSubscribers
	if err := g.drainAll(want, 20*time.Second); err != nil && g.sunk > want {
		return res, err
	}
	res.lost = (want - g.sunk + int64(len(message)) - 1) / int64(len(message))
	rep, err := watcher.c.do("CLIENT", "LIST", "TYPE", "pubsub")
	res.cut = readingSubscribers + stuckSubscribers - strings.Count(rep.text, "\n")
	return res, err
}

// countedSource hands out one request a number of times.
type countedSource struct {
	request []byte
	left    int
}

func (s *countedSource) next(n int) []byte {
	if s.left < n {
		return nil
	}
	s.left -= n
	return bytes.Repeat(s.request, n)
}

// readExactly reads n bytes from a socket that does not block, within a few seconds.
func readExactly(fd, n int) error {
	in := make([]byte, n)
	for range 10_000 {
		got, errno := rawIO(unix.SYS_READ, fd, in)
		if errno == 0 {
			if in = in[got:]; len(in) == 0 {
				return nil
			}
		}
		time.Sleep(time.Millisecond)
	}
	return errors.New("no reply to SUBSCRIBE")
}

// stuckWatcher looks at what a server holds for its clients while messages are published.
type stuckWatcher struct {
	s      *server
	c      *client
	before int64 // resident bytes
	next   int   // after how many messages it looks again
}

func watchStuck(s *server) (*stuckWatcher, error) {
	c, err := dial(s.addr)
	if err != nil {
		return nil, err
	}
	before, err := rss(s.pid)
	return &stuckWatcher{s: s, c: c, before: before}, err
}

// look notes how much the server holds, in all and for the last of its clients, which do not read.
func (w *stuckWatcher) look(res *stuckResult) {
	if now, err := rss(w.s.pid); err == nil {
		res.rss = max(res.rss, now-w.before)
	}
	args := []string{"CLIENT", "LIST", "ID"}
	for i := range stuckSubscribers {
		args = append(args, strconv.Itoa(w.firstID()+i))
	}
	for _, n := range w.holds(args) {
		res.held = max(res.held, n)
	}
}

// holds is what the server holds for each of some clients.
func (w *stuckWatcher) holds(list []string) (bytes []int64) {
	rep, err := w.c.do(list...)
	if err != nil {
		return nil
	}
	for line := range strings.Lines(rep.text) {
		for _, field := range strings.Fields(line) {
			if v, found := strings.CutPrefix(field, "omem="); found {
				n, _ := strconv.ParseInt(v, 10, 64)
				bytes = append(bytes, n)
			}
		}
	}
	return bytes
}

// fill sends those that do not read so much that the server has to hold something for each.
func (w *stuckWatcher) fill() error {
	args := []string{"CLIENT", "LIST", "ID"}
	for i := range stuckSubscribers {
		args = append(args, strconv.Itoa(w.firstID()+i))
	}
	text := strings.Repeat("x", fillText)
	for range fillMessages {
		if _, err := w.c.do("PUBLISH", fillChannel, text); err != nil {
			return err
		}
		full := 0
		for _, n := range w.holds(args) {
			if n > 0 {
				full++
			}
		}
		if full == stuckSubscribers {
			return nil
		}
	}
	return errors.New("the kernel takes all that is sent to a client that does not read")
}

// firstID is the id of the first client that does not read: clients are numbered in the order in which they come.
func (w *stuckWatcher) firstID() int {
	rep, err := w.c.do("CLIENT", "ID")
	if err != nil {
		return 0
	}
	return int(rep.n) - stuckSubscribers
}
