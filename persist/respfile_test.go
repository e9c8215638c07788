package persist

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"

	"radish/internal/num"
	"radish/persist/aof"
	"radish/persist/fsys/fsystest"
	"radish/store"
)

// begin is a snapshot of this moment.
func begin(t testing.TB, s *store.Store) *store.Snapshot {
	t.Helper()
	sn, err := s.BeginSnapshot(false)
	if err != nil {
		t.Fatal(err)
	}
	return sn
}

func writeRESP(t *testing.T, s *store.Store, o RESPOptions) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := WriteRESP(&file, begin(t, s), o, nil); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// loadBase has package aof load a base in RESP form into a store.
func loadBase(t *testing.T, base []byte) *store.Store {
	t.Helper()
	to := newStore(t)
	disk := fsystest.NewMem()
	disk.WriteFile("appendonlydir/appendonly.aof.1.base.aof", base)
	disk.WriteFile("appendonlydir/appendonly.aof.manifest", []byte("file appendonly.aof.1.base.aof seq 1 type b\n"))
	l, err := aof.Open(aof.Options{FS: disk, Dir: "."})
	if err != nil {
		t.Fatal(err)
	}
	db := to.DB(0, testNow)
	outcome, err := l.Load(aof.Loading{Command: func(args [][]byte) error { return runCommand(to, &db, args) }})
	if err != nil || outcome != aof.Loaded {
		t.Fatal(outcome, err)
	}
	check(t, to)
	return to
}

// runCommand runs what a base has.
func runCommand(s *store.Store, db *store.DB, args [][]byte) error {
	name := string(args[0])
	if len(args) < 3 && name != "SELECT" || len(args) > 2+2*respItems {
		return fmt.Errorf("%q", args)
	}
	i, ok := num.ParseInt(args[len(args)-1])
	k := db.Key(args[1])
	bad := false
	switch name {
	case "SELECT":
		bad = !ok || len(args) != 2
		*db = s.DB(int(i), testNow)
	case "SET":
		db.SetString(k, args[2], 0)
	case "RPUSH":
		db.ListPush(k, false, args[2:])
	case "SADD":
		for _, m := range args[2:] {
			bad = !db.SetAdd(k, m) || bad
		}
	case "ZADD":
		for a := args[2:]; len(a) > 0; a = a[2:] {
			score, ok := num.ParseDouble(a[0])
			bad = !ok || !db.ZSetAdd(k, a[1], score) || bad
		}
	case "HMSET":
		for a := args[2:]; len(a) > 0; a = a[2:] {
			bad = !db.HashSet(k, a[0], a[1]) || bad
		}
	case "PEXPIREAT":
		bad = !ok || !db.SetDeadline(k, i)
	case "HPEXPIREAT":
		ms, ok := num.ParseInt(args[2])
		h := db.OpenHash(k)
		h.SetDeadline(args[5], ms)
		bad = !ok || string(args[3]) != "FIELDS" || string(args[4]) != "1"
	default:
		bad = true
	}
	if bad {
		return fmt.Errorf("%.200q", args)
	}
	return nil
}

func TestWriteRESP(t *testing.T) {
	for _, deadlines := range []bool{false, true} {
		s := newStore(t)
		fill(s, deadlines)
		for _, o := range []RESPOptions{{}, {UnixS: 1_700_000_000}} {
			base := writeRESP(t, s, o)
			if got := bytes.HasPrefix(base, []byte("#TS:1700000000\r\n*2\r\n$6\r\nSELECT\r\n")); got != (o.UnixS != 0) {
				t.Errorf("it begins with %.60q", base)
			}
			if got := bytes.Contains(base, []byte("HPEXPIREAT")); got != deadlines {
				t.Errorf("deadlines of fields: %v", got)
			}
			sameStores(t, s, loadBase(t, base))
		}
	}
}

// Every key, element and deadline of every kind of value comes back.
func TestWriteRESPWhole(t *testing.T) {
	s := newStore(t)
	want := fillStore(s)
	compareBase(t, writeRESP(t, s, RESPOptions{}), want)
}

// compareBase is compareFile for a base in RESP form.
func compareBase(t *testing.T, base []byte, want map[string][]string) {
	t.Helper()
	var file bytes.Buffer
	if err := WriteRDB(&file, begin(t, loadBase(t, base)), RDBOptions{}, nil); err != nil {
		t.Fatal(err)
	}
	compareFile(t, file.Bytes(), want)
}

