package linear

import (
	"fmt"
	"hash/maphash"
	"strconv"
	"strings"

	"github.com/anishathalye/porcupine"
)

const (
	clients = 8
	keys    = 6
)

// Command is one command on keys 0 to keys-1. Values go with the keys of SET and MSET; they are greater than 0.
type Command struct {
	Name   string
	Keys   []int
	Values []int64
}

// Words is the command as it is sent.
func (c Command) Words() []string {
	words := []string{c.Name}
	for i, k := range c.Keys {
		words = append(words, keyName(k))
		if len(c.Values) > 0 {
			words = append(words, strconv.FormatInt(c.Values[i], 10))
		}
	}
	return words
}

func (c Command) String() string { return strings.Join(c.Words(), " ") }

func keyName(k int) string { return fmt.Sprintf("key:%d", k) }

// Op is what a client does at one moment: a command, or a transaction if Name is EXEC.
type Op struct {
	Client int
	Seq    int // its place among the client's operations, from 0
	Command
	Queue []Command // of EXEC
}

func (o Op) String() string {
	if o.Name != "EXEC" {
		return o.Command.String()
	}
	parts := make([]string, len(o.Queue))
	for i, c := range o.Queue {
		parts[i] = c.String()
	}
	return "EXEC{" + strings.Join(parts, "; ") + "}"
}

// State is what a server holds between two operations. It is compared with ==.
type State struct {
	Values  [keys]int64      // 0: no such key; what is stored is always greater
	Watched [clients][2]byte // bits: the keys that the client watches; 1 in the second byte: one of them has changed
	Done    [clients]uint16  // operations of each client, whose order on the connection holds
}

// Model is the server as porcupine's model: inputs are [Op], outputs are replies as harness.Value.String shows them.
func Model() porcupine.Model {
	seed := maphash.MakeSeed()
	return porcupine.Model{
		Init: func() any { return State{} },
		Step: func(state, input, output any) (bool, any) {
			s, op := state.(State), input.(Op)
			ok := s.run(op, output.(string))
			return ok, s
		},
		Hash:              func(state any) uint64 { return maphash.Comparable(seed, state.(State)) },
		DescribeOperation: func(input, output any) string { return fmt.Sprintf("%v -> %v", input, output) },
		DescribeState:     func(state any) string { return fmt.Sprint(state.(State).Values) },
	}
}

// run makes the operation the next one, if the client's order and the reply allow that.
func (s *State) run(op Op, reply string) bool {
	if int(s.Done[op.Client]) != op.Seq {
		return false
	}
	s.Done[op.Client]++
	w := &s.Watched[op.Client]
	switch op.Name {
	case "WATCH":
		for _, k := range op.Keys {
			w[0] |= 1 << k
		}
		return reply == "+OK"
	case "UNWATCH":
		*w = [2]byte{}
		return reply == "+OK"
	case "EXEC":
		changed := w[1] != 0
		*w = [2]byte{}
		if changed {
			return reply == "*(null)"
		}
		replies := make([]string, len(op.Queue))
		for i, c := range op.Queue {
			replies[i] = s.command(c)
		}
		return reply == array(replies)
	}
	return reply == s.command(op.Command)
}

// command runs a data command and returns its reply.
func (s *State) command(c Command) string {
	switch c.Name {
	case "GET":
		return bulk(s.Values[c.Keys[0]])
	case "MGET":
		replies := make([]string, len(c.Keys))
		for i, k := range c.Keys {
			replies[i] = bulk(s.Values[k])
		}
		return array(replies)
	case "SET", "MSET":
		for i, k := range c.Keys {
			s.set(k, c.Values[i])
		}
		return "+OK"
	case "INCR":
		s.set(c.Keys[0], s.Values[c.Keys[0]]+1)
		return integer(s.Values[c.Keys[0]])
	case "DEL":
		n := int64(0)
		for _, k := range c.Keys {
			if s.Values[k] != 0 {
				n++
				s.set(k, 0)
			}
		}
		return integer(n)
	case "RENAME":
		return s.rename(c.Keys[0], c.Keys[1])
	}
	return "no command " + c.Name
}

func (s *State) rename(from, to int) string {
	if s.Values[from] == 0 {
		return "-ERR no such key"
	}
	if from != to {
		s.set(to, s.Values[from])
		s.set(from, 0)
	}
	return "+OK"
}

// set changes a key, of which those learn who watch it.
func (s *State) set(k int, v int64) {
	s.Values[k] = v
	for i := range s.Watched {
		if w := &s.Watched[i]; w[0]&(1<<k) != 0 {
			w[1] = 1
		}
	}
}

func bulk(v int64) string {
	if v == 0 {
		return "$(null)"
	}
	return `"` + strconv.FormatInt(v, 10) + `"`
}

func integer(v int64) string { return ":" + strconv.FormatInt(v, 10) }

func array(replies []string) string { return "*[" + strings.Join(replies, " ") + "]" }
