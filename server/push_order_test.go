package server

import (
	"io"
	"strings"
	"testing"
	"time"
)

// orderStep is something that one client sends, in one piece, and what each client gets then, with a space for each line break. $1 is the id of client 1. from
// -1: time passes.
type orderStep struct {
	from int
	text string
	want []string
}

// pushOrder is what Redis 7.2.6 sends, byte for byte. All clients use RESP3; notify-keyspace-events is KEA.
var pushOrder = []struct {
	name    string
	clients int
	steps   []orderStep
}{
	{"own changes come behind messages", 1, []orderStep{
		{0, "CLIENT TRACKING ON", []string{"+OK "}},
		{0, "PSUBSCRIBE __key*", []string{">3 $10 psubscribe $6 __key* :1 "}},
		{0, "GET k", []string{"_ "}},
		{0, "SET k 1", []string{"+OK >4 $8 pmessage $6 __key* $16 __keyspace@0__:k $3 set >4 $8 pmessage $6 __key* $18 __keyevent@0__:set $1 k >2 $10 invalidate *1 $1 k "}},
		{0, "GET k\nSET k 2\nGET k\nDEL k", []string{"$1 1 +OK >4 $8 pmessage $6 __key* $16 __keyspace@0__:k $3 set >4 $8 pmessage $6 __key* $18 __keyevent@0__:set $1 k >2 $10 invalidate *1 $1 k $1 2 :1 >4 $8 pmessage $6 __key* $16 __keyspace@0__:k $3 del >4 $8 pmessage $6 __key* $18 __keyevent@0__:del $1 k >2 $10 invalidate *1 $1 k "}},
	}},
	{"own changes, NOLOOP", 1, []orderStep{
		{0, "CLIENT TRACKING ON NOLOOP", []string{"+OK "}},
		{0, "PSUBSCRIBE __keyevent*", []string{">3 $10 psubscribe $11 __keyevent* :1 "}},
		{0, "GET k", []string{"_ "}},
		{0, "SET k 1\nGET k", []string{"+OK >4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:set $1 k $1 1 "}},
	}},
	{"own changes in a transaction", 1, []orderStep{
		{0, "CLIENT TRACKING ON", []string{"+OK "}},
		{0, "PSUBSCRIBE __keyevent*\nSUBSCRIBE ch", []string{">3 $10 psubscribe $11 __keyevent* :1 >3 $9 subscribe $2 ch :2 "}},
		{0, "MGET a b", []string{"*2 _ _ "}},
		{0, "MULTI\nSET a 1\nPUBLISH ch m\nGET b\nSET b 2\nEXEC\nPING", []string{"+OK +QUEUED +QUEUED +QUEUED +QUEUED *4 +OK :1 _ +OK >4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:set $1 a >3 $7 message $2 ch $1 m >4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:set $1 b >2 $10 invalidate *1 $1 a >2 $10 invalidate *1 $1 b +PONG "}},
	}},
	{"transaction that a worker runs", 1, []orderStep{
		{0, "CLIENT TRACKING ON", []string{"+OK "}},
		{0, "PSUBSCRIBE __keyevent*\nSUBSCRIBE ch", []string{">3 $10 psubscribe $11 __keyevent* :1 >3 $9 subscribe $2 ch :2 "}},
		{0, "MGET a b", []string{"*2 _ _ "}},
		{0, "MULTI\nSET a 1\nPUBSUB CHANNELS none\nPUBLISH ch m\nSET b 2\nEXEC", []string{"+OK +QUEUED +QUEUED +QUEUED +QUEUED *4 +OK *0 :1 +OK >4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:set $1 a >3 $7 message $2 ch $1 m >4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:set $1 b >2 $10 invalidate *1 $1 a >2 $10 invalidate *1 $1 b "}},
	}},
	{"tracking ends in the transaction that changes a key", 1, []orderStep{
		{0, "CLIENT TRACKING ON", []string{"+OK "}},
		{0, "GET a", []string{"_ "}},
		{0, "MULTI\nSET a 1\nCLIENT TRACKING OFF\nEXEC", []string{"+OK +QUEUED +QUEUED *2 +OK +OK >2 $10 invalidate *1 $1 a "}},
	}},
	{"flush in a transaction", 1, []orderStep{
		{0, "CLIENT TRACKING ON", []string{"+OK "}},
		{0, "PSUBSCRIBE __keyevent*", []string{">3 $10 psubscribe $11 __keyevent* :1 "}},
		{0, "MULTI\nFLUSHDB\nSADD s 1\nEXEC", []string{"+OK +QUEUED +QUEUED *2 +OK :1 >4 $8 pmessage $11 __keyevent* $19 __keyevent@0__:sadd $1 s >2 $10 invalidate _ "}},
	}},
	{"others hear at once", 2, []orderStep{
		{1, "CLIENT TRACKING ON", []string{"", "+OK "}},
		{1, "PSUBSCRIBE __keyevent*", []string{"", ">3 $10 psubscribe $11 __keyevent* :1 "}},
		{1, "MGET a b", []string{"", "*2 _ _ "}},
		{0, "MSET a 1 b 2", []string{"+OK ", ">2 $10 invalidate *1 $1 a >4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:set $1 a >2 $10 invalidate *1 $1 b >4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:set $1 b "}},
		{1, "GET a", []string{"", "$1 1 "}},
		{0, "FLUSHALL", []string{"+OK ", ">2 $10 invalidate _ "}},
	}},
	{"redirection to one that listens", 2, []orderStep{
		{0, "CLIENT TRACKING ON REDIRECT $1", []string{"+OK ", ""}},
		{1, "PSUBSCRIBE __keyevent*", []string{"", ">3 $10 psubscribe $11 __keyevent* :1 "}},
		{0, "GET k", []string{"_ ", ""}},
		{0, "SET k 1", []string{"+OK ", ">4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:set $1 k >2 $10 invalidate *1 $1 k "}},
		{0, "GET k", []string{"$1 1 ", ""}},
		{0, "MULTI\nINCR k\nSADD s 1\nEXEC", []string{"+OK +QUEUED +QUEUED *2 :2 :1 ", ">4 $8 pmessage $11 __keyevent* $21 __keyevent@0__:incrby $1 k >4 $8 pmessage $11 __keyevent* $19 __keyevent@0__:sadd $1 s >2 $10 invalidate *1 $1 k "}},
	}},
	{"broadcast at the end of the turn", 1, []orderStep{
		{0, "CLIENT TRACKING ON BCAST PREFIX b PREFIX a", []string{"+OK "}},
		{0, "PSUBSCRIBE __keyevent*", []string{">3 $10 psubscribe $11 __keyevent* :1 "}},
		{0, "SET a1 1\nSET c 1\nSET b2 1\nSET a0 1\nSET a1 2", []string{"+OK >4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:set $2 a1 +OK >4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:set $1 c +OK >4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:set $2 b2 +OK >4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:set $2 a0 +OK >4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:set $2 a1 >2 $10 invalidate *2 $2 a0 $2 a1 >2 $10 invalidate *1 $2 b2 "}},
	}},
	{"broadcast of a transaction that a worker runs", 2, []orderStep{
		{0, "CLIENT TRACKING ON BCAST", []string{"+OK ", ""}},
		{0, "PSUBSCRIBE __keyevent*", []string{">3 $10 psubscribe $11 __keyevent* :1 ", ""}},
		{1, "CLIENT TRACKING ON BCAST NOLOOP", []string{"", "+OK "}},
		{0, "MULTI\nSET b 1\nPUBSUB CHANNELS none\nSET a 2\nSET b 2\nEXEC", []string{"+OK +QUEUED +QUEUED +QUEUED +QUEUED *4 +OK *0 +OK +OK >4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:set $1 b >4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:set $1 a >4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:set $1 b >2 $10 invalidate *2 $1 a $1 b ", ">2 $10 invalidate *2 $1 a $1 b "}},
		{1, "SET c 1", []string{">4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:set $1 c >2 $10 invalidate *1 $1 c ", "+OK "}},
	}},
	{"messages before and after the reply of one who waited", 2, []orderStep{
		{0, "PSUBSCRIBE __keyevent*", []string{">3 $10 psubscribe $11 __keyevent* :1 ", ""}},
		{0, "BLMOVE a b LEFT RIGHT 0", []string{"", ""}},
		{1, "RPUSH a 1 2", []string{">4 $8 pmessage $11 __keyevent* $20 __keyevent@0__:rpush $1 a $1 1 >4 $8 pmessage $11 __keyevent* $20 __keyevent@0__:rpush $1 b >4 $8 pmessage $11 __keyevent* $19 __keyevent@0__:lpop $1 a ", ":2 "}},
	}},
	{"one who waited and has read the key", 2, []orderStep{
		{0, "CLIENT TRACKING ON", []string{"+OK ", ""}},
		{0, "PSUBSCRIBE __keyevent*", []string{">3 $10 psubscribe $11 __keyevent* :1 ", ""}},
		{0, "LRANGE a 0 -1\nLRANGE b 0 -1", []string{"*0 *0 ", ""}},
		{0, "BLMOVE a b LEFT RIGHT 0", []string{"", ""}},
		{1, "RPUSH a 1", []string{">2 $10 invalidate *1 $1 a >4 $8 pmessage $11 __keyevent* $20 __keyevent@0__:rpush $1 a $1 1 >2 $10 invalidate *1 $1 b >4 $8 pmessage $11 __keyevent* $20 __keyevent@0__:rpush $1 b >4 $8 pmessage $11 __keyevent* $19 __keyevent@0__:lpop $1 a >4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:del $1 a ", ":1 "}},
	}},
	{"one who waited with messages of a channel", 2, []orderStep{
		{0, "SUBSCRIBE ch", []string{">3 $9 subscribe $2 ch :1 ", ""}},
		{0, "BLPOP a 0\nPING", []string{"", ""}},
		{1, "PUBLISH ch 1\nPUBLISH ch 2", []string{">3 $7 message $2 ch $1 1 >3 $7 message $2 ch $1 2 ", ":1 :1 "}},
		{1, "MULTI\nPUBLISH ch 3\nRPUSH a 1\nPUBLISH ch 4\nEXEC", []string{">3 $7 message $2 ch $1 3 >3 $7 message $2 ch $1 4 *2 $1 a $1 1 +PONG ", "+OK +QUEUED +QUEUED +QUEUED *3 :1 :1 :1 "}},
		{1, "PUBLISH ch 5", []string{">3 $7 message $2 ch $1 5 ", ":1 "}},
	}},
	{"two who wait, of which one pushes for the other", 3, []orderStep{
		{0, "PSUBSCRIBE __keyevent*", []string{">3 $10 psubscribe $11 __keyevent* :1 ", "", ""}},
		{1, "PSUBSCRIBE __keyevent*", []string{"", ">3 $10 psubscribe $11 __keyevent* :1 ", ""}},
		{1, "BLPOP b 0", []string{"", "", ""}},
		{0, "BLMOVE a b LEFT RIGHT 0", []string{"", "", ""}},
		{2, "RPUSH a 1", []string{">4 $8 pmessage $11 __keyevent* $20 __keyevent@0__:rpush $1 a $1 1 >4 $8 pmessage $11 __keyevent* $20 __keyevent@0__:rpush $1 b >4 $8 pmessage $11 __keyevent* $19 __keyevent@0__:lpop $1 a >4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:del $1 a >4 $8 pmessage $11 __keyevent* $19 __keyevent@0__:lpop $1 b >4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:del $1 b ", ">4 $8 pmessage $11 __keyevent* $20 __keyevent@0__:rpush $1 a >4 $8 pmessage $11 __keyevent* $20 __keyevent@0__:rpush $1 b >4 $8 pmessage $11 __keyevent* $19 __keyevent@0__:lpop $1 a >4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:del $1 a *2 $1 b $1 1 >4 $8 pmessage $11 __keyevent* $19 __keyevent@0__:lpop $1 b >4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:del $1 b ", ":1 "}},
	}},
	{"broadcast of what one who waited changes", 2, []orderStep{
		{0, "CLIENT TRACKING ON BCAST NOLOOP", []string{"+OK ", ""}},
		{1, "CLIENT TRACKING ON BCAST", []string{"", "+OK "}},
		{0, "BLPOP a 0", []string{"", ""}},
		{1, "RPUSH a 1", []string{"*2 $1 a $1 1 ", ":1 >2 $10 invalidate *1 $1 a "}},
		{0, "BLPOP a 0", []string{"", ""}},
		{1, "RPUSH a 1 2", []string{"*2 $1 a $1 1 ", ":2 >2 $10 invalidate *1 $1 a "}},
	}},
	{"RESP3 client that publishes to itself", 1, []orderStep{
		{0, "SUBSCRIBE ch", []string{">3 $9 subscribe $2 ch :1 "}},
		{0, "PUBLISH ch 1\nPING\nPUBLISH ch 2", []string{":1 >3 $7 message $2 ch $1 1 +PONG :1 >3 $7 message $2 ch $1 2 "}},
		{0, "MULTI\nPUBLISH ch 3\nSUBSCRIBE d\nPUBLISH d 4\nEXEC\nPING", []string{"+OK +QUEUED +QUEUED +QUEUED *3 :1 >3 $9 subscribe $1 d :2 :1 >3 $7 message $2 ch $1 3 >3 $7 message $1 d $1 4 +PONG "}},
	}},
	{"own changes come before what serving others brings", 2, []orderStep{
		{0, "CLIENT TRACKING ON", []string{"+OK ", ""}},
		{0, "PSUBSCRIBE __keyevent*", []string{">3 $10 psubscribe $11 __keyevent* :1 ", ""}},
		{0, "LLEN l\nGET k", []string{":0 _ ", ""}},
		{1, "BLPOP l 0", []string{"", ""}},
		{0, "RPUSH l 1", []string{":1 >4 $8 pmessage $11 __keyevent* $20 __keyevent@0__:rpush $1 l >2 $10 invalidate *1 $1 l >4 $8 pmessage $11 __keyevent* $19 __keyevent@0__:lpop $1 l >4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:del $1 l ", "*2 $1 l $1 1 "}},
		{1, "BLPOP l 0", []string{"", ""}},
		{0, "MULTI\nSET k 1\nRPUSH l 1\nEXEC", []string{"+OK +QUEUED +QUEUED *2 +OK :1 >4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:set $1 k >4 $8 pmessage $11 __keyevent* $20 __keyevent@0__:rpush $1 l >2 $10 invalidate *1 $1 k >4 $8 pmessage $11 __keyevent* $19 __keyevent@0__:lpop $1 l >4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:del $1 l ", "*2 $1 l $1 1 "}},
	}},
	{"one who waits is told of others' keys before it is served", 2, []orderStep{
		{0, "CLIENT TRACKING ON REDIRECT $1", []string{"+OK ", ""}},
		{0, "LLEN l", []string{":0 ", ""}},
		{1, "BLPOP l 0", []string{"", ""}},
		{0, "RPUSH l 1", []string{":1 ", ">2 $10 invalidate *1 $1 l *2 $1 l $1 1 "}},
		{0, "GET k", []string{"_ ", ""}},
		{1, "BLPOP l 0", []string{"", ""}},
		{0, "MULTI\nSET k 1\nRPUSH l 1\nEXEC", []string{"+OK +QUEUED +QUEUED *2 +OK :1 ", ">2 $10 invalidate *1 $1 k *2 $1 l $1 1 "}},
	}},
	{"CLIENT CACHING ends with a command that waits", 2, []orderStep{
		{0, "CLIENT TRACKING ON OPTIN", []string{"+OK ", ""}},
		{0, "CLIENT CACHING YES", []string{"+OK ", ""}},
		{0, "BLPOP l 0", []string{"", ""}},
		{1, "RPUSH l 1", []string{"*2 $1 l $1 1 ", ":1 "}},
		{0, "LLEN l", []string{":0 ", ""}},
		{1, "RPUSH l 1", []string{"", ":1 "}},
	}},
	{"lapsed key", 2, []orderStep{
		{1, "DEBUG SET-ACTIVE-EXPIRE 0", []string{"", "+OK "}},
		{0, "CLIENT TRACKING ON", []string{"+OK ", ""}},
		{0, "PSUBSCRIBE __keyevent*", []string{">3 $10 psubscribe $11 __keyevent* :1 ", ""}},
		{1, "SET k 1 PX 30", []string{">4 $8 pmessage $11 __keyevent* $18 __keyevent@0__:set $1 k >4 $8 pmessage $11 __keyevent* $21 __keyevent@0__:expire $1 k ", "+OK "}},
		{0, "GET k", []string{"$1 1 ", ""}},
		{-1, "", nil},
		{1, "GET k", []string{">4 $8 pmessage $11 __keyevent* $22 __keyevent@0__:expired $1 k >2 $10 invalidate *1 $1 k ", "_ "}},
	}},
}

