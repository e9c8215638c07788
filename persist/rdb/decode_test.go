package rdb

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"

	"radish/internal/num"
	"radish/store/intset"
	"radish/store/listpack"
)

// lp is a listpack.
func lp(vals ...string) string {
	b := listpack.New()
	b = b[:len(b)-1]
	for _, v := range vals {
		b = listpack.AppendEntry(b, []byte(v))
	}
	b = append(b, 0xff)
	listpack.SetHeader(b, len(vals))
	return string(b)
}

// zl is a ziplist.
func zl(vals ...string) string {
	b := make([]byte, zipHeader)
	prev := 0
	for _, v := range vals {
		start := len(b)
		if prev < zipBig {
			b = append(b, byte(prev))
		} else {
			b = binary.LittleEndian.AppendUint32(append(b, zipBig), uint32(prev))
		}
		b = appendZipValue(b, v)
		prev = len(b) - start
	}
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-prev))
	b = append(b, zipEnd)
	binary.LittleEndian.PutUint32(b, uint32(len(b)))
	binary.LittleEndian.PutUint16(b[8:], uint16(len(vals)))
	return string(b)
}

func appendZipValue(b []byte, v string) []byte {
	n, ok := num.ParseInt([]byte(v))
	switch {
	case !ok && len(v) < 1<<6:
		return append(append(b, byte(len(v))), v...)
	case !ok && len(v) < 1<<14:
		return append(append(b, 0x40|byte(len(v)>>8), byte(len(v))), v...)
	case !ok:
		return append(binary.BigEndian.AppendUint32(append(b, 0x80), uint32(len(v))), v...)
	case 0 <= n && n <= 12:
		return append(b, 0xf1+byte(n))
	case n == int64(int8(n)):
		return append(b, 0xfe, byte(n))
	case n == int64(int16(n)):
		return binary.LittleEndian.AppendUint16(append(b, 0xc0), uint16(n))
	case -1<<23 <= n && n < 1<<23:
		return append(b, 0xf0, byte(n), byte(n>>8), byte(n>>16))
	case n == int64(int32(n)):
		return binary.LittleEndian.AppendUint32(append(b, 0xd0), uint32(n))
	}
	return binary.LittleEndian.AppendUint64(append(b, 0xe0), uint64(n))
}

// zm is a zipmap.
func zm(vals ...string) string {
	b := []byte{byte(len(vals) / 2)}
	for i, v := range vals {
		if len(v) < zipBig {
			b = append(b, byte(len(v)))
		} else {
			b = binary.LittleEndian.AppendUint32(append(b, zipBig), uint32(len(v)))
		}
		if i%2 == 1 {
			b = append(append(append(b, byte(i)), v...), make([]byte, i)...)
		} else {
			b = append(b, v...)
		}
	}
	return string(append(b, zipEnd))
}

func is(vals ...int64) string {
	b := intset.New()
	for _, v := range vals {
		b, _ = intset.Add(b, v)
	}
	return string(b)
}

// str is strings as they are stored.
func str(vals ...string) (s string) {
	var e Encoder
	for _, v := range vals {
		s += string(e.String(nil, []byte(v)))
	}
	return s
}

// packed is a string as it is stored, compressed.
func packed(v string) string {
	e := Encoder{Compress: true}
	b, ok := e.compressed(nil, []byte(v))
	if !ok {
		return "cannot be packed"
	}
	return string(b)
}

func f64(f float64) string {
	return string(binary.LittleEndian.AppendUint64(nil, math.Float64bits(f)))
}

func ms(v int64) string { return string(AppendEarliest(nil, v)) }

var long = strings.Repeat("long ", 100)

// longer needs four bytes in a ziplist.
var longer = strings.Repeat("longer ", 3000)