// commandsText is commands as they stand in a file, from lines of words.
func commandsText(lines ...string) (text []byte) {
	for _, l := range lines {
		var args [][]byte
		for w := range strings.FieldsSeq(l) {
			args = append(args, []byte(w))
		}
		text = aof.AppendCommand(text, args...)
	}
	return text
}

func TestWriteRESPText(t *testing.T) {
	words := func(from, to int, each string) (line string) {
		for i := from; i < to; i++ {
			line += " " + strings.ReplaceAll(each, "N", fmt.Sprint(i))
		}
		return line
	}
	for i, c := range []struct {
		make func(db *store.DB, k store.Key)
		want []string
	}{
		{func(db *store.DB, k store.Key) { db.SetString(k, []byte("v"), 0) }, []string{"SET k v"}},
		{func(db *store.DB, k store.Key) { db.SetString(k, []byte("-12"), testNow+1) }, []string{"SET k -12", "PEXPIREAT k 1700000000001"}},
		{func(db *store.DB, k store.Key) { db.ListPush(k, false, [][]byte{[]byte("a"), []byte("-70000")}) }, []string{"RPUSH k a -70000"}},
		{func(db *store.DB, k store.Key) {
			for i := range 130 {
				db.ListPush(k, false, [][]byte{fmt.Append(nil, i)})
			}
		}, []string{"RPUSH k" + words(0, 64, "N"), "RPUSH k" + words(64, 128, "N"), "RPUSH k 128 129"}},
		{func(db *store.DB, k store.Key) {
			for i := range 64 {
				db.SetAdd(k, fmt.Append(nil, i-30))
			}
		}, []string{"SADD k" + words(-30, 34, "N")}},
		{func(db *store.DB, k store.Key) { db.SetAdd(k, []byte("a")); db.SetAdd(k, []byte("7")) }, []string{"SADD k a 7"}},
		{func(db *store.DB, k store.Key) {
			for m, score := range map[string]float64{"a": math.Inf(-1), "b": 0.1, "c": 3, "d": 1e300, "e": math.Inf(1)} {
				db.ZSetAdd(k, []byte(m), score)
			}
			db.SetDeadline(k, testNow+5)
		}, []string{"ZADD k -inf a 0.1 b 3 c 1e+300 d inf e", "PEXPIREAT k 1700000000005"}},
		{func(db *store.DB, k store.Key) {
			for i := range 65 {
				db.HashSet(k, fmt.Appendf(nil, "f%d", i), fmt.Append(nil, i))
			}
		}, []string{"HMSET k" + words(0, 64, "fN N"), "HMSET k f64 64"}},
		{func(db *store.DB, k store.Key) {
			db.HashSet(k, []byte("f"), []byte("1"))
			db.HashSet(k, []byte("5"), []byte("w"))
			h := db.OpenHash(k)
			h.SetDeadline([]byte("5"), testNow+9)
		}, []string{"HMSET k 5 w", "HPEXPIREAT k 1700000000009 FIELDS 1 5", "HMSET k f 1"}},
	} {
		s := newStore(t)
		db := s.DB(3, testNow)
		c.make(&db, db.Key([]byte("k")))
		want := commandsText(append([]string{"SELECT 3"}, c.want...)...)
		if got := writeRESP(t, s, RESPOptions{}); !bytes.Equal(got, want) {
			t.Errorf("%d:\n%q, want\n%q", i, got, want)
		}
	}
	if got := writeRESP(t, newStore(t), RESPOptions{}); len(got) > 0 {
		t.Errorf("without keys: %q", got)
	}
}

// A score comes back exactly, from either encoding.
func TestWriteRESPScores(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{100, 5000} {
		s := newStore(t)
		db := s.DB(0, testNow)
		k := db.Key([]byte("k"))
		special := []float64{0, math.Copysign(0, -1), math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(1), 1 << 53, 1e17, 123456789012345680000, 0.1, 1.0 / 3}
		for i := range n {
			f := math.Float64frombits(r.Uint64())
			if i < len(special) {
				f = special[i]
			}
			if f == f {
				db.ZSetAdd(k, fmt.Append(nil, "m", i), f)
			}
		}
		to := loadBase(t, writeRESP(t, s, RESPOptions{})).DB(0, testNow)
		a, b := db.Peek(k).ZAt(0, false), to.Peek(to.Key([]byte("k"))).ZAt(0, false)
		for ; a.Ok() && b.Ok(); a.Next() {
			if math.Float64bits(a.Score()) != math.Float64bits(b.Score()) || !bytes.Equal(a.Member(), b.Member()) {
				t.Fatalf("%v of %q became %v of %q", a.Score(), a.Member(), b.Score(), b.Member())
			}
			b.Next()
		}
		if a.Ok() || b.Ok() {
			t.Error("another number of members")
		}
	}
}

