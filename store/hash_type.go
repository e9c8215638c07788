package store

import (
	"errors"
	"fmt"

	"radish/store/listpack"
	"radish/store/slab"
)

// hashExType is what the keyspace does with dicts whose fields have deadlines: the index of these goes where the dict goes.
type hashExType struct{ dictType }

func (y hashExType) free(a *slab.Arena, b body) {
	due := dictAt(b.addr, a).deadlines()
	for due.freeStep() {
	}
	y.dictType.free(a, b)
}

func (y hashExType) copyTo(b body, a *slab.Arena) (root uint64) {
	root = y.dictType.copyTo(b, a)
	old, due := dictAt(b.addr, nil).deadlines(), deadlines{arena: a}
	old.each(func(x uint64) bool {
		due.insert(x)
		return true
	})
	dictAt(root, a).keepDeadlines(&due)
	return root
}

func (y hashExType) size(b body) int {
	return y.dictType.size(b) + dictAt(b.addr, nil).deadlines().bytes
}

// compact moves the fields, as a dict, and then the index, in steps whose at is odd; those of dicts are the first hashes of segments, which are even.
func (y hashExType) compact(a *slab.Arena, b *body, at uint64) (next uint64, more bool) {
	if at&1 == 0 {
		if next, more = y.dictType.compact(a, b, at); more {
			return next, true
		}
		return 1, true
	}
	d := dictAt(b.addr, a)
	due := d.deadlines()
	next, more = due.compactStep(at)
	d.keepDeadlines(&due)
	return next | 1, more
}

func (y hashExType) check(a *slab.Arena, b body, c *slab.Census) error {
	if err := y.dictType.check(a, b, c); err != nil {
		return err
	}
	d := dictAt(b.addr, nil)
	var want []uint64
	d.each(func(e elem) bool {
		if ms := e.num(); ms != 0 {
			want = append(want, dueItem(int64(ms), d.hash(e.key())))
		}
		return true
	})
	due := d.deadlines()
	return due.check(want, c)
}

// checkHash tells what does not hold in a hash.
func checkHash(_ *table, e Entry) error {
	enc := e.Encoding()
	if enc.big() {
		return checkHashDict(e)
	}
	lp := e.block()
	if err := listpack.Validate(lp, true); err != nil {
		return err
	}
	step := hashStep(enc)
	if n := listpack.Len(lp); n == 0 || n%step != 0 {
		return fmt.Errorf("listpack of %d entries", n)
	}
	seen := make(map[string]bool)
	var fields [24]byte
	last, problem := int64(1), error(nil)
	e.hashWalk(func(f, _ listpack.Value, ms int64) bool {
		switch key := string(textOf(f, &fields)); {
		case seen[key]:
			problem = fmt.Errorf("field %q is there twice", key)
		case ms != 0 && (last == 0 || ms < last):
			problem = fmt.Errorf("field %q lapses at %d, behind %d", key, ms, last)
		default:
			seen[key] = true
		}
		last = ms
		return problem == nil
	})
	return problem
}

func checkHashDict(e Entry) error {
	d := e.dict()
	if n := d.len(); n == 0 || n != e.HashLen() {
		return fmt.Errorf("dict of %d fields, the entry says %d", n, e.HashLen())
	}
	problem := error(nil)
	d.each(func(el elem) bool {
		switch hd := el.head(); {
		case !hd.hasValue:
			problem = fmt.Errorf("field %q has no value", el.key())
		case hd.num && (el.num() == 0 || e.Encoding() == EncHashtable):
			problem = errors.New("a deadline that is none, or that nobody expects")
		}
		return problem == nil
	})
	return problem
}