// values are values of every type.
var values = []struct {
	t    Type
	p    string
	want string
}{
	{TypeString, str("abc"), "string:abc"},
	{TypeString, str(""), "string:"},
	{TypeString, str("-5"), "string:-5"},
	{TypeString, str("300"), "string:300"},
	{TypeString, str("-70000"), "string:-70000"},
	{TypeString, str("9223372036854775807"), "string:9223372036854775807"},
	{TypeString, str(long), "string:" + long},
	{TypeString, packed(long), "string:" + long},
	{TypeString, "\x80\x00\x00\x00\x01a", "string:a"},
	{TypeString, "\x81\x00\x00\x00\x00\x00\x00\x00\x01a", "string:a"},
	{TypeString, "\x40\x01a", "string:a"},
	{TypeList, "\x03" + str("a", "5", "a"), "list:a 5 a"},
	{TypeSet, "\x03" + str("a", "5", long), "set:5 a " + long},
	{TypeZSet, "\x05" + str("a") + "\x031.5" + str("b") + "\xfe" + str("c") + "\xff" + str("d") + "\x02-2" + str("e") + "\x051e+20",
		"zset:a=1.5 b=+Inf c=-Inf d=-2 e=1e+20"},
	{TypeZSet2, "\x02" + str("a") + f64(1.5) + str("7") + f64(math.Inf(-1)), "zset:7=-Inf a=1.5"},
	{TypeHash, "\x02" + str("a", "b", "7", long), "hash:7=" + long + " a=b"},
	{TypeHashZipmap, str(zm("a", "b", "7", long, "", "")), "hash:7=" + long + " = a=b"},
	{TypeListZiplist, str(zl("a", "1", "13", "-1", "300", "-70000", "-9000000", "9223372036854775807", long, "b", longer, "c", "")),
		"list:a 1 13 -1 300 -70000 -9000000 9223372036854775807 " + long + " b " + longer + " c "},
	{TypeListZiplist, packed(zl(long, long)), "list:" + long + " " + long},
	{TypeSetIntset, str(is(5, -3)), "set:-3 5"},
	{TypeSetIntset, str(is(5, 1<<40)), "set:1099511627776 5"},
	{TypeZSetZiplist, str(zl("a", "1", "b", "1.5")), "zset:a=1 b=1.5"},
	{TypeZSetZiplist, str(zl("b", "2", "a", "1")), "zset:a=1 b=2"},
	{TypeHashZiplist, str(zl("a", "1", "b", long)), "hash:a=1 b=" + long},
	{TypeQuicklist, "\x03" + str(zl("a", "2"), zl(), zl("b")), "list:a 2 b"},
	{TypeHashListpack, str(lp("a", "1", "b", long)), "hash:a=1 b=" + long},
	{TypeZSetListpack, str(lp("a", "1", "b", "1", "c", "inf")), "zset:a=1 b=1 c=inf"},
	{TypeZSetListpack, str(lp("b", "1", "a", "1")), "zset:a=1 b=1"},
	{TypeZSetListpack, str(lp("9", "1", "10", "1")), "zset:10=1 9=1"},
	{TypeQuicklist2, "\x04\x02" + str(lp("a", "2")) + "\x01" + str(long) + "\x02" + str(lp()) + "\x02" + packed(lp(long, "c")),
		"list:a 2 " + long + " " + long + " c"},
	{TypeSetListpack, str(lp("a", "2")), "set:2 a"},
	{TypeHashFieldsPreGA, "\x02\x00" + str("a", "b") + "\x42\x00" + str("c", "d"), "hash:a=b c=d@512"},
	{TypeHashExPreGA, str(lp("a", "b", "7", "c", "d", "0")), "hash:a=b@7 c=d"},
	{TypeHashFields, ms(1000) + "\x03\x00" + str("a", "b") + "\x01" + str("c", "d") + "\x06" + str("e", "f"), "hash:a=b c=d@1000 e=f@1005"},
	{TypeHashListpackEx, ms(7) + str(lp("a", "b", "7", "c", "d", "0")), "hash:a=b@7 c=d"},
	{TypeHashListpackEx, ms(7) + str(lp("a", "b", "0", "c", "d", "9", "e", "f", "8")), "hash:a=b c=d@9 e=f@8"},
}

