package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"radish/test/harness"
)

const (
	accounts = 1000
	tellers  = 50
	opening  = 100 // what lies in each account at first
)

// bank moves money between accounts with WATCH, MULTI and EXEC: the new balances are reckoned by the client, so that
// a transaction that runs although a watched account has changed makes or loses money, as does half a transaction.
// Each teller counts its transactions in a key of its own, in the same transaction, so that one that was
// acknowledged and lost is found too.
type bank struct {
	config
	rand    *rand.Rand
	folder  string
	port    int
	process *harness.Process
	tellers [tellers]teller

	moved, conflicts, sums atomic.Int64
	faults                 atomic.Int64
}

// teller is a client that moves money.
type teller struct {
	id          int
	rand        *rand.Rand
	acked, sent int64 // transactions
}

func accountKey(i int) string { return fmt.Sprintf("account:%d", i) }

func (t *teller) countKey() string { return fmt.Sprintf("teller:%d", t.id) }

// runMoney moves money for a while, with kills at about equal distances, and reports. The code is that of run.
func runMoney(cfg config, p plan, duration time.Duration, kills int) (int, error) {
	port, err := harness.FreePort()
	if err != nil {
		return 2, err
	}
	folder, err := os.MkdirTemp(cfg.dir, "crash-money-")
	if err != nil {
		return 2, err
	}
	b := &bank{config: cfg, folder: folder, port: port, rand: rand.New(rand.NewPCG(p.seed, 0))}
	for i := range b.tellers {
		b.tellers[i] = teller{id: i, rand: rand.New(rand.NewPCG(p.seed, uint64(i+1)))}
	}
	for life := range kills {
		policy := p.policies[life%len(p.policies)]
		if err := b.start(policy); err != nil {
			return 1, fmt.Errorf("start %d, in %s: %w", life, folder, err)
		}
		if life == 0 {
			err = b.open()
		} else {
			err = b.audit()
		}
		if err != nil {
			return 1, err
		}
		if err := b.live(duration / time.Duration(kills)); err != nil {
			return 2, err
		}
	}
	if err := b.start(p.policies[0]); err != nil {
		return 1, fmt.Errorf("last start, in %s: %w", folder, err)
	}
	if err := b.audit(); err != nil {
		return 1, err
	}
	if err := b.process.Terminate(startLimit); err != nil {
		return 1, err
	}
	return b.report(cfg.log, kills)
}

func (b *bank) report(out io.Writer, kills int) (int, error) {
	fmt.Fprintf(out, "%d accounts, %d clients, killed %d times: %d transfers, %d transactions failed because of WATCH, %d sums taken meanwhile, %d faults\n",
		accounts, tellers, kills, b.moved.Load(), b.conflicts.Load(), b.sums.Load(), b.faults.Load())
	if b.faults.Load() > 0 {
		return 1, fmt.Errorf("the folder is kept: %s", b.folder)
	}
	return 0, os.RemoveAll(b.folder)
}

func (b *bank) fault(format string, args ...any) {
	b.faults.Add(1)
	fmt.Fprintf(b.log, format+"\n", args...)
}

func (b *bank) start(policy string) error {
	p, err := harness.StartProcess(b.server, b.folder, b.port, append([]string{"--appendonly", "yes", "--appendfsync", policy}, b.options...)...)
	if err != nil {
		return err
	}
	b.process = p
	return p.WaitReady(startLimit)
}

// open fills the accounts.
func (b *bank) open() error {
	conn, err := dial(b.process.Addr, 0)
	if err != nil {
		return err
	}
	defer conn.Close()
	args := []string{"MSET"}
	for i := range accounts {
		args = append(args, accountKey(i), strconv.Itoa(opening))
	}
	if r, err := conn.Try(args...); err != nil || r.IsError() {
		return fmt.Errorf("MSET: %s %w", r, err)
	}
	return nil
}

// audit looks at what a restarted server has loaded, while nobody moves money.
func (b *bank) audit() error {
	conn, err := dial(b.process.Addr, 0)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := b.sum(conn, false); err != nil {
		return err
	}
	for i := range b.tellers {
		t := &b.tellers[i]
		r, err := conn.Try("GET", t.countKey())
		if err != nil {
			return err
		}
		n := intOr0(r.Value)
		if n < t.acked || n > t.sent {
			b.fault("after a restart: %d transfers of client %d; %d were acknowledged, %d sent", n, i, t.acked, t.sent)
		}
		t.acked, t.sent = n, n
	}
	return nil
}

