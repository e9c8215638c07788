package rdb

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// key is a key of a file as a test sees it.
type key struct {
	db       int
	name     string
	t        Type
	value    string
	deadline int64
	idle     int64
	freq     int
}

func (k key) String() string {
	return fmt.Sprintf("%d %.80q %v %.300q (%d) deadline %d idle %d freq %d", k.db, k.name, k.t, k.value, len(k.value), k.deadline, k.idle, k.freq)
}

// readAll reads a file. Batches are released late, so that their memory is really their own.
func readAll(r io.Reader, setup func(s *Scanner)) (keys []key, version int, rest string, err error) {
	s, err := NewScanner(r, true)
	if err != nil {
		return nil, 0, "", err
	}
	if setup != nil {
		setup(s)
	}
	var d Decoder
	var held []*Batch
	for {
		b := new(Batch)
		if err = s.Next(b); err != nil {
			break
		}
		for i := range b.Records {
			k, err := readKey(s, b, &b.Records[i], &d)
			if err != nil {
				return keys, s.Version(), "", err
			}
			keys = append(keys, k)
		}
		if held = append(held, b); len(held) > 3 {
			held[0].Release()
			held = held[1:]
		}
	}
	if err == io.EOF {
		var left []byte
		left, err = io.ReadAll(s.Rest())
		rest = string(left)
	}
	return keys, s.Version(), rest, err
}

func readKey(s *Scanner, b *Batch, r *Record, d *Decoder) (key, error) {
	k := key{db: r.DB, t: r.Type, deadline: r.DeadlineMs, idle: r.IdleS, freq: r.Freq}
	var m memSink
	var err error
	if b.Big {
		name, err := s.Key()
		if err != nil {
			return k, err
		}
		k.name = string(name)
		err = s.Decode(d, &m)
		k.value = m.text()
		return k, err
	}
	name, value, offset, err := r.Key(new([]byte))
	if err != nil {
		return k, err
	}
	k.name = string(name)
	err = d.Decode(r.Type, value, offset, &m)
	k.value = m.text()
	return k, err
}

// file makes a file of keys, whose values are encoded already.
func file(keys []key, o WriterOptions) []byte {
	var buf bytes.Buffer
	w := NewWriter(&buf, o)
	e := Encoder{Compress: true}
	db := -1
	for _, k := range keys {
		if k.db != db {
			db = k.db
			w.Select(db, 3, 1)
		}
		info := KeyInfo{DeadlineMs: k.deadline, IdleS: k.idle, Freq: k.freq}
		w.Write(append(e.Key(nil, info, k.t, []byte(k.name)), k.value...))
	}
	w.Close()
	if w.Size() != int64(buf.Len()) {
		panic("size")
	}
	return buf.Bytes()
}

// sampleKeys are keys of all types, as they are in a file, and as they are read.
func sampleKeys() (in, want []key) {
	for i, v := range values {
		k := key{db: i / 10, name: fmt.Sprintf("key:%d", i), t: v.t, value: v.p, idle: -1, freq: -1}
		switch i % 5 {
		case 1:
			k.deadline = 1234567890123
		case 2:
			k.idle = 100000
		case 3:
			k.freq, k.deadline = 255, 1
			k.name = strings.Repeat("a long name ", 10)
		case 4:
			k.name = fmt.Sprint(i * 1000)
		}
		in = append(in, k)
		k.value = v.want
		want = append(want, k)
	}
	return in, want
}

func compare(t *testing.T, got, want []key) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d keys, want %d", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("key %d: %v\nwant %v", i, got[i], want[i])
		}
	}
}