func TestDecode(t *testing.T) {
	for _, deep := range []bool{false, true} {
		d := Decoder{Deep: deep}
		for i, v := range values {
			var m memSink
			if err := d.Decode(v.t, []byte(v.p+"rest"), 0, &m); err != nil || m.text() != v.want {
				t.Errorf("%d: %v: %v, %.200s\nwant %.200s", i, v.t, err, m.text(), v.want)
			}
			for n := range len(v.p) {
				if n > 300 && n < len(v.p)-10 {
					continue
				}
				err := d.Decode(v.t, []byte(v.p[:n]), 1000, new(memSink))
				var e *Error
				if !errors.Is(err, ErrTruncated) || !errors.As(err, &e) || e.Offset < 1000 || e.Offset > 1000+int64(n) {
					t.Fatalf("%d: %v: %d bytes of %d: %v", i, v.t, n, len(v.p), err)
				}
			}
		}
	}
}

// A value that is passed over ends where it ends.
func TestSkip(t *testing.T) {
	for i, v := range values {
		in := input{b: []byte(v.p + "rest")}
		if err := in.skipValue(v.t); err != nil || in.pos != len(v.p) {
			t.Errorf("%d: %v: %v, %d bytes of %d", i, v.t, err, in.pos, len(v.p))
		}
	}
}

// set changes a byte of s, counted from the end if at is negative.
func set(s string, at int, b byte) string {
	p := []byte(s)
	if at < 0 {
		at += len(p)
	}
	p[at] = b
	return string(p)
}