// TestOrderOfPushes compares the order in which replies, messages and what client-side caching is told come on one connection.
func TestOrderOfPushes(t *testing.T) {
	for _, c := range pushOrder {
		t.Run(c.name, func(t *testing.T) {
			s, addr := startServer(t, "--notify-keyspace-events", "KEA", "--enable-debug-command", "yes")
			clients := make([]*wire, c.clients)
			for i := range clients {
				clients[i] = dial(t, addr)
				clients[i].do("HELLO 3")
			}
			id := clients[len(clients)-1].id()
			for _, step := range c.steps {
				if step.from < 0 {
					time.Sleep(50 * time.Millisecond)
					continue
				}
				blocked := s.blocked.Load()
				clients[step.from].send(strings.Split(strings.ReplaceAll(step.text, "$1", id), "\n")...)
				for i, w := range clients {
					raw := strings.ReplaceAll(step.want[i], " ", "\r\n")
					got := make([]byte, len(raw))
					if n, err := io.ReadFull(w.r, got); err != nil {
						t.Fatalf("client %d after %q: %v, got %q", i, step.text, err, got[:n])
					}
					if shown := strings.ReplaceAll(string(got), "\r\n", " "); shown != step.want[i] {
						t.Fatalf("client %d after %q:\n got %s\nwant %s", i, step.text, shown, step.want[i])
					}
				}
				if strings.HasPrefix(step.text, "BL") { // none finds what it waits for at once
					eventually(t, "the client waits", func() bool { return s.blocked.Load() > blocked })
				}
			}
			for i, w := range clients {
				if !w.quietFor(5 * time.Millisecond) {
					t.Errorf("client %d gets more", i)
				}
			}
		})
	}
}

