package store

import (
	"sync"
	"sync/atomic"
)

// A snapshot may be walked by one goroutine and taken by the sink on another, which then is a few buffers behind: so the walk, which holds locks that others
// want, need not wait for the sink's thread, which may have a low priority. That one takes no lock that those who change keys wait for: it could lose its
// processor meanwhile, for long. So it does not give buffers back to the pool, but puts them aside for the walk to do that.

// ahead is what the walk has handed over and the sink has not taken.
type ahead struct {
	most int64                         // from so many bytes waiting on the walk's goroutine helps
	turn func(work func(), hurry bool) // what the caller's goroutine does, it does in there

	mu      sync.Mutex
	change  sync.Cond // L is mu
	jobs    []sinkJob
	running bool  // somebody does what was taken out of jobs
	walked  bool  // no more will come
	err     error // the first

	spent atomic.Pointer[savedBuffer] // that go back to the pool: the first, which has the next
}

// sinkJob is a call of the sink, of what lies in a buffer or, nil, elsewhere.
type sinkJob struct {
	call func(SnapshotSink) error
	buf  *savedBuffer
}

// run makes the call, unless there was an error before, and returns the first error.
func (j sinkJob) run(sn *Snapshot, before error) error {
	switch {
	case before != nil:
		return before
	case sn.aborted.Load():
		return ErrSnapshotAborted
	}
	err := j.call(sn.sink)
	if err == nil && sn.aborted.Load() {
		err = ErrSnapshotAborted // it may have been the last one
	}
	return err
}

// aheadMost is how many buffers the walk is ahead.
const aheadMost = 16

// WalkBeside has Run walk, and call pause, on a goroutine of its own: that of the caller, which calls the sink, may have a low priority on the processors.
// As soon as most bytes wait for the sink the walk's goroutine calls it as well, so that others cannot keep the snapshot from being taken. It is not called by
// both at once.
//
// The caller's goroutine calls the sink in turns of about a millisecond of work. Each is a call of turn, which must call work once and may sleep afterwards;
// hurry says that it should not, as half of most waits.
func (sn *Snapshot) WalkBeside(most int64, turn func(work func(), hurry bool)) {
	sn.ahead = &ahead{most: most, turn: turn}
	sn.ahead.change.L = &sn.ahead.mu
}

// run takes what a walk hands over.
func (q *ahead) run(sn *Snapshot, pause func(busy bool) error) error {
	go func() {
		err := sn.walk(pause)
		q.mu.Lock()
		defer q.mu.Unlock()
		q.walked = true
		if q.err == nil {
			q.err = err
		}
		q.change.Broadcast()
	}()
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		switch {
		case !q.running && (len(q.jobs) >= aheadMost/2 || q.walked && len(q.jobs) > 0):
			q.do(sn, q.turn)
		case q.walked && !q.running:
			q.giveBack(sn)
			return q.err
		default:
			q.change.Wait()
		}
	}
}

// do does all jobs that there are, without the lock, in a turn.
func (q *ahead) do(sn *Snapshot, turn func(work func(), hurry bool)) {
	jobs, err := q.jobs, q.err
	q.jobs, q.running = nil, true
	q.mu.Unlock()
	turn(func() {
		for _, j := range jobs {
			err = j.run(sn, err)
			if b := j.buf; b != nil {
				for b.next = q.spent.Load(); !q.spent.CompareAndSwap(b.next, b); b.next = q.spent.Load() {
				}
			}
		}
	}, sn.Waiting() >= q.most/2)
	q.mu.Lock()
	q.running = false
	if q.err == nil {
		q.err = err
	}
	q.change.Broadcast()
}

// atOnce is a turn without a rest.
func atOnce(work func(), _ bool) { work() }

// giveBack gives the pool what was put aside.
func (q *ahead) giveBack(sn *Snapshot) {
	for b := q.spent.Swap(nil); b != nil; {
		next := b.next
		b.next = nil
		sn.pool.put(b)
		b = next
	}
}

// hand has the sink take something, which lies in a buffer or, nil, elsewhere. After an error, of this or an earlier call, all calls return it.
func (sn *Snapshot) hand(b *savedBuffer, call func(SnapshotSink) error) error {
	job, q := sinkJob{call, b}, sn.ahead
	if q == nil {
		sn.failed = job.run(sn, sn.failed)
		if b != nil {
			sn.pool.put(b)
		}
		return sn.failed
	}
	q.giveBack(sn)
	q.mu.Lock()
	defer q.mu.Unlock()
	q.jobs = append(q.jobs, job)
	if len(q.jobs) == aheadMost/2 {
		q.change.Broadcast()
	}
	for len(q.jobs) >= aheadMost {
		if !q.running && sn.Waiting() >= q.most {
			q.do(sn, atOnce)
		} else {
			q.change.Wait()
		}
	}
	return q.err
}

// handEnd ends a value that came in parts.
func (sn *Snapshot) handEnd() error {
	return sn.hand(nil, func(sink SnapshotSink) error {
		sn.keysDone.Add(1)
		return sink.End()
	})
}