// sum adds up all accounts, read with one MGET or in a transaction of one GET each.
func (b *bank) sum(conn *harness.Conn, transaction bool) error {
	r := request{exec: transaction}
	if transaction {
		for i := range accounts {
			r.commands = append(r.commands, []string{"GET", accountKey(i)})
		}
	} else {
		args := []string{"MGET"}
		for i := range accounts {
			args = append(args, accountKey(i))
		}
		r.commands = [][]string{args}
	}
	if err := conn.Write(r.append(nil)); err != nil {
		return err
	}
	reply, err := r.read(conn)
	if err != nil {
		return err
	}
	sum := int64(0)
	for _, e := range reply.Elems {
		sum += intOr0(e)
	}
	if len(reply.Elems) != accounts || sum != accounts*opening {
		b.fault("%d accounts hold %d, and should hold %d; read in a transaction: %v; %.200s", len(reply.Elems), sum, accounts*opening, transaction, reply)
	}
	b.sums.Add(1)
	return nil
}

// live lets all clients run for a while, kills the server and waits until the clients have ended.
func (b *bank) live(during time.Duration) error {
	var stop atomic.Bool
	var wg sync.WaitGroup
	for i := range b.tellers {
		wg.Go(func() { b.tellers[i].work(b, &stop) })
	}
	wg.Go(func() {
		conn, err := dial(b.process.Addr, 0)
		if err != nil {
			return
		}
		defer conn.Close()
		for n := 0; !stop.Load() && b.sum(conn, n%2 == 0) == nil; n++ {
			time.Sleep(5 * time.Millisecond)
		}
	})
	if conn, err := dial(b.process.Addr, 0); err == nil {
		time.Sleep(during / 2)
		_, _ = conn.Try("BGREWRITEAOF") // it may be under way by itself
		conn.Close()
	}
	time.Sleep(during/2 - time.Duration(b.rand.Int64N(int64(during)/4+1)))
	if !b.process.Alive() {
		b.fault("the server ended by itself: %v\n%s", b.process.Err(), lastLines(b.process.LogText()))
	}
	err := b.process.Kill()
	stop.Store(true)
	wg.Wait()
	return err
}

// work moves money until the connection breaks or stop says so.
func (t *teller) work(b *bank, stop *atomic.Bool) {
	conn, err := dial(b.process.Addr, 0)
	if err != nil {
		return
	}
	defer conn.Close()
	for !stop.Load() {
		if t.move(b, conn) != nil {
			return
		}
	}
}

// move makes one transfer, or none if somebody else was at one of the accounts. An error is the connection's.
func (t *teller) move(b *bank, conn *harness.Conn) error {
	among := accounts
	if t.rand.IntN(2) == 0 {
		among = 30 // where they meet
	}
	from, to := t.rand.IntN(among), t.rand.IntN(among)
	if from == to {
		return nil
	}
	buf := harness.AppendCommand(nil, "WATCH", accountKey(from), accountKey(to))
	if err := conn.Write(harness.AppendCommand(buf, "MGET", accountKey(from), accountKey(to))); err != nil {
		return err
	}
	if _, err := conn.Read(); err != nil {
		return err
	}
	r, err := conn.Read()
	if err != nil {
		return err
	}
	if len(r.Elems) != 2 {
		b.fault("MGET: %s", r)
		return nil
	}
	has, gets := intOr0(r.Elems[0]), intOr0(r.Elems[1])
	amount := 1 + t.rand.Int64N(20)
	if amount > has {
		amount = has
	}
	tx := request{exec: true, commands: [][]string{{"SET", accountKey(from), strconv.FormatInt(has-amount, 10)},
		{"SET", accountKey(to), strconv.FormatInt(gets+amount, 10)}, {"INCR", t.countKey()}}}
	t.sent++
	if err := conn.Write(tx.append(buf[:0])); err != nil {
		return err
	}
	reply, err := tx.read(conn)
	switch {
	case err != nil:
		return err
	case reply.Null:
		t.sent--
		b.conflicts.Add(1)
	case len(reply.Elems) == 3 && intOr0(reply.Elems[2]) == t.sent:
		t.acked++
		b.moved.Add(1)
	default:
		b.fault("EXEC: %s, and the count should be %d", reply, t.sent)
	}
	return nil
}
