package persist

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"

	"radish/persist/rdb"
	"radish/store"
	"radish/store/intset"
	"radish/store/listpack"
)

// fillStore makes keys of every type and encoding, and returns what they hold, see word.
func fillStore(s *store.Store) map[string][]string {
	want := make(map[string][]string)
	for _, i := range []int{0, 3} {
		db := s.DB(i, testNow)
		put := func(name string, sorted bool, parts ...string) {
			if sorted {
				slices.Sort(parts)
			}
			want[fmt.Sprint(i, "/", name)] = parts
		}
		str := func(name string, v []byte, deadline int64) {
			db.SetString(db.Key([]byte(name)), v, deadline)
			put(fmt.Sprint(name, "@", deadline), false, string(v))
		}
		str("int", []byte("-123456789012"), 0)
		str("embstr", []byte("hello"), testNow+5)
		str("raw", bytes.Repeat([]byte("abc"), 700), 0)
		str("huge", bytes.Repeat([]byte("0123456789"), 300_000), testNow+7)
		for _, n := range []int{3, 300, 10_000} {
			var list, set, zset, ints, hash, ttl []string
			for j := range n {
				m := []byte(fmt.Sprintf("member:%d..........................", j))
				key := func(kind string) store.Key { return db.Key(fmt.Append(nil, kind, n)) }
				db.ListPush(key("list"), false, [][]byte{m})
				list = append(list, string(m))
				db.SetAdd(key("set"), m)
				set = append(set, string(m))
				db.SetAdd(key("ints"), fmt.Append(nil, j*j))
				ints = append(ints, fmt.Sprint(j*j))
				db.ZSetAdd(key("zset"), m, float64(j)/4)
				zset = append(zset, fmt.Sprint(string(m), "=", float64(j)/4))
				db.HashSet(key("hash"), m, []byte("value"))
				hash = append(hash, string(m)+"=value@0")
				db.HashSet(key("ttl"), m, m)
				ms := int64(0)
				if j%3 == 0 {
					ms = testNow + int64(j)
					h := db.OpenHash(key("ttl"))
					h.SetDeadline(m, ms)
				}
				ttl = append(ttl, fmt.Sprint(string(m), "=", string(m), "@", ms))
			}
			put(fmt.Sprint("list", n, "@0"), false, list...)
			put(fmt.Sprint("set", n, "@0"), true, set...)
			put(fmt.Sprint("ints", n, "@0"), true, ints...)
			put(fmt.Sprint("zset", n, "@0"), true, zset...)
			put(fmt.Sprint("hash", n, "@0"), true, hash...)
			put(fmt.Sprint("ttl", n, "@0"), true, ttl...)
		}
		// Fields that had deadlines once.
		h := db.OpenHash(db.Key([]byte("persisted")))
		h.Set([]byte("f"), []byte("v"))
		h.SetDeadline([]byte("f"), testNow+1)
		h.SetDeadline([]byte("f"), 0)
		put("persisted@0", false, "f=v@0")
	}
	return want
}

// partsSink collects the parts of a value as words.
type partsSink struct {
	parts  []string
	sorted bool
	joined bool
}

func (p *partsSink) String(s []byte) error {
	*p = partsSink{parts: []string{string(s)}}
	return nil
}

func (p *partsSink) Begin(shape rdb.Shape, _ uint64) error {
	*p = partsSink{sorted: shape >= rdb.ShapeSet, joined: shape == rdb.ShapeString}
	return nil
}

func (p *partsSink) Element(s []byte) error {
	p.parts = append(p.parts, string(s))
	return nil
}

func (p *partsSink) Scored(m []byte, score float64) error {
	return p.Element(fmt.Append(nil, string(m), "=", score))
}

func (p *partsSink) Field(f, v []byte, ms int64) error {
	return p.Element(fmt.Append(nil, string(f), "=", string(v), "@", ms))
}

func (p *partsSink) Block(kind rdb.BlockKind, b []byte) error {
	if kind == rdb.BlockIntset {
		*p = partsSink{sorted: true}
		for i := range intset.Len(b) {
			p.parts = append(p.parts, fmt.Sprint(intset.At(b, i)))
		}
		return nil
	}
	var words []string
	var scratch [24]byte
	for off := listpack.First(b); off >= 0; off = listpack.Next(b, off) {
		words = append(words, string(listpack.Bytes(b, off, &scratch)))
	}
	if kind == rdb.BlockNode {
		p.parts = append(p.parts, words...)
		return nil
	}
	*p = partsSink{sorted: true}
	for len(words) > 0 {
		switch kind {
		case rdb.BlockSet:
			p.parts, words = append(p.parts, words[0]), words[1:]
		case rdb.BlockZSet:
			p.parts, words = append(p.parts, words[0]+"="+words[1]), words[2:]
		case rdb.BlockHash:
			p.parts, words = append(p.parts, words[0]+"="+words[1]+"@0"), words[2:]
		default:
			p.parts, words = append(p.parts, words[0]+"="+words[1]+"@"+words[2]), words[3:]
		}
	}
	return nil
}

