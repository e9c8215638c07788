package server

import (
	"bytes"

	"radish/command"
	"radish/store"
)

// request is one request on its way through dispatch.
type request struct {
	args [][]byte
	size int // bytes that it took in the buffer
	// repeats is how many requests come behind it that are the same to the byte.
	repeats int
	spec    *command.Spec // nil: there is no such command
	sub     bool          // spec is nil because the container has no such subcommand
	key     store.Key     // the only key, if keyed
	// keyed: the row has exactly one key and key is it
	keyed bool
	// more: the request behind it in the batch is the same command on the same key; see eventLoop.kept
	more bool
}

// A pipeline is parsed batchMax requests ahead, so that the keys of all can be asked for before the first is
// run: see store.PrefetchBucket. A request of more than batchArgs arguments is run by itself.
const (
	batchMax  = store.PrefetchMax
	batchArgs = 32
)

// batch are the requests that a loop has parsed and not run yet. It lives from one look at a connection's
// buffer to the next.
type batch struct {
	reqs  []request
	begun int64 // mono when the loop began to serve the connection
	// members is how many of them name an element of their key's value.
	members int
	args    [][]byte // of all of them
}

// parse fills the batch with what buf begins with. An empty batch and no error: the request is unfinished.
func (b *batch) parse(l *eventLoop, cl *Client, buf []byte) error {
	b.reqs, b.args, b.members = b.reqs[:0], b.args[:0], 0
	off := 0
	repeats := 0
	var last []byte // the bytes of the request before, if it may be repeated as it is
	for off < len(buf) && len(b.reqs)+repeats < batchMax {
		if last != nil && bytes.HasPrefix(buf[off:], last) {
			b.reqs[len(b.reqs)-1].repeats++
			repeats++
			off += len(last)
			continue
		}
		args, n, err := cl.parser.Next(buf[off:])
		if err != nil || n == 0 {
			if len(b.reqs) > 0 {
				err = nil // it will be met again when those before it have been run
			}
			return err
		}
		alone := len(args) > batchArgs || n == len(buf) || buf[off] != '*' // of an inline request the parser holds words
		if alone && off > 0 {
			return nil // likewise
		}
		if last = nil; !alone {
			last = buf[off : off+n]
		}
		off += n
		if !alone {
			from := len(b.args)
			//lint:ignore S1011 a few arguments are copied faster one by one than as a slice of pointers
			for _, a := range args {
				b.args = append(b.args, a)
			}
			args = b.args[from:len(b.args):len(b.args)]
		}
		r := b.next()
		r.args, r.size = args, n
		if n := len(b.reqs); n > 1 && r.same(&b.reqs[n-2]) {
			last := &b.reqs[n-2]
			r.spec = last.spec
			l.hashKey(r)
			last.more = r.keyed && last.keyed && r.key.H == last.key.H
		} else {
			l.resolve(r)
		}
		if r.keyed {
			last = nil // keys seldom repeat: to compare would cost more than it saves
			if r.spec.Member != 0 {
				b.members++
			}
		}
		if alone {
			return nil
		}
	}
	return nil
}

// next adds a request to be filled in; its key is not reset, as only a keyed request has one.
func (b *batch) next() *request {
	if b.reqs == nil {
		b.reqs = make([]request, 0, batchMax)
	}
	b.reqs = b.reqs[:len(b.reqs)+1]
	r := &b.reqs[len(b.reqs)-1]
	r.repeats, r.spec, r.sub, r.keyed, r.more = 0, nil, false, false, false
	return r
}

// same says that r names the command that last names, which is no container: a pipeline mostly repeats one.
func (r *request) same(last *request) bool {
	return last.spec != nil && len(r.args) > 0 && string(last.args[0]) == string(r.args[0]) && last.spec.Parent() == nil && len(last.spec.Sub) == 0
}

// resolve finds the row of a request, and hashes its key if it has just one.
func (l *eventLoop) resolve(r *request) {
	if len(r.args) == 0 {
		return
	}
	spec := l.srv.table.Lookup(r.args[0])
	if spec != nil && len(spec.Sub) > 0 && len(r.args) > 1 {
		spec = l.srv.table.Sub(spec, r.args[1])
		r.sub = spec == nil
	}
	r.spec = spec
	if spec != nil {
		l.hashKey(r)
	}
}

// hashKey hashes the key of a request whose row has just one.
func (l *eventLoop) hashKey(r *request) {
	if first, last, _, ok := r.spec.SimpleKeys(); ok && first != 0 && first == last && first < len(r.args) {
		r.key, r.keyed = l.srv.store.Key(r.args[first]), true
	}
}

// prefetch asks for the memory that the requests of a batch will look at.
func (b *batch) prefetch(db store.DB) {
	var places [batchMax]store.Place
	last := uint64(0) // a pipeline often goes on about one key
	for i := range b.reqs {
		if r := &b.reqs[i]; r.keyed && r.key.H != last {
			places[i] = db.PrefetchBucket(r.key)
			last = r.key.H
		}
	}
	for i := range b.reqs {
		places[i].PrefetchEntry(b.reqs[i].spec != nil && b.reqs[i].spec.Member != 0)
	}
	if b.members > 1 {
		b.prefetchMembers(db)
	}
}

// prefetchMembers asks for the elements of values that several requests in a row look at.
func (b *batch) prefetchMembers(db store.DB) {
	var members [batchMax][]byte
	for i := 0; i < len(b.reqs); {
		n := 0
		key := b.reqs[i].key
		for ; i < len(b.reqs); i++ {
			r := &b.reqs[i]
			if !r.keyed || r.spec.Member == 0 || r.key.H != key.H || r.spec.Member >= len(r.args) {
				break
			}
			members[n] = r.args[r.spec.Member]
			n++
		}
		if n > 1 {
			db.PrefetchMembers(key, members[:n])
		}
		if n == 0 {
			i++
		}
	}
}
