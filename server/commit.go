package server

import (
	"radish/resp"
	"radish/server/netloop"
)

// Committing: a reply leaves when what it promises is in the log's file, under appendfsync always when it is on disk. Replies of a turn wait together,
// and one write, or one fsync, is for all of them; no loop waits in it.

// uncommitted are the clients of a loop whose replies wait for the log.
type uncommitted struct {
	clients []*Client // each has logPos
	pos     int64     // the highest of them
	fresh   bool      // there are some that Leave has not seen
}

// holdReply keeps a client's replies until the log is safe up to pos. The reply to the command that wrote it stands in l.w from byte from on, up to its end;
// if there is none, from is -1.
func (l *eventLoop) holdReply(cl *Client, pos int64, from int) {
	l.holdClient(cl, pos)
	if cl.logPos == 0 {
		return
	}
	if from >= 0 && from < len(l.w.Buf) {
		at := cl.conn.Handed() - int64(l.replyBase)
		cl.promised = append(cl.promised, netloop.Span{From: at + int64(from), To: at + int64(len(l.w.Buf))})
	}
}

// holdNext notes that the n bytes which will be handed over next are the reply of a command that has written to the log. holdClient has been called.
func (l *eventLoop) holdNext(cl *Client, n int) {
	if cl.conn == nil || cl.closed.Load() {
		return
	}
	if n > 0 {
		at := cl.conn.Handed()
		cl.promised = append(cl.promised, netloop.Span{From: at, To: at + int64(n)})
	}
}

func (l *eventLoop) holdClient(cl *Client, pos int64) {
	if cl.conn == nil || cl.closed.Load() {
		return
	}
	if cl.logPos == 0 {
		cl.conn.Hold()
		l.uncommitted.clients = append(l.uncommitted.clients, cl)
	}
	cl.logPos = pos
	l.uncommitted.pos, l.uncommitted.fresh = max(l.uncommitted.pos, pos), true
}

// Leave has the log written before replies leave that wait for it.
func (l *eventLoop) Leave() {
	u := &l.uncommitted
	if !u.fresh {
		return
	}
	u.fresh = false
	start := l.clock.Now()
	done, err := l.srv.aof.Commit(u.pos)
	l.stats.aofNs += l.clock.Now() - start
	if done || err != nil {
		if err != nil {
			l.srv.setLogGate()
		}
		l.committed(u.pos, err)
		return
	}
	for _, cl := range u.clients {
		if cl.conn.PauseHeld() {
			cl.logPaused = true
		}
	}
}

// committed lets the replies leave that waited for positions up to pos; with an error they become errors.
func (l *eventLoop) committed(pos int64, err error) {
	u := &l.uncommitted
	var text []byte
	if err != nil {
		w := resp.Writer{Proto: 2}
		w.Error(misconfOf(err).Error())
		text = w.Buf
	}
	list := u.clients
	u.clients = u.clients[len(u.clients):]
	var wait []*Client
	for _, cl := range list {
		if cl.logPos > pos && !cl.closed.Load() {
			wait = append(wait, cl)
			continue
		}
		l.releaseReplies(cl, text)
	}
	if len(wait) == 0 && len(u.clients) == 0 {
		u.clients = list[:0]
		clear(list)
	} else {
		u.clients = append(wait, u.clients...)
	}
}

// releaseReplies ends holdClient.
func (l *eventLoop) releaseReplies(cl *Client, failed []byte) {
	cl.logPos = 0
	if failed != nil {
		for range cl.promised {
			l.stats.countError(string(failed[1 : len(failed)-2]))
		}
		cl.conn.Amend(cl.promised, failed)
	}
	if cl.promised = cl.promised[:0]; cap(cl.promised) > 1024 {
		cl.promised = nil
	}
	cl.conn.Release()
	if cl.logPaused {
		if cl.logPaused = false; cl.waiting == waitNone && !cl.conn.Closed() {
			cl.conn.Resume()
		}
	}
}

// logCommitted is aof.Options.Committed.
func (s *Server) logCommitted(pos int64, err error) {
	if err != nil {
		s.setLogGate()
	}
	for _, l := range s.loops {
		l.nl.Post(func() { l.committed(pos, err) })
	}
}
