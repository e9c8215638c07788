//go:build linux

package main

import (
	"bufio"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
)

// eventRows measure how late "expired" events come beside a million other volatile keys.
func eventRows(b *bench) ([]row, error) {
	var results [2]lateness
	for _, k := range []kind{ours, theirs} {
		var err error
		if results[k], err = b.measureEvents(k); err != nil {
			return nil, fmt.Errorf("events: %v: %w", k, err)
		}
		b.logf("%v: %s events, middle %s, longest %s", k, goneText(results[k]), middleText(results[k]), longestText(results[k]))
	}
	note := fmt.Sprintf("came within %v: %s and %s", lapseWait, goneText(results[ours]), goneText(results[theirs]))
	what := fmt.Sprintf("%d expired events beside %d other volatile keys, late: the middle one", lapsingKeys, b.scaled(farKeys, 10))
	middle := row{what: what, ours: middleText(results[ours]), theirs: middleText(results[theirs]), limit: "≤ 5.00 ms", verdict: broken, note: note}
	if late, known := results[ours].middle(); known && late <= 5*time.Millisecond {
		middle.verdict = holds
	}
	longest := row{what: "the same, the last one", ours: longestText(results[ours]), theirs: longestText(results[theirs]), limit: "≤ 50.0 ms, all of them",
		verdict: broken, note: note}
	if l := results[ours]; l.missing == 0 && l.late[len(l.late)-1] <= 50*time.Millisecond {
		longest.verdict = holds
	}
	return []row{middle, longest}, nil
}

func (b *bench) measureEvents(k kind) (lateness, error) {
	s, err := b.fleet.start(k, options{args: []string{"--notify-keyspace-events", "Ex"}})
	if err != nil {
		return lateness{}, err
	}
	defer s.stop()
	if err := pipelined(s.addr, b.scaled(farKeys, 10), setWithTTL); err != nil {
		return lateness{}, err
	}
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		return lateness{}, err
	}
	defer conn.Close()
	if _, err := conn.Write(appendRequest(nil, "SUBSCRIBE", "__keyevent@0__:expired")); err != nil {
		return lateness{}, err
	}
	r := bufio.NewReader(conn)
	if _, err := readReply(r); err != nil {
		return lateness{}, err
	}
	first := time.Now().Add(untilLapsing).UnixMilli()
	deadline := func(i int) int64 { return first + int64(i)*lapseWithin.Milliseconds()/lapsingKeys }
	err = pipelined(s.addr, lapsingKeys, func(buf []byte, i int) []byte {
		return appendRequest(buf, "SET", numberedKey("due:", i), value32, "PXAT", strconv.FormatInt(deadline(i), 10))
	})
	if err != nil {
		return lateness{}, err
	}
	if err := conn.SetReadDeadline(time.UnixMilli(first).Add(lapseWithin + lapseWait)); err != nil {
		return lateness{}, err
	}
	return readEvents(r, func(key string) (time.Time, bool) {
		digits, found := strings.CutPrefix(key, "due:")
		i, err := strconv.Atoi(digits)
		return time.UnixMilli(deadline(i)), found && err == nil && i < lapsingKeys
	})
}

// readEvents takes the time of each "expired" event until all lapsingKeys have come, or the connection's deadline.
func readEvents(r *bufio.Reader, deadline func(key string) (time.Time, bool)) (lateness, error) {
	var l lateness
	l.missing = lapsingKeys
	for l.missing > 0 {
		key, err := readMessage(r)
		if err, ok := err.(net.Error); ok && err.Timeout() {
			break
		}
		if err != nil {
			return l, err
		}
		if due, ok := deadline(key); ok {
			l.late = append(l.late, time.Since(due))
			l.missing--
		}
	}
	slices.Sort(l.late)
	return l, nil
}

// readMessage reads a message of a channel and returns its text.
func readMessage(r *bufio.Reader) (text string, err error) {
	if _, err := r.ReadString('\n'); err != nil {
		return "", err
	}
	for range 3 {
		rep, err := readReply(r)
		if err != nil {
			return "", err
		}
		text = rep.text
	}
	return text, nil
}