func TestFile(t *testing.T) {
	in, want := sampleKeys()
	for _, sum := range []bool{true, false} {
		f := file(in, WriterOptions{Version: VersionFields, Checksum: sum, Aux: []Aux{{"redis-ver", "7.2.6"}, {"ctime", "1700000000"}}})
		if !bytes.HasPrefix(f, []byte("REDIS0012\xfa\x09redis-ver\x057.2.6\xfa\x05ctime\xc2\x00\xf1\x53\x65\xfe\x00\xfb\x03\x01")) {
			t.Fatalf("%q", f[:60])
		}
		for name, wrap := range map[string]func(io.Reader) io.Reader{"whole": nil, "bytes": iotest.OneByteReader, "eof": iotest.DataErrReader} {
			var log []string
			r := io.Reader(bytes.NewReader(append(f[:len(f):len(f)], "tail"...)))
			if wrap != nil {
				r = wrap(r)
			}
			got, version, rest, err := readAll(r, func(s *Scanner) {
				s.Aux = func(n, v []byte) { log = append(log, fmt.Sprintf("%s=%s", n, v)) }
				s.Selected = func(db uint64) error { log = append(log, fmt.Sprint("db ", db)); return nil }
				s.Resize = func(db int, k, e uint64) { log = append(log, fmt.Sprint(db, k, e)) }
			})
			if err != nil || version != VersionFields || rest != "tail" {
				t.Fatal(name, err, version, rest)
			}
			compare(t, got, want)
			if l := strings.Join(log, ","); l != "redis-ver=7.2.6,ctime=1700000000,db 0,0 3 1,db 1,1 3 1,db 2,2 3 1,db 3,3 3 1" {
				t.Fatal(name, l)
			}
		}
	}
}

// A file that ends anywhere is truncated there.
func TestTruncated(t *testing.T) {
	in, _ := sampleKeys()
	f := file(in, WriterOptions{Version: VersionFields, Checksum: true, Aux: []Aux{{"redis-ver", "7.2.6"}}})
	last := int64(0)
	for n := 0; n < len(f); n += 1 + n/5000*30 {
		_, _, _, err := readAll(bytes.NewReader(f[:n]), nil)
		var e *Error
		if !errors.Is(err, ErrTruncated) || !errors.As(err, &e) || e.Offset < last || e.Offset > int64(n) {
			t.Fatalf("%d bytes: %v", n, err)
		}
		last = e.Offset
	}
}

// An error of the reader is what the scanner returns.
func TestReadError(t *testing.T) {
	in, _ := sampleKeys()
	f := file(in, WriterOptions{Version: VersionFields})
	broken := errors.New("the disk is broken")
	_, _, _, err := readAll(io.MultiReader(bytes.NewReader(f[:500]), iotest.ErrReader(broken)), nil)
	if !errors.Is(err, broken) {
		t.Fatal(err)
	}
}

