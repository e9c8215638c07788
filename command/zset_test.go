package command

import (
	"fmt"
	"strings"
	"testing"

	"radish/resp"
	"radish/store"
)

// addMany adds n members m0, m1, … with scores 0, 1, … to a sorted set.
func (h *harness) addMany(key string, n int) {
	h.t.Helper()
	args := []string{"zadd", key}
	for i := range n {
		args = append(args, fmt.Sprint(i), fmt.Sprintf("m%d", i))
		if len(args) > 2000 || i == n-1 {
			h.run(args...)
			args = args[:2]
		}
	}
	h.ev = nil
}

// small and big sorted sets alike.
func eachEncoding(t *testing.T, f func(t *testing.T, h *harness)) {
	for name, limit := range map[string]int{"listpack": 128, "skiplist": 0} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			h.store.SetLimits(store.Limits{ZSetMaxListpackEntries: limit, ZSetMaxListpackValue: 64})
			h.run("zadd", "probe", "1", "a")
			h.want("object encoding probe", fmt.Sprintf("$8 %s", name))
			h.run("del", "probe")
			h.ev = nil
			f(t, h)
		})
	}
}

func TestZSetWrongType(t *testing.T) {
	h := newHarness(t)
	h.run("set", "s", "x")
	for _, line := range []string{
		"zadd s 1 a", "zincrby s 1 a", "zrem s a", "zcard s", "zscore s a", "zmscore s a", "zrank s a", "zrevrank s a", "zcount s 1 2", "zlexcount s - +",
		"zrange s 0 1", "zrangestore d s 0 1", "zrangebyscore s 1 2", "zrevrangebyscore s 2 1", "zrangebylex s - +", "zrevrangebylex s + -", "zrevrange s 0 1",
		"zremrangebyrank s 0 1", "zremrangebyscore s 1 2", "zremrangebylex s - +", "zpopmin s", "zpopmax s", "zmpop 1 s min", "zrandmember s",
		"zrandmember s 2", "zscan s 0", "zunion 1 s", "zinter 1 s", "zdiff 1 s", "zintercard 1 s", "zunionstore d 1 s", "zinterstore d 1 s",
		"zdiffstore d 1 s",
	} {
		h.want(line, "-"+string(ErrWrongType))
	}
	h.wantEvents("set s")
}

// runPrepared runs a command as a worker does that prepares it: Prepare, then Handler.
func (h *harness) runPrepared(line string) string {
	h.t.Helper()
	var args [][]byte
	for _, f := range strings.Fields(line) {
		args = append(args, []byte(f))
	}
	s := h.table.Resolve(args)
	w := &resp.Writer{Proto: h.proto}
	c := &Ctx{Args: args, Spec: s, Reply: w, Env: h.env, DB: h.store.DB(h.db, h.now), Keys: h.keys(s, args)}
	err := s.Prepare(c)
	if err == nil {
		if len(w.Buf) != 0 || c.Dirty != 0 || c.Prepared.Value == nil {
			h.t.Errorf("%s: Prepare replied %q, changed %d, left %v", line, w.Buf, c.Dirty, c.Prepared.Value)
		}
		err = s.Handler(c)
	}
	if err != nil {
		w.Buf = w.Buf[:0]
		w.Error(err.Error())
	}
	c.Prepared.Drop()
	return short(string(w.Buf))
}