func TestCorrupt(t *testing.T) {
	for i, c := range []struct {
		t    Type
		p    string
		want error
	}{
		{TypeString, "\xc4", ErrCorrupt},
		{TypeString, "\x82", ErrCorrupt},
		{TypeString, "\x81\xff\xff\xff\xff\xff\xff\xff\xffabc", ErrTruncated},
		{TypeString, "\xc3\x04\x04\x20\x00\x20\x00", ErrCorrupt},
		{TypeString, "\xc3\x01\x81\x00\x00\x00\xff\xff\xff\xff\xff\x00", ErrCorrupt},
		{TypeString, "\xc3\x81\x00\x00\x00\xff\xff\xff\xff\xff\x04\x00", ErrCorrupt},
		{TypeList, "\x00", ErrEmptyValue}, {TypeSet, "\x00", ErrEmptyValue}, {TypeZSet2, "\x00", ErrEmptyValue}, {TypeHash, "\x00", ErrEmptyValue},
		{TypeQuicklist2, "\x00", ErrEmptyValue}, {TypeQuicklist2, "\x01\x02" + str(lp()), ErrEmptyValue},
		{TypeHashFields, ms(5) + "\x00", ErrEmptyValue}, {TypeHashListpack, str(lp()), ErrEmptyValue}, {TypeListZiplist, str(zl()), ErrEmptyValue},
		{TypeSetIntset, str(is()), ErrCorrupt},
		{TypeQuicklist2, "\x01\x03" + str(lp("a")), ErrCorrupt}, {TypeQuicklist2, "\x01\x02\x00", ErrCorrupt}, {TypeQuicklist, "\x01\x00", ErrCorrupt},
		{TypeSet, "\x81\xff\xff\xff\xff\xff\xff\xff\xff" + str("a", "b"), ErrTruncated},
		{TypeSet, "\x02" + str("a", "a"), errTwice},
		{TypeZSet, "\x01" + str("a") + "\xfd", ErrCorrupt}, {TypeZSet, "\x01" + str("a") + "\x01x", ErrCorrupt},
		{TypeZSet2, "\x01" + str("a") + f64(math.NaN()), ErrCorrupt},
		{TypeHashZipmap, str("\x02\x01a\x01\x00b\xff"), ErrCorrupt}, {TypeHashZipmap, str("\x01\x01a\x02\x00b\xff"), ErrCorrupt},
		{TypeHashZipmap, str("\x01\x01a\x01\x01b\xff"), ErrCorrupt}, {TypeHashZipmap, str("\x01\x01a\xff"), ErrCorrupt},
		{TypeHashZipmap, str("\x01\xfe\x01\x00\x00\xff"), ErrCorrupt}, {TypeHashZipmap, str("\x00\xff"), ErrCorrupt},
		{TypeHashZipmap, str("\x00"), ErrCorrupt}, {TypeHashZipmap, str("\x00\xff\xff"), ErrCorrupt},
		{TypeHashZipmap, str(zm("a", "b", "a", "c")), errTwice},
		{TypeHashZiplist, str(zl("a", "1", "b")), ErrCorrupt}, {TypeHashZiplist, str(zl("a", "1", "a", "2")), ErrCorrupt},
		{TypeZSetZiplist, str(zl("a", "x")), ErrCorrupt}, {TypeZSetZiplist, str(zl("a", "nan")), ErrCorrupt},
		{TypeListZiplist, str(set(zl("a", "b"), 4, 1)), ErrCorrupt},    // the offset of the last entry
		{TypeListZiplist, str(set(zl("a", "b"), 7, 1)), ErrCorrupt},    // which may be too big
		{TypeListZiplist, str(set(zl("a", "b"), 8, 3)), ErrCorrupt},    // the count
		{TypeListZiplist, str(set(zl("a", "b"), 0, 3)), ErrCorrupt},    // the size
		{TypeListZiplist, str(set(zl("a", "b"), 10, 3)), ErrCorrupt},   // the size of the entry before
		{TypeListZiplist, str(set(zl("a", "b"), 10, 254)), ErrCorrupt}, // in four bytes
		{TypeListZiplist, str(set(zl("a", "b"), 10, 255)), ErrCorrupt},
		{TypeListZiplist, str(set(zl("a", "b"), 11, 0x81)), ErrCorrupt},
		{TypeListZiplist, str(set(zl("a", "b"), 14, 0x44)), ErrCorrupt},
		{TypeListZiplist, str(set(zl("a", "b"), 14, 0xff)), ErrCorrupt},
		{TypeListZiplist, str(set(zl("a", "b"), 14, 0xe0)), ErrCorrupt},
		{TypeListZiplist, str(set(zl("a", "b"), -1, 0)), ErrCorrupt},
		{TypeSetIntset, str(set(is(1, 2), 8, 3)), ErrCorrupt},
		{TypeHashListpack, str(lp("a", "1", "b")), ErrCorrupt}, {TypeHashListpack, str(set(lp("a", "1"), 4, 4)), ErrCorrupt},
		{TypeSetListpack, str(set(lp("a", "1"), 6, 0xf5)), ErrCorrupt},
		{TypeQuicklist2, "\x01\x02" + str(set(lp("a", "1"), 6, 0xf5)), ErrCorrupt},
		{TypeZSetListpack, str(lp("a", "x")), ErrCorrupt}, {TypeZSetListpack, str(lp("a", "1", "b", "2", "a", "1")), errTwice},
		{TypeHashListpackEx, ms(1) + str(lp("a", "b", "c")), ErrCorrupt}, {TypeHashListpackEx, ms(1) + str(lp("a", "b", "-1")), ErrCorrupt},
		{TypeHashListpackEx, ms(1) + str(lp("a", "b", "281474976710655")), ErrCorrupt},
		{TypeHashFields, ms(-1) + "\x01\x01" + str("a", "b"), ErrCorrupt},
		{TypeHashFields, ms(1) + "\x01\x81\xff\xff\xff\xff\xff\xff\xff\xff" + str("a", "b"), ErrCorrupt},
		{TypeHashFields, ms(maxFieldDeadline) + "\x01\x05" + str("a", "b"), ErrCorrupt},
		{TypeStream3, "", ErrUnsupported}, {TypeModule, "", ErrUnsupported}, {8, "", ErrCorrupt}, {26, "", ErrCorrupt},
	} {
		var d Decoder
		if err := d.Decode(c.t, []byte(c.p), 0, new(memSink)); !errors.Is(err, c.want) {
			t.Errorf("%d: %v: %v, want %v", i, c.t, err, c.want)
		}
	}
}

