package server

import "container/heap"

// timer is something that a loop does at a moment. All of it belongs to the loop.
type timer struct {
	at    int64 // ns since the server's start
	fn    func()
	index int // in the heap; -1 when it is not there
}

type timerHeap []*timer

func (h timerHeap) Len() int           { return len(h) }
func (h timerHeap) Less(i, j int) bool { return h[i].at < h[j].at }
func (h timerHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}
func (h *timerHeap) Push(x any) {
	t := x.(*timer)
	t.index = len(*h)
	*h = append(*h, t)
}
func (h *timerHeap) Pop() any {
	old := *h
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	t.index = -1
	return t
}

// after has fn run on the loop once mono has come.
func (l *eventLoop) after(mono int64, fn func()) *timer {
	t := &timer{at: mono, fn: fn}
	heap.Push(&l.timers, t)
	return t
}

// cancel takes a timer back; it may have run already, or be nil.
func (l *eventLoop) cancel(t *timer) {
	if t != nil && t.index >= 0 {
		heap.Remove(&l.timers, t.index)
	}
}

// run fires what is due and returns the ns until the next one.
func (h *timerHeap) run(mono int64) (wait int64, ok bool) {
	for len(*h) > 0 {
		t := (*h)[0]
		if t.at > mono {
			return t.at - mono, true
		}
		heap.Pop(h)
		t.fn()
	}
	return 0, false
}