func (p *partsSink) take() []string {
	if p.joined {
		var b bytes.Buffer
		for _, s := range p.parts {
			b.WriteString(s)
		}
		p.parts = []string{b.String()}
	}
	if p.sorted {
		slices.Sort(p.parts)
	}
	return p.parts
}

// readFile is what the keys of a file hold.
func readFile(t *testing.T, file []byte) (got map[string][]string, version int) {
	t.Helper()
	sc, err := rdb.NewScanner(bytes.NewReader(file), true)
	if err != nil {
		t.Fatal(err)
	}
	got = make(map[string][]string)
	var batch rdb.Batch
	var d rdb.Decoder
	d.Deep = true
	var sink partsSink
	for {
		if err := sc.Next(&batch); errors.Is(err, io.EOF) {
			return got, sc.Version()
		} else if err != nil {
			t.Fatal(err)
		}
		for i := range batch.Records {
			r := &batch.Records[i]
			var key, value []byte
			var offset int64
			if batch.Big {
				if key, err = sc.Key(); err == nil {
					err = sc.Decode(&d, &sink)
				}
			} else if key, value, offset, err = r.Key(nil); err == nil {
				err = d.Decode(r.Type, value, offset, &sink)
			}
			if err != nil {
				t.Fatalf("%s: %v", key, err)
			}
			name := fmt.Sprint(r.DB, "/", string(key), "@", r.DeadlineMs)
			if got[name] != nil {
				t.Errorf("%s is there twice", name)
			}
			got[name] = slices.Clone(sink.take())
		}
		batch.Release()
	}
}

func compareFile(t *testing.T, file []byte, want map[string][]string) {
	t.Helper()
	got, _ := readFile(t, file)
	for name, w := range want {
		if !slices.Equal(got[name], w) {
			t.Errorf("%s: %d parts, not %d", name, len(got[name]), len(w))
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d keys, not %d", len(got), len(want))
	}
}

func TestWriteRDB(t *testing.T) {
	s := newStore(t)
	want := fillStore(s)
	for _, o := range []RDBOptions{{}, {Compress: true, Checksum: true}, {Compress: true, Access: IdleTime, NowMs: testNow + 90_000}, {Access: AccessFreq}} {
		sn, err := s.BeginSnapshot(false, nil)
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := WriteRDB(&file, sn, o, nil); err != nil {
			t.Fatal(err)
		}
		compareFile(t, file.Bytes(), want)
		if _, version := readFile(t, file.Bytes()); version != rdb.VersionFields {
			t.Errorf("version %d for fields with deadlines", version)
		}
	}
}

func TestLowestVersion(t *testing.T) {
	s := newStore(t)
	db := s.DB(1, testNow)
	db.SetAdd(db.Key([]byte("set")), []byte("member"))
	sn, err := s.BeginSnapshot(false, nil)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := WriteRDB(&file, sn, RDBOptions{Checksum: true}, nil); err != nil {
		t.Fatal(err)
	}
	got, version := readFile(t, file.Bytes())
	if version != rdb.Version || !slices.Equal(got["1/set@0"], []string{"member"}) {
		t.Fatalf("version %d: %v", version, got)
	}
}

// Writers save keys of several databases in between.
func TestWriteRDBBesideCommands(t *testing.T) {
	s := newStore(t)
	want := fillStore(s)
	for i := range 4 {
		db := s.DB(i, testNow)
		for j := range 3000 {
			name := fmt.Sprint("k", j)
			db.SetString(db.Key([]byte(name)), []byte("old"), 0)
			want[fmt.Sprint(i, "/", name, "@0")] = []string{"old"}
		}
	}
	sn, err := s.BeginSnapshot(false, nil)
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	n := 0
	err = WriteRDB(&file, sn, RDBOptions{Compress: true}, func(bool) error {
		for range 50 {
			db := s.DB(n%4, testNow)
			k := db.Key(fmt.Append(nil, "k", n%3000))
			s.Lock(s.ShardOf(k.H))
			db.SetString(k, []byte("new"), testNow+1)
			s.Unlock(s.ShardOf(k.H))
			n += 7
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	compareFile(t, file.Bytes(), want)
}