// What only a deep decoder finds.
func TestDeep(t *testing.T) {
	for i, c := range []struct {
		t Type
		p string
	}{
		{TypeSetListpack, str(lp("a", "a"))}, {TypeHashListpack, str(lp("a", "1", "a", "2"))}, {TypeZSetListpack, str(lp("a", "1", "a", "2"))},
		{TypeHashListpackEx, ms(7) + str(lp("a", "b", "7", "a", "d", "0"))},
	} {
		var d Decoder
		if err := d.Decode(c.t, []byte(c.p), 0, new(memSink)); err != nil {
			t.Errorf("%d: %v", i, err)
		}
		d.Deep = true
		if err := d.Decode(c.t, []byte(c.p), 0, new(memSink)); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%d: %v", i, err)
		}
	}
}

func FuzzDump(f *testing.F) {
	for _, v := range values {
		f.Add(AppendFooter([]byte(string(rune(v.t))+v.p), 0, Version))
	}
	d := Decoder{}
	f.Fuzz(func(t *testing.T, p []byte) {
		_, _, _, _ = SplitPayload(p, false)
		typ, value, known, ok := SplitPayload(p, true)
		if !known || !ok {
			return
		}
		var m, again memSink
		d.Deep = true
		deepErr := d.Decode(typ, value, 0, &m)
		d.Deep = false
		err := d.Decode(typ, value, 0, &again)
		if deepErr == nil && (err != nil || m.text() != again.text()) {
			t.Fatalf("%v: deep %s, else %s (%v)", typ, m.text(), again.text(), err)
		}
		in := input{b: value}
		if err == nil {
			if err := in.skipValue(typ); err != nil {
				t.Fatalf("%v is decoded, but cannot be passed: %v", typ, err)
			}
		}
	})
}

func TestSplitPayload(t *testing.T) {
	p := AppendFooter([]byte("before\x00\x03abc"), 6, Version)[6:]
	if want := "\x00\x03abc\x0a\x00"; string(p[:7]) != want || len(p) != 15 {
		t.Fatalf("%q", p)
	}
	typ, value, known, ok := SplitPayload(p, false)
	if typ != TypeString || string(value) != "\x03abc" || !known || !ok {
		t.Fatal(typ, value, known, ok)
	}
	for i := range p {
		bad := bytes.Clone(p)
		bad[i] ^= 1
		if _, _, _, ok := SplitPayload(bad, false); ok {
			t.Errorf("byte %d can be changed", i)
		}
		if _, _, _, ok := SplitPayload(p[:i], false); ok {
			t.Errorf("%d bytes are enough", i)
		}
	}
	for _, c := range []struct {
		p         string
		known, ok bool
	}{{"", false, true}, {"\x08", false, true}, {"\x1a", false, true}, {"\x15", true, true}} {
		if _, _, known, ok := SplitPayload(AppendFooter([]byte(c.p), 0, MaxVersion), false); known != c.known || ok != c.ok {
			t.Errorf("%q: %v, %v", c.p, known, ok)
		}
	}
	if _, _, _, ok := SplitPayload(AppendFooter([]byte("\x00\x01a"), 0, MaxVersion+1), false); ok {
		t.Error("a version that is not known")
	}
}
