package aof

import (
	"bytes"
	"strconv"

	"radish/resp"
)

const (
	chunkBytes = 256 << 10 // a chunk ends before it grows bigger, but for an effect that is bigger itself
	bigEffect  = 64 << 10  // from here on an effect is copied before the lock is taken, and is a chunk of its own
	spareChunk = 2         // chunks kept for the next turn
)

// chunk is a number of whole effects that go into one file.
type chunk struct {
	seg *segment
	buf []byte
	end int64 // position behind it
}

// Append appends effects, commands in the form of the protocol, that were made in database db (-1: it does not matter), and
// returns the position behind them: bytes since the log began, SELECTs and annotations included. What is given in one call is
// never cut: effects of a transaction are one call, MULTI and EXEC included. The bytes are copied. It does no I/O.
//
// The caller holds the locks of what has changed. A log that is off takes nothing; the position is then one that is committed.
func (l *Log) Append(db int, effects []byte) int64 { return l.AppendTx(db, db, effects) }

// AppendTx is Append for effects that hold SELECTs themselves: they begin in database first, and last is the one selected behind
// them (-1 for both: they select nothing, and do not care). If they begin with MULTI, a SELECT that is needed comes behind that, as in Redis.
func (l *Log) AppendTx(first, last int, effects []byte) int64 {
	if len(effects) >= bigEffect {
		effects = append([]byte(nil), effects...)
	}
	l.mu.Lock()
	if !l.active {
		end := l.end
		l.mu.Unlock()
		return end
	}
	if l.timestamps.Load() {
		l.stampLocked()
	}
	if first != l.db && first >= 0 {
		if rest, block := bytes.CutPrefix(effects, []byte(resp.BeginBlock)); block {
			head := appendSelect([]byte(resp.BeginBlock), first)
			effects = append(head, rest...)
		} else {
			l.selectLocked(first)
		}
	}
	if last >= 0 {
		l.db = last
	}
	if len(effects) >= bigEffect {
		l.sealLocked()
		l.end += int64(len(effects))
		l.queue = append(l.queue, chunk{l.seg, effects, l.end})
	} else {
		if len(l.cur)+len(effects) > chunkBytes {
			l.sealLocked()
		}
		l.cur = append(l.cur, effects...)
		l.end += int64(len(effects))
	}
	end := l.end
	l.mu.Unlock()
	return end
}

// sealLocked ends the chunk that is appended to. mu is held.
func (l *Log) sealLocked() {
	if len(l.cur) == 0 {
		return
	}
	l.queue = append(l.queue, chunk{l.seg, l.cur, l.end})
	l.cur = nil
	if n := len(l.spare); n > 0 {
		l.cur, l.spare = l.spare[n-1], l.spare[:n-1]
	}
}

// selectLocked appends a SELECT. mu is held.
func (l *Log) selectLocked(db int) {
	n := len(l.cur)
	l.cur = appendSelect(l.cur, db)
	l.end += int64(len(l.cur) - n)
}

func appendSelect(dst []byte, db int) []byte {
	var digits [20]byte
	return resp.AppendRequest(dst, []byte("SELECT"), strconv.AppendInt(digits[:0], int64(db), 10))
}

// stampLocked appends an annotation if the second is another one. mu is held.
func (l *Log) stampLocked() {
	now := l.opt.Now().Unix()
	if now <= l.stamp {
		return
	}
	l.stamp = now
	n := len(l.cur)
	l.cur = AppendTimestamp(l.cur, now)
	l.end += int64(len(l.cur) - n)
}

// AppendTimestamp appends the annotation that what follows was done at a time, in unix seconds, or later. Redis begins a base in
// RESP form with one, under aof-timestamp-enabled.
func AppendTimestamp(dst []byte, unix int64) []byte {
	return append(strconv.AppendInt(append(dst, "#TS:"...), unix, 10), "\r\n"...)
}

// take moves all that was appended to the batch that is being written. wmu is held.
func (l *Log) take() {
	l.mu.Lock()
	l.sealLocked()
	l.batch = append(l.batch, l.queue...)
	clear(l.queue)
	l.queue = l.queue[:0]
	l.mu.Unlock()
}

// recycle takes back the memory of a chunk that is written.
func (l *Log) recycle(buf []byte) {
	if cap(buf) > 2*chunkBytes {
		return
	}
	l.mu.Lock()
	switch {
	case l.cur == nil:
		l.cur = buf[:0]
	case len(l.spare) < spareChunk:
		l.spare = append(l.spare, buf[:0])
	}
	l.mu.Unlock()
}
