package hostile

import (
	"os"
	"strconv"
	"testing"
	"time"

	"radish/test/harness"
)

func TestMain(m *testing.M) { os.Exit(harness.Main(m)) }

const (
	// patience is how long somebody else's PING may take at most. Machines that run tests are noisy.
	patience = 250 * time.Millisecond
	// settle is how long it may take until all is as before.
	settle = 15 * time.Second

	mb = 1 << 20
)

// victim is a server under attack, with what it was like before.
type victim struct {
	*harness.Server
	admin *harness.Conn
	used  int64 // used_memory
	rss   int64
}

// start starts a server and looks at it.
func start(t *testing.T, options ...string) *victim {
	v := &victim{Server: harness.Start(t, harness.Radish(t), options...)}
	v.admin = v.Conn(t)
	v.admin.Ok("PING")
	v.used = v.admin.InfoInt("used_memory")
	v.rss, _ = v.Memory()
	return v
}

// attack runs f while a bystander's PING is timed, and then checks that the server is as it was.
func (v *victim) attack(t *testing.T, f func()) {
	t.Helper()
	probe := harness.StartProbe(t, v.Server)
	f()
	probe.CheckStop(t, patience)
	v.checkAfter(t)
}

// checkAfter checks that the server lives, and comes back to the connections and the memory of before,
// but for what the Go runtime and the allocator keep for a while.
func (v *victim) checkAfter(t *testing.T) {
	t.Helper()
	const usedSlack, rssSlack = 2 * mb, 128 * mb
	if !v.Alive() {
		t.Fatal("the server is gone")
	}
	v.admin.Ok("FLUSHALL", "SYNC")
	var clients, used, rss int64
	for end := time.Now().Add(settle); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		clients, used = v.admin.InfoInt("connected_clients"), v.admin.InfoInt("used_memory")
		rss, _ = v.Memory()
		// One is this connection; the probe's may not be closed yet.
		if clients <= 2 && used <= v.used+usedSlack && rss <= v.rss+rssSlack {
			return
		}
	}
	t.Errorf("%v later: connected_clients %d; used_memory %d MB, at the start %d; resident %d MB, at the start %d",
		settle, clients, used/mb, v.used/mb, rss/mb, v.rss/mb)
}

// checkGrowth fails if the server has taken more than limit bytes since the start.
func (v *victim) checkGrowth(t *testing.T, limit int64) {
	t.Helper()
	rss, peak := v.Memory()
	t.Logf("resident: %d MB at the start, %d MB now, %d MB at most", v.rss/mb, rss/mb, peak/mb)
	if peak-v.rss > limit {
		t.Errorf("the server grew by %d MB (limit %d)", (peak-v.rss)/mb, limit/mb)
	}
}

// waitFor waits until INFO says so.
func (v *victim) waitFor(t *testing.T, field string, ok func(int64) bool) {
	t.Helper()
	for end := time.Now().Add(settle); !ok(v.admin.InfoInt(field)); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s is %s after %v", field, v.admin.Info(field), settle)
		}
	}
}

func bulk(s string) string { return "$" + strconv.Itoa(len(s)) + "\r\n" + s + "\r\n" }
