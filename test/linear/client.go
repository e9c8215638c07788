package linear

import (
	"math/rand/v2"
	"time"

	"github.com/anishathalye/porcupine"

	"radish/test/harness"
)

// maxPipeline is how many operations are sent at once at the most. The time of the check grows exponentially with the
// number of operations that are under way at one moment.
const maxPipeline = 4

// client sends operations on a connection and notes what came of them.
type client struct {
	id    int
	conn  *harness.Conn
	rand  *rand.Rand
	clock time.Time // the times of the history count from here
	pause time.Duration

	seq     int
	value   int64 // the last one that it wrote; no other client writes it
	history []porcupine.Operation
	ops     []Op // not sent yet
	buf     []byte
}

// newClient has a character of its own: one sends one request as soon as it has the reply to the one before,
// another takes its time between any two.
func newClient(id int, conn *harness.Conn, seed uint64) *client {
	r := rand.New(rand.NewPCG(seed, uint64(id)))
	pause := [...]time.Duration{0, 0, 0, 20 * time.Microsecond, 200 * time.Microsecond, time.Millisecond}[r.IntN(6)]
	return &client{id: id, conn: conn, rand: r, pause: pause, value: int64(id+1) * 1e6}
}

// run does n operations.
func (c *client) run(n int) error {
	for c.seq < n {
		for range min(n-c.seq, 1+c.rand.IntN(maxPipeline)*c.rand.IntN(2)) {
			if err := c.add(); err != nil {
				return err
			}
		}
		if err := c.flush(); err != nil {
			return err
		}
		c.rest()
	}
	return nil
}

// add appends the requests of one operation to what is about to be sent. A transaction that is sent in pieces is
// sent at once up to its EXEC.
func (c *client) add() error {
	op := c.next()
	c.ops = append(c.ops, op)
	if op.Name != "EXEC" {
		c.buf = harness.AppendCommand(c.buf, op.Words()...)
		return nil
	}
	pieces := c.rand.IntN(3) == 0
	if pieces {
		ops := c.ops
		c.ops = ops[:len(ops)-1]
		if err := c.flush(); err != nil {
			return err
		}
		c.ops = append(c.ops, op)
	}
	c.buf = harness.AppendCommand(c.buf, "MULTI")
	for _, q := range op.Queue {
		c.buf = harness.AppendCommand(c.buf, q.Words()...)
	}
	if pieces {
		if err := c.conn.Write(c.buf); err != nil {
			return err
		}
		c.buf = c.buf[:0]
		c.rest()
	}
	c.buf = harness.AppendCommand(c.buf, "EXEC")
	return nil
}

// flush sends what was added and reads the replies.
func (c *client) flush() error {
	call := int64(time.Since(c.clock))
	if err := c.conn.Write(c.buf); err != nil {
		return err
	}
	for _, op := range c.ops {
		if op.Name == "EXEC" {
			for range len(op.Queue) + 1 { // OK and QUEUED
				if _, err := c.conn.Read(); err != nil {
					return err
				}
			}
		}
		reply, err := c.conn.Read()
		if err != nil {
			return err
		}
		c.history = append(c.history, porcupine.Operation{ClientId: c.id, Input: op, Call: call, Output: reply.String(), Return: int64(time.Since(c.clock))})
	}
	c.ops, c.buf = c.ops[:0], c.buf[:0]
	return nil
}

func (c *client) rest() {
	if c.pause > 0 && c.rand.IntN(2) == 0 {
		time.Sleep(time.Duration(c.rand.Int64N(int64(c.pause))))
	}
}

// next makes up an operation.
func (c *client) next() Op {
	op := Op{Client: c.id, Seq: c.seq}
	c.seq++
	switch n := c.rand.IntN(100); {
	case n < 30:
		op.Name = "EXEC"
		for range 1 + c.rand.IntN(4) {
			op.Queue = append(op.Queue, c.command())
		}
	case n < 45:
		op.Command = Command{Name: "WATCH", Keys: c.someKeys(2)}
	case n < 47:
		op.Name = "UNWATCH"
	default:
		op.Command = c.command()
	}
	return op
}

func (c *client) command() Command {
	switch n := c.rand.IntN(100); {
	case n < 15:
		return Command{Name: "GET", Keys: c.someKeys(1)}
	case n < 40:
		return Command{Name: "MGET", Keys: c.someKeys(keys)}
	case n < 52:
		return c.valued("SET", c.someKeys(1))
	case n < 65:
		return c.valued("MSET", c.someKeys(3))
	case n < 82:
		return Command{Name: "INCR", Keys: c.someKeys(1)}
	case n < 87:
		return Command{Name: "DEL", Keys: c.someKeys(2)}
	}
	return Command{Name: "RENAME", Keys: []int{c.rand.IntN(keys), c.rand.IntN(keys)}}
}

// someKeys is one key or up to most different ones.
func (c *client) someKeys(most int) []int {
	return c.rand.Perm(keys)[:1+c.rand.IntN(most)]
}

func (c *client) valued(name string, ks []int) Command {
	cmd := Command{Name: name, Keys: ks}
	for range ks {
		c.value += 1000 // INCR reaches none of the next values
		cmd.Values = append(cmd.Values, c.value)
	}
	return cmd
}
