package listpack

import (
	"bytes"
	"testing"
)

func TestValidate(t *testing.T) {
	good := build("a", "5", string(bytes.Repeat([]byte("x"), 200)))
	for i := range good {
		if err := Validate(good[:i], true); err == nil {
			t.Fatalf("%d bytes of %d are accepted", i, len(good))
		}
	}
	for _, c := range []struct {
		lp   string
		want error
	}{
		{"", ErrSize}, {"\x07\x00\x00\x00\x00\x00\x00", ErrEnd}, {"\x08\x00\x00\x00\x00\x00\xff", ErrSize},
		{"\x07\x00\x00\x00\x01\x00\xff", ErrCount}, {"\x08\x00\x00\x00\x01\x00\x01\xff", ErrEntry},
		{"\x09\x00\x00\x00\x01\x00\x01\x02\xff", ErrEntry}, {"\x09\x00\x00\x00\x01\x00\x01\x81\xff", ErrEntry},
		{"\x09\x00\x00\x00\x01\x00\xf5\x01\xff", ErrEntry}, {"\x09\x00\x00\x00\x01\x00\xff\x01\xff", ErrEntry},
		{"\x09\x00\x00\x00\x01\x00\x83\x04\xff", ErrEntry}, {"\x08\x00\x00\x00\x01\x00\xe1\xff", ErrEntry},
		{"\x0b\x00\x00\x00\x01\x00\xf0\xff\xff\xff\xff", ErrEntry},
	} {
		if err := Validate([]byte(c.lp), true); err != c.want {
			t.Errorf("%q: %v, want %v", c.lp, err, c.want)
		}
	}
	if err := Validate([]byte("\x08\x00\x00\x00\x01\x00\xf5\xff"), false); err != nil {
		t.Error("entries were looked at:", err)
	}
}

// Whatever Validate accepts can be walked in both directions, and gives the same values.
func FuzzValidate(f *testing.F) {
	f.Add(New())
	f.Add(build("a", "1", "-70000", string(bytes.Repeat([]byte("x"), 300)), "9223372036854775807"))
	f.Add(seal([]byte("\x8212\x03\xf4\x0c\x00\x00\x00\x00\x00\x00\x00\x09"), 65535))
	f.Fuzz(func(t *testing.T, lp []byte) {
		if len(lp) >= EmptySize {
			SetHeader(lp, int(lp[4])|int(lp[5])<<8)
		}
		if Validate(lp, true) != nil {
			return
		}
		var vals []string
		var scratch [24]byte
		for off := First(lp); off >= 0; off = Next(lp, off) {
			v := Bytes(lp, off, &scratch)
			vals = append(vals, string(v))
			if !Get(lp, off).Equal(v) || Get(lp, off).Len() != len(v) {
				t.Fatalf("entry at %d differs", off)
			}
			if got := Find(lp, off, v, 1); got != off {
				t.Fatalf("entry at %d is found at %d", off, got)
			}
		}
		if len(vals) != Len(lp) {
			t.Fatalf("%d entries, Len says %d", len(vals), Len(lp))
		}
		i := len(vals)
		for off := Last(lp); off >= 0; off = Prev(lp, off) {
			i--
			if got := string(Bytes(lp, off, &scratch)); got != vals[i] || At(lp, i) != off {
				t.Fatalf("entry %d is %q, backwards %q", i, vals[i], got)
			}
		}
		if i != 0 {
			t.Fatalf("%d entries more forwards", i)
		}
		check(t, build(vals...), vals)
	})
}