// othersOrder is what Redis 7.2.6 sends to a client that caches k and j and listens to their events, when another runs the command: INV k is the
// invalidation of k.
var othersOrder = []struct{ setup, cmd, want string }{
	{"SET k a", "SET k b", "INV k, set k"},
	{"SET k a", "DEL k", "INV k, del k"},
	{"SET k a", "RENAME k j", "INV k, INV j, rename_from k, rename_to j"},
	{"RPUSH k a b", "LPOP k", "lpop k, INV k"},
	{"RPUSH k a", "LPOP k 2", "lpop k, del k, INV k"},
	{"RPUSH k a", "LMPOP 1 k RIGHT", "rpop k, del k, INV k"},
	{"RPUSH k a", "BLPOP k 0", "lpop k, del k, INV k"},
	{"RPUSH k a", "BLMOVE k j LEFT LEFT 0", "INV j, lpush j, lpop k, del k, INV k"},
	{"RPUSH k a b", "LTRIM k 5 6", "ltrim k, del k, INV k"},
	{"RPUSH k a", "LREM k 0 a", "INV k, lrem k, del k"},
	{"SADD k a", "SREM k a", "INV k, srem k, del k"},
	{"SADD k a", "SPOP k", "spop k, del k, INV k"},
	{"SADD k a b", "SPOP k 2", "spop k, del k, INV k"},
	{"SADD k a", "SMOVE k j a", "srem k, del k, INV k, INV j, sadd j"},
	{"ZADD k 1 a", "ZREM k a", "zrem k, del k, INV k"},
	{"ZADD k 1 a", "ZREMRANGEBYRANK k 0 0", "INV k, zremrangebyrank k, del k"},
	{"ZADD k 1 a", "ZPOPMIN k", "zpopmin k, INV k, del k"},
	{"ZADD k 1 a", "BZPOPMAX k 0", "zpopmax k, INV k, del k"},
	{"HSET k f v", "HDEL k f", "INV k, hdel k, del k"},
}

func TestOrderForOthersPerCommand(t *testing.T) {
	_, addr := startServer(t, "--notify-keyspace-events", "KEA")
	w := dial(t, addr)
	for _, c := range othersOrder {
		w.do("FLUSHALL")
		w.do(c.setup)
		other := dial(t, addr)
		for _, line := range []string{"HELLO 3", "SUBSCRIBE end", "PSUBSCRIBE __keyevent*", "CLIENT TRACKING ON", "EXISTS k j"} {
			other.do(line)
		}
		w.do(c.cmd)
		w.do("PUBLISH end x")
		var got []string
		for {
			m := strings.Fields(other.reply())
			key := m[len(m)-1]
			if strings.Contains(m[2], "message") && m[4] == "end" {
				break
			}
			if m[2] == "invalidate" {
				got = append(got, "INV "+key)
			} else {
				_, event, _ := strings.Cut(m[len(m)-3], ":")
				got = append(got, event+" "+key)
			}
		}
		want(t, c.setup+"; "+c.cmd, strings.Join(got, ", "), c.want)
		other.nc.Close()
	}
}
