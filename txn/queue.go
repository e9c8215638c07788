package txn

import (
	"radish/command"
	"radish/store"
)

// Cmd is one queued command. Args are copies, which the queue holds until Reset.
type Cmd struct {
	Spec *command.Spec
	Args [][]byte
	// Key is the only key of the command, if it has just one in a fixed place; else Key.B is nil, and its row tells.
	Key store.Key
}

// Queue is what a client has queued since MULTI. The zero Queue is empty. It belongs to the client.
type Queue struct {
	Cmds   []Cmd
	Failed bool // a command was refused while queueing: EXEC answers EXECABORT
	Bytes  int64
	flags  command.Flags // of all commands
	lacks  command.Flags // that some command does not have
	mem    Memory
}

// Memory is what a queue is made of. It is lent to a queue (Use) and comes back (Reset), so that a transaction allocates nothing.
type Memory struct {
	cmds  []Cmd
	bytes []byte   // of arguments: the end of the newest piece
	args  [][]byte // likewise
}

// What is kept of the memory of a queue.
const (
	keepCmds  = 1 << 10
	keepBytes = 64 << 10
	keepArgs  = 4 << 10
)

// Use lends the queue, which is empty, the memory in m, if there is some.
func (q *Queue) Use(m *Memory) {
	if cap(q.Cmds) == 0 && m.cmds != nil {
		q.Cmds, q.mem = m.cmds, *m
		*m = Memory{}
	}
}

// Add queues a command and copies its arguments. keyArg is the index of its key, if it has just one in a fixed place, and hash the hash of it; keyArg 0: its
// row tells.
func (q *Queue) Add(spec *command.Spec, args [][]byte, keyArg int, hash uint64) {
	n := 0
	for _, a := range args {
		n += len(a)
	}
	m := &q.mem
	if cap(m.bytes)-len(m.bytes) < n {
		m.bytes = make([]byte, 0, max(n, 2*cap(m.bytes), 512))
	}
	if cap(m.args)-len(m.args) < len(args) {
		m.args = make([][]byte, 0, max(len(args), 2*cap(m.args), 32))
	}
	first := len(m.args)
	for _, a := range args {
		at := len(m.bytes)
		m.bytes = append(m.bytes, a...)
		m.args = append(m.args, m.bytes[at:len(m.bytes):len(m.bytes)])
	}
	c := Cmd{Spec: spec, Args: m.args[first:len(m.args):len(m.args)]}
	if keyArg > 0 {
		c.Key = store.Key{B: c.Args[keyArg], H: hash}
	}
	q.Cmds = append(q.Cmds, c)
	q.flags |= spec.Flags
	q.lacks |= ^spec.Flags
	q.Bytes += int64(n) + 24*int64(len(args))
}

// Fail marks that a command could not be queued.
func (q *Queue) Fail() { q.Failed = true }

// Reset empties the queue, and gives m its memory, unless it is much. What Cmds held must not be used any more.
func (q *Queue) Reset(m *Memory) {
	mem := q.mem
	if cap(q.Cmds) > 0 && cap(q.Cmds) <= keepCmds && cap(mem.bytes) <= keepBytes && cap(mem.args) <= keepArgs {
		clear(q.Cmds)
		clear(mem.args[:cap(mem.args)])
		*m = Memory{cmds: q.Cmds[:0], bytes: mem.bytes[:0], args: mem.args[:0]}
	}
	*q = Queue{}
}

// Writes says whether a queued command writes, or may.
func (q *Queue) Writes() bool { return q.Has(command.Write | command.MayReplicate) }

// Has says whether a queued command has one of the flags.
func (q *Queue) Has(flags command.Flags) bool { return q.flags&flags != 0 }

// Lacks says whether a queued command is without one of the flags.
func (q *Queue) Lacks(flags command.Flags) bool { return q.lacks&flags != 0 }