// Values that are not held in memory as a whole.
func TestBig(t *testing.T) {
	random := strings.Builder{}
	for i := 0; random.Len() < 8<<18; i++ {
		fmt.Fprintf(&random, "%x", i*i*i)
	}
	list, hash := "\x80\x00\x01\x40\x00", "\x80\x00\x00\x60\x00"
	wantList, wantHash := "list:", "hash:"
	var l, wl, h, wh strings.Builder
	for i := range 0x14000 {
		s := fmt.Sprintf("element %d", i)
		l.WriteString(str(s))
		fmt.Fprintf(&wl, " %s", s)
	}
	for i := range 0x6000 {
		f, v := fmt.Sprintf("field%06d", i), fmt.Sprintf("some value that is a bit longer %d", i)
		h.WriteString(str(f, v))
		fmt.Fprintf(&wh, " %s=%s", f, v)
	}
	wantList += wl.String()[1:]
	wantHash += wh.String()[1:]
	big := random.String()
	if len(packed(big)) <= maxCut {
		t.Fatal("a compressed string that is not big")
	}
	zeros := strings.Repeat("x", 1<<20) + big[:1000] + strings.Repeat("y", 1<<20)
	pairs := []struct {
		t       Type
		p, want string
	}{
		{TypeString, str("small"), "string:small"}, {TypeString, str(big), "string:" + big}, {TypeString, packed(zeros), "string:" + zeros},
		{TypeString, packed(big), "string:" + big}, {TypeList, list + l.String(), wantList}, {TypeHash, hash + h.String(), wantHash},
		{TypeList, "\x02" + str(big, big), "list:" + big + " " + big}, {TypeHash, "\x02" + str(big, "1", "2", big), "hash:" + big + "=1 2=" + big},
		{TypeQuicklist2, "\x02\x01" + str(big) + "\x02" + str(lp("a", big)), "list:" + big + " a " + big}, {TypeString, str("small"), "string:small"},
		{TypeHashListpack, str(lp("a", big)), "hash:a=" + big}, {TypeZSet2, "\x01" + str(big) + f64(1), "zset:" + big + "=1"},
	}
	var in, want []key
	for i, p := range pairs {
		k := key{name: fmt.Sprint("k", i), t: p.t, value: p.p, idle: -1, freq: 3, deadline: 5}
		if i == len(pairs)-1 || i == 0 {
			k.name = big
		}
		in = append(in, k)
		k.value = p.want
		want = append(want, k)
	}
	f := file(in, WriterOptions{Version: Version, Checksum: true, Aux: []Aux{{"big", big}}})
	for _, wrap := range []func(io.Reader) io.Reader{iotest.HalfReader, func(r io.Reader) io.Reader { return r }} {
		got, _, _, err := readAll(wrap(bytes.NewReader(f)), func(s *Scanner) {
			s.Aux = func(n, v []byte) {
				if string(n) != "big" || string(v) != big {
					t.Errorf("aux %q", n)
				}
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		compare(t, got, want)
	}
	for n := 1000; n < len(f); n += len(f)/12 + 7 {
		if _, _, _, err := readAll(bytes.NewReader(f[:n]), nil); !errors.Is(err, ErrTruncated) {
			t.Fatalf("%d bytes of %d: %v", n, len(f), err)
		}
	}
}

func TestRefused(t *testing.T) {
	const head = "REDIS0010"
	for _, c := range []struct {
		f    string
		kind error
		text string
	}{
		{"", ErrTruncated, "Unexpected EOF reading RDB file (offset 0)"},
		{"RIDES0010", ErrCorrupt, "Wrong signature trying to load DB from file (offset 9)"},
		{"REDIS0000\xff", ErrUnsupported, "Can't handle RDB format version 0 (offset 9)"},
		{"REDIS0013\xff", ErrUnsupported, "Can't handle RDB format version 13 (offset 9)"},
		{head + "\xf5\x12#!lua name=mylib\ncode", ErrUnsupported, `the function library "#!lua name=mylib" cannot be loaded (offset 9)`},
		{head + "\xf6\x00", ErrUnsupported, "Pre-release function format not supported (offset 9)"},
		{head + "\xf7\x81\x0c\x30\xc7\x38\x92\xcb\x39\x14", ErrUnsupported, `data of the module type "DDDHOJLLO" cannot be loaded (offset 9)`},
		{head + "\xfe\x00\x15\x04name", ErrUnsupported, `key "name" holds a stream (type 21), which cannot be loaded yet (offset 12)`},
		{head + "\x07\x04name", ErrUnsupported, `key "name" holds a module's value (type 7), which cannot be loaded yet (offset 10)`},
		{head + "\x08\x04name", ErrCorrupt, "Invalid object type: 8 (offset 10)"},
		{head + "\x1a\x04name", ErrCorrupt, "Invalid object type: 26 (offset 10)"},
		{head + "\xff12345678", ErrCorrupt, "RDB CRC error (offset 18)"},
		{head + "\x00\x82", ErrCorrupt, "Unknown length encoding 2 in rdbLoadLen() (offset 11)"},
		{head + "\x00\xc7", ErrCorrupt, "Unknown RDB string encoding type 7 (offset 11)"},
	} {
		_, _, _, err := readAll(strings.NewReader(c.f), nil)
		if !errors.Is(err, c.kind) || err.Error() != c.text {
			t.Errorf("%q: %v", c.f, err)
		}
	}
	stop := errors.New("no such database")
	_, _, _, err := readAll(strings.NewReader(head+"\xfe\x05\x00\x01a\x01b\xff"), func(s *Scanner) { s.Selected = func(uint64) error { return stop } })
	if err != stop {
		t.Error(err)
	}
}

// Old versions: no checksum, deadlines in seconds.
func TestOld(t *testing.T) {
	got, version, rest, err := readAll(strings.NewReader("REDIS0002\xfe\x01\xfd\x00\x00\x00\x40\x00\x01a\x01b\x00\x01c\x01d\xfc\xff\xff\xff\xff\xff\xff\xff\xff\x00\x01e\x01f"+
		"\xfd\xfe\xff\xff\xff\x00\x01g\x01h\xffrest"), nil)
	if err != nil || version != 2 || rest != "rest" {
		t.Fatal(err, version, rest)
	}
	compare(t, got, []key{{db: 1, name: "a", value: "string:b", deadline: 1 << 30 * 1000, idle: -1, freq: -1},
		{db: 1, name: "c", value: "string:d", idle: -1, freq: -1}, {db: 1, name: "e", value: "string:f", idle: -1, freq: -1},
		{db: 1, name: "g", value: "string:h", deadline: 1, idle: -1, freq: -1}})
}

// Keys before an error are there, and what was being read is told.
func TestDoing(t *testing.T) {
	const head = "REDIS0010"
	for _, c := range []struct {
		f    string
		keys int
		want string
	}{
		{head, 0, "read-type"}, {head + "\xfc", 0, "read-expire"}, {head + "\xfe", 0, "read-len"}, {head + "\xfb\x01", 0, "read-len"},
		{head + "\xfa\x01a", 0, "read-aux"}, {head + "\x00\x01a\x01b\xff", 1, "check-sum"}, {head + "\x00\x01a\x01b\x05\x02c", 1, "read-key zset-v2"},
		{head + "\x00\x01a\x01b\x05\x02cd\x07", 1, "read-object-value zset-v2 cd"}, {head + "\x00\x01a\x01b\x0f\x02cd\x07", 1, "read-object-value stream cd"},
		{head + "\xf5\x01", 0, "read-functions"}, {head + "\xf7\x01", 0, "read-module-aux"},
	} {
		s, err := NewScanner(strings.NewReader(c.f), true)
		if err != nil {
			t.Fatal(err)
		}
		var b Batch
		keys := 0
		for err = s.Next(&b); err == nil; err = s.Next(&b) {
			keys += len(b.Records)
		}
		doing, typ, key := s.Doing()
		got := string(doing)
		if doing == DoingKey || doing == DoingValue {
			got = strings.TrimSpace(got + " " + typ.String() + " " + key)
		}
		if keys != c.keys || got != c.want {
			t.Errorf("%q: %d keys, %s", c.f, keys, got)
		}
	}
}

// idleReader has nothing to give, and no end.
type idleReader struct{}

func (idleReader) Read([]byte) (int, error) { return 0, nil }

func TestNoProgress(t *testing.T) {
	if _, err := NewScanner(idleReader{}, true); !errors.Is(err, io.ErrNoProgress) {
		t.Fatal(err)
	}
}

func FuzzFile(f *testing.F) {
	in, _ := sampleKeys()
	f.Add(file(in, WriterOptions{Version: VersionFields, Checksum: false}))
	for _, k := range in {
		k.idle, k.freq, k.deadline = 5, 6, 7
		f.Add(file([]key{k}, WriterOptions{Version: VersionFields, Aux: []Aux{{"a", "b"}}}))
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		keys, _, _, err := readAll(bytes.NewReader(p), nil)
		again, _, _, err2 := readAll(iotest.OneByteReader(bytes.NewReader(p)), nil)
		if len(keys) != len(again) && err == nil || (err == nil) != (err2 == nil) {
			t.Fatalf("%d keys, %v; byte by byte %d, %v", len(keys), err, len(again), err2)
		}
	})
}

func BenchmarkScan(b *testing.B) {
	var in []key
	for i := range 10000 {
		in = append(in, key{name: fmt.Sprintf("key:%012d", i), value: "\x40\x64" + strings.Repeat("v", 100), idle: -1, freq: -1})
	}
	f := file(in, WriterOptions{Version: Version, Checksum: true})
	b.ReportAllocs()
	for b.Loop() {
		s, err := NewScanner(bytes.NewReader(f), true)
		if err != nil {
			b.Fatal(err)
		}
		var batch Batch
		n := 0
		for ; err == nil; err = s.Next(&batch) {
			n += len(batch.Records)
			batch.Release()
		}
		if n != len(in) || err != io.EOF {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(in)), "ns/key")
}