// Writers save keys of several databases in between.
func TestWriteRESPBesideCommands(t *testing.T) {
	s, old := newStore(t), newStore(t)
	for _, st := range []*store.Store{s, old} {
		fill(st, true)
		for i := range 4 {
			db := st.DB(i, testNow)
			for j := range 3000 {
				db.SetString(db.Key(fmt.Append(nil, "k", j)), []byte("old"), 0)
			}
		}
	}
	var file bytes.Buffer
	n := 0
	err := WriteRESP(&file, begin(t, s), RESPOptions{}, func(bool) error {
		for range 50 {
			db := s.DB(n%4, testNow)
			k, big := db.Key(fmt.Append(nil, "k", n%3000)), db.Key([]byte("quicklist:0"))
			s.Lock(s.ShardOf(k.H))
			db.SetString(k, []byte("new"), testNow+1)
			s.Unlock(s.ShardOf(k.H))
			s.Lock(s.ShardOf(big.H))
			db.ListPush(big, true, [][]byte{[]byte("new")})
			s.Unlock(s.ShardOf(big.H))
			n += 7
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sameStores(t, old, loadBase(t, file.Bytes()))
}

// writes remembers the longest, and fails at one.
type writes struct {
	n, longest, failAt int
	short              bool
}

func (w *writes) Write(p []byte) (int, error) {
	if w.n++; w.n == w.failAt {
		if w.short {
			return len(p) - 1, nil
		}
		return 0, syscall.ENOSPC
	}
	w.longest = max(w.longest, len(p))
	return len(p), nil
}

// Whatever write fails, that is the error, and there can be another snapshot. No value is put together.
func TestWriteRESPFails(t *testing.T) {
	s := newStore(t)
	fillStore(s)
	var all writes
	keys := 0
	if err := WriteRESP(&all, begin(t, s), RESPOptions{KeyDelay: func() { keys++ }}, nil); err != nil {
		t.Fatal(err)
	}
	if all.longest > 128<<10 || keys != 2*(4+3*6+1) {
		t.Errorf("%d bytes in one write, %d keys", all.longest, keys)
	}
	for i := 1; i <= all.n; i += 1 + all.n/12 {
		w := writes{failAt: i}
		if err := WriteRESP(&w, begin(t, s), RESPOptions{}, nil); !errors.Is(err, syscall.ENOSPC) || w.n != i {
			t.Fatalf("write %d: %v after %d", i, err, w.n)
		}
	}
	if err := WriteRESP(&writes{failAt: 1, short: true}, begin(t, s), RESPOptions{}, nil); !errors.Is(err, io.ErrShortWrite) {
		t.Error(err)
	}
	sn := begin(t, s)
	sn.Abort()
	if err := WriteRESP(io.Discard, sn, RESPOptions{}, nil); !errors.Is(err, store.ErrSnapshotAborted) {
		t.Error(err)
	}
}

func TestWriteRESPNoAllocation(t *testing.T) {
	s := newStore(t)
	fill(s, true)
	db := s.DB(0, testNow)
	sink := &respSink{o: &RESPOptions{}, db: -1, out: commandWriter{w: io.Discard, buf: make([]byte, 0, commandBuf)}}
	db.Walk(func(e store.Entry) bool {
		switch e.Encoding() {
		case store.EncQuicklist, store.EncHashtable, store.EncHashtableEx, store.EncSkiplist: // they come in parts
			return true
		}
		if n := testing.AllocsPerRun(3, func() { sink.Key(0, e) }); n > 0 {
			t.Errorf("%q (%v): %v allocations", e.Key(), e.Encoding(), n)
		}
		return true
	})
}

func BenchmarkWriteBase(b *testing.B) {
	s := newStore(b)
	db := s.DB(0, testNow)
	val := bytes.Repeat([]byte("x"), 100)
	const n = 200_000
	for i := range n {
		db.SetString(db.Key(fmt.Appendf(nil, "key:%012d", i)), val, 0)
	}
	for name, write := range map[string]func(*store.Snapshot) error{
		"RDB":  func(sn *store.Snapshot) error { return WriteRDB(io.Discard, sn, RDBOptions{Checksum: true}, nil) },
		"RESP": func(sn *store.Snapshot) error { return WriteRESP(io.Discard, sn, RESPOptions{}, nil) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := write(begin(b, s)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/key")
		})
	}
}
