package persist

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"radish/persist/rdb"
	"radish/store"
)

// CheckRDB reads a file as redis-check-rdb does, and writes to out what that prints. It returns whether the file is all right, and then how many bytes of r
// it is: a log follows if it is the beginning of an AOF. name is what the file is called; every value is decoded, and looked at deeply.
func CheckRDB(out io.Writer, r io.Reader, name string) (length int64, ok bool) {
	c := checker{out: out, now: time.Now().UnixMilli()}
	c.info(0, "Checking RDB file "+name)
	s, err := store.New(store.Options{Databases: 1, Shards: 1})
	if err != nil {
		c.problem(err, rdb.DoingStart, nil, "")
		return 0, false
	}
	defer s.Close()
	if c.sc, err = rdb.NewScanner(r, true); err != nil {
		c.problem(err, rdb.DoingStart, nil, "")
		return 0, false
	}
	c.sc.Aux = func(name, value []byte) {
		c.info(c.sc.Offset(), fmt.Sprintf("AUX FIELD %s = '%s'", cString(name), cString(value)))
	}
	c.sc.Selected = func(db uint64) error {
		c.info(c.sc.Offset(), fmt.Sprintf("Selecting DB ID %d", db))
		return nil
	}
	c.d.Deep, c.b = true, builder{s: s, deep: true}
	if !c.run() {
		return 0, false
	}
	end := c.sc.Offset()
	if sum, has := c.sc.Stored(); has && sum == 0 {
		c.info(end, "RDB file was saved with checksum disabled: no check performed.")
	} else if has {
		c.info(end, "Checksum OK")
	}
	c.info(end, `\o/ RDB looks OK! \o/`)
	c.counts()
	return end, true
}

// checker is one run of CheckRDB.
type checker struct {
	out io.Writer
	sc  *rdb.Scanner
	d   rdb.Decoder
	b   builder
	now int64

	keys, expires, expired int64
}

func (c *checker) info(offset int64, text string) {
	fmt.Fprintf(c.out, "[offset %d] %s\n", offset, text)
}

func (c *checker) counts() {
	fmt.Fprintf(c.out, "[info] %d keys read\n[info] %d expires\n[info] %d already expired\n", c.keys, c.expires, c.expired)
}

// run reads all keys, and returns whether they are all right.
func (c *checker) run() bool {
	var b rdb.Batch
	for {
		err := c.sc.Next(&b)
		if err == io.EOF {
			return true
		}
		if err != nil {
			doing, t, key := c.sc.Doing()
			if doing == rdb.DoingValue {
				c.keys++
			}
			c.problem(err, doing, typeBeside(doing, &t), key)
			return false
		}
		for i := range b.Records {
			if !c.record(&b, &b.Records[i]) {
				return false
			}
		}
		b.Release()
	}
}

// typeBeside is the type if what was being read belongs to a key.
func typeBeside(doing rdb.Doing, t *rdb.Type) *rdb.Type {
	if doing != rdb.DoingKey && doing != rdb.DoingValue {
		return nil
	}
	return t
}

// record decodes a key and its value.
func (c *checker) record(b *rdb.Batch, r *rdb.Record) bool {
	var key, value []byte
	var offset int64
	var err error
	if b.Big {
		key, err = c.sc.Key()
	} else {
		key, value, offset, err = r.Key(new([]byte))
	}
	if err != nil {
		c.problem(err, rdb.DoingKey, &r.Type, "")
		return false
	}
	c.keys++
	name := string(key)
	if b.Big {
		err = c.sc.Decode(&c.d, &c.b)
	} else {
		err = c.d.Decode(r.Type, value, offset, &c.b)
	}
	if err != nil {
		c.b.free()
		if !errors.Is(err, rdb.ErrTruncated) {
			var e *rdb.Error
			if errors.As(err, &e) {
				err = &rdb.Error{Offset: e.Offset, Kind: e.Kind, Text: fmt.Sprintf("Internal error in RDB reading offset %d -> %s", e.Offset, e.Text)}
			}
		}
		c.problem(err, rdb.DoingValue, &r.Type, name)
		return false
	}
	c.b.finish().Free()
	if r.DeadlineMs != 0 {
		c.expires++
		if r.DeadlineMs < c.now {
			c.expired++
		}
	}
	return true
}

// problem tells what is wrong, and where. t is nil when that belongs to no key.
func (c *checker) problem(err error, doing rdb.Doing, t *rdb.Type, key string) {
	offset, text := int64(0), err.Error()
	var e *rdb.Error
	if errors.As(err, &e) {
		offset, text = e.Offset, e.Text
	}
	fmt.Fprintf(c.out, "--- RDB ERROR DETECTED ---\n[offset %d] %s\n[additional info] While doing: %s\n", offset, text, doing)
	if t == nil && c.keys == 0 {
		t = new(rdb.Type) // redis-check-rdb says so before the first key
	}
	if t != nil {
		if key != "" {
			fmt.Fprintf(c.out, "[additional info] Reading key '%s'\n", cString([]byte(key)))
		}
		fmt.Fprintf(c.out, "[additional info] Reading type %d (%s)\n", *t, t)
	}
	c.counts()
}

// cString is what C prints of a string.
func cString(b []byte) string {
	s, _, _ := strings.Cut(string(b), "\x00")
	return s
}
