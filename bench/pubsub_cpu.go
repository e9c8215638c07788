//go:build linux

package main

import (
	"fmt"
	"time"
)

// pubsubSection measures messages: what they cost, how late those about lapsed keys are, and what subscribers do to each other.
func pubsubSection(b *bench) ([]row, error) {
	rows, err := pubsubCPU(b)
	if err != nil {
		return rows, err
	}
	more, err := eventRows(b)
	rows = append(rows, more...)
	if err != nil {
		return rows, err
	}
	more, err = stuckRows(b)
	return append(rows, more...), err
}

const (
	pubsubChannel = "channel:1"
	pubsubClients = 50 // that publish
)

// pubsubCase is one row: who has subscribed, and how it is published.
type pubsubCase struct {
	what        string
	subscribers int // of the channel
	pattern     string
	patterns    int // formats of pattern with numbers, all subscribed by one client
	pipeline    int
	limit       float64
}

func (c pubsubCase) String() string {
	text := "CPU per " + c.what
	if c.pipeline > 1 {
		text += fmt.Sprintf(", pipelines of %d", c.pipeline)
	}
	return text
}

func pubsubCases() []pubsubCase {
	return []pubsubCase{
		{what: "message to 1 subscriber", subscribers: 1, pipeline: 16, limit: 0.80},
		{what: "message delivered to 1,000 subscribers", subscribers: 1000, pipeline: 16, limit: 0.80},
		{what: "message to 1 subscriber", subscribers: 1, pipeline: 1, limit: 1.00},
		{what: "message delivered to 1,000 subscribers", subscribers: 1000, pipeline: 1, limit: 1.00},
		{what: "PUBLISH with 10,000 patterns that begin differently", subscribers: 1, pattern: "news:%d:*", patterns: 10_000, pipeline: 16, limit: 1.00},
		{what: "PUBLISH with 10,000 patterns that end differently", subscribers: 1, pattern: "*:%d:news", patterns: 10_000, pipeline: 16, limit: 1.00},
		{what: "PUBLISH with 10,000 patterns with classes", subscribers: 1, pattern: "*[ab]%d?", patterns: 10_000, pipeline: 16, limit: 1.00},
	}
}

// pubsubCPU measures CPU per message of both servers, pinned as in cpuSection.
func pubsubCPU(b *bench) ([]row, error) {
	servers, stop, err := b.startPinned(options{})
	if err != nil {
		return nil, err
	}
	defer stop()
	requests := newRing(1024, func(b []byte, _ int) []byte { return appendRequest(b, "PUBLISH", pubsubChannel, value32) })
	var rows []row
	for _, c := range pubsubCases() {
		r, err := cpuRow(b, c.String(), c.limit, func(k kind) (cpuSample, error) { return measurePublish(servers[k], c, requests) })
		if err != nil {
			return rows, fmt.Errorf("%v: %w", c, err)
		}
		b.logf("%v: %s, %s, ratio %s (%s)", c, r.ours, r.theirs, r.ratio, r.note)
		rows = append(rows, r)
	}
	return rows, nil
}

// measurePublish loads a server with PUBLISH for the time of one window, and makes sure that every subscriber gets every message. The cost is
// per message delivered.
func measurePublish(s *server, c pubsubCase, requests source) (cpuSample, error) {
	if c.patterns > 0 {
		cl, err := dial(s.addr)
		if err != nil {
			return cpuSample{}, err
		}
		defer cl.close()
		if err := subscribePatterns(cl, c.pattern, c.patterns); err != nil {
			return cpuSample{}, err
		}
	}
	g, err := dialLoad(s.addr, pubsubClients, true)
	if err != nil {
		return cpuSample{}, err
	}
	defer g.close()
	confirmed := fmt.Sprintf("*3\r\n$9\r\nsubscribe\r\n$%d\r\n%s\r\n:1\r\n", len(pubsubChannel), pubsubChannel)
	if err := g.listen(s.addr, c.subscribers, appendRequest(nil, "SUBSCRIBE", pubsubChannel), len(confirmed)); err != nil {
		return cpuSample{}, err
	}
	g.sunk = 0
	w := window{pid: s.pid, warmUp: cpuWarmUp, length: cpuWindow, begin: time.Now()}
	if err := g.run(requests, c.pipeline, nil, w.turn); err != nil {
		return cpuSample{}, err
	}
	message := fmt.Sprintf("*3\r\n$7\r\nmessage\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n", len(pubsubChannel), pubsubChannel, len(value32), value32)
	if err := g.drainAll(int64(g.sent)*int64(len(message))*int64(c.subscribers), 10*time.Second); err != nil {
		return cpuSample{}, err
	}
	sample, err := w.sample()
	sample.perCommand /= float64(c.subscribers)
	return sample, err
}

// subscribePatterns has one client subscribe to n patterns.
func subscribePatterns(c *client, format string, n int) error {
	args := []string{"PSUBSCRIBE"}
	for i := range n {
		args = append(args, fmt.Sprintf(format, i))
	}
	return c.pipeline(appendRequest(nil, args...), n, func(int, reply) {})
}
