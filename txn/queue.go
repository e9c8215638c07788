package txn

import "radish/command"

// Cmd is one queued command; Args are its own.
type Cmd struct {
	Spec *command.Spec
	Args [][]byte
}

// Queue is what a client has queued since MULTI. The zero Queue is empty. It belongs to the client.
type Queue struct {
	Cmds   []Cmd
	Failed bool // a command was refused while queueing: EXEC answers EXECABORT
	Bytes  int64
}

// Add queues a command.
func (q *Queue) Add(spec *command.Spec, args [][]byte) {
	q.Cmds = append(q.Cmds, Cmd{spec, args})
	for _, a := range args {
		q.Bytes += int64(len(a)) + 24
	}
}

// Fail marks that a command could not be queued.
func (q *Queue) Fail() { q.Failed = true }

// Reset empties the queue.
func (q *Queue) Reset() { *q = Queue{} }

// Writes says whether a queued command writes, or may.
func (q *Queue) Writes() bool { return q.any(command.Write | command.MayReplicate) }

// Has says whether a queued command has one of the flags.
func (q *Queue) Has(flags command.Flags) bool { return q.any(flags) }

func (q *Queue) any(f command.Flags) bool {
	for i := range q.Cmds {
		if q.Cmds[i].Spec.Flags&f != 0 {
			return true
		}
	}
	return false
}
