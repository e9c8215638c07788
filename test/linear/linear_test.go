package linear

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"radish/test/harness"
)

func TestMain(m *testing.M) { os.Exit(harness.Main(m)) }

const (
	runs         = 60              // without RADISH_RUNS,
	runsLimit    = 3 * time.Second // if those of a server do not take longer
	opsPerClient = 25
	checkTimeout = time.Minute
)

// TestHistories checks histories of random runs, of a server without and with an append only file, for whose writes
// replies wait.
func TestHistories(t *testing.T) {
	n, seed := setting(t, "RADISH_RUNS", runs), setting(t, "RADISH_SEED", int(time.Now().UnixNano()&0xffffff))
	for _, c := range []struct {
		name    string
		share   int // of the runs
		options []string
	}{
		{"memory", 2, nil},
		{"everysec", 4, []string{"--appendonly", "yes", "--appendfsync", "everysec"}},
		{"always", 4, []string{"--appendonly", "yes", "--appendfsync", "always"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := harness.Start(t, harness.Radish(t), append([]string{"--io-threads", "4"}, c.options...)...)
			histories(t, server, (n+c.share-1)/c.share, seed)
		})
	}
}

// histories records and checks n runs.
func histories(t *testing.T, server *harness.Server, n, seed int) {
	t.Helper()
	t.Logf("%d runs, the first with RADISH_SEED=%d", n, seed)
	var total, slowest time.Duration
	aborted, executed := 0, 0
	limited, start := os.Getenv("RADISH_RUNS") == "", time.Now()
	for i := range n {
		if limited && time.Since(start) > runsLimit {
			t.Logf("ended after %d runs", i)
			break
		}
		history := record(t, server, uint64(seed+i))
		for _, op := range history {
			if op.Input.(Op).Name == "EXEC" && op.Output == "*(null)" {
				aborted++
			} else if op.Input.(Op).Name == "EXEC" {
				executed++
			}
		}
		begin := time.Now()
		check(t, history, seed+i)
		took := time.Since(begin)
		total, slowest = total+took, max(slowest, took)
		if t.Failed() {
			return
		}
	}
	t.Logf("EXEC: %d, of which %d failed because of WATCH; checking took %v, the slowest history %v", executed+aborted, aborted, total, slowest)
}

func setting(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// record lets the clients run on an empty server.
func record(t *testing.T, server *harness.Server, seed uint64) []porcupine.Operation {
	t.Helper()
	admin, err := harness.Dial(t, server.Addr)
	if err != nil {
		t.Fatal(err)
	}
	admin.Ok("FLUSHALL")
	admin.Close()
	var wg sync.WaitGroup
	begin := make(chan struct{})
	all := make([]*client, clients)
	errs := make([]error, clients)
	clock := time.Now()
	for i := range all {
		conn, err := harness.Dial(nil, server.Addr)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		all[i] = newClient(i, conn, seed)
		all[i].clock = clock
		wg.Go(func() {
			<-begin
			errs[i] = all[i].run(opsPerClient)
		})
	}
	close(begin)
	wg.Wait()
	var history []porcupine.Operation
	for i, c := range all {
		if errs[i] != nil {
			t.Fatalf("client %d: %v", i, errs[i])
		}
		history = append(history, c.history...)
	}
	return history
}

// check fails the test if the history is not linearizable, or too hard to check.
func check(t *testing.T, history []porcupine.Operation, seed int) {
	t.Helper()
	result, info := porcupine.CheckOperationsVerbose(Model(), history, checkTimeout)
	if result == porcupine.Ok {
		return
	}
	t.Errorf("seed %d: %s", seed, result)
	slices.SortStableFunc(history, func(a, b porcupine.Operation) int { return cmp.Compare(a.Call, b.Call) })
	var text strings.Builder
	for _, op := range history {
		fmt.Fprintf(&text, "%9.3f to %9.3f ms  client %d: %v -> %v\n", float64(op.Call)/1e6, float64(op.Return)/1e6, op.ClientId, op.Input, op.Output)
	}
	t.Log("\n" + text.String())
	page := filepath.Join(t.ArtifactDir(), fmt.Sprintf("history-%d.html", seed))
	if err := porcupine.VisualizePath(Model(), info, page); err != nil {
		t.Error(err)
	}
	t.Logf("%s, kept with go test -artifacts", page)
}
