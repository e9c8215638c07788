package command

import (
	"bytes"

	"radish/store"
)

const errSortScore Error = "ERR One or more scores can't be converted into double"

// sortSpecs are the rows of SORT and SORT_RO.
func sortSpecs() []Spec {
	const order = " [LIMIT offset count] [GET get-pattern(pattern)#1 [GET get-pattern(pattern)#1 ...]] [ASC|DESC] [sorting:ALPHA]"
	const complexity = "O(N+M*log(M)) where N is the number of elements to sort and M that of those that are replied; O(N) when nothing is sorted"
	const acl = CatSet | CatSortedSet | CatList | CatDangerous
	keys := []KeySpec{
		{Flags: KeyRO | KeyAccess, Begin: 1, Step: 1},
		{Flags: KeyRO | KeyAccess, UnknownBegin: true, UnknownFind: true, Notes: "The keys of BY and GET follow from the elements"},
		{Flags: KeyOW | KeyUpdate, UnknownBegin: true, UnknownFind: true, Notes: "STORE may stand anywhere among the options"},
	}
	return []Spec{{
		Name: "sort", Arity: -2, Flags: Write | DenyOOM, Handler: sortCommand, Prepare: sortPrepare,
		Keys: keys, GetKeys: sortKeys, Locks: sortLocks, Acl: acl, Group: GroupGeneric, Since: "1.0.0",
		Summary:    "Sorts the elements of a list, a set or a sorted set, by themselves or by other keys, and stores the result if asked to.",
		Complexity: complexity,
		Syntax:     "key [BY by-pattern(pattern)#1]" + order + " [STORE destination#2]",
	}, {
		Name: "sort_ro", Arity: -2, Flags: ReadOnly, Handler: sortroCommand,
		Keys: keys[:2], GetKeys: sortroKeys, Locks: sortLocks, Acl: acl, Group: GroupGeneric, Since: "7.0.0",
		Summary:    "Sorts the elements of a list, a set or a sorted set, by themselves or by other keys.",
		Complexity: complexity,
		Syntax:     "key [BY by-pattern(pattern)#1]" + order,
	}}
}

// sortOpts are the options of SORT.
type sortOpts struct {
	desc, alpha bool
	nosort      bool // BY a constant
	by          *sortPattern
	offset      int64
	count       int64 // negative: all
	get         []sortPattern
	store       []byte
}

// sortPattern is a pattern of BY or GET, which names a key, or a field of a hash, by an element.
type sortPattern struct {
	before, after, field []byte
	kind                 patternKind
}

type patternKind uint8

const (
	patternNothing patternKind = iota // names nothing, without a *
	patternElement                    // #, the element itself
	patternString
	patternField
)

// parseSortPattern reads key*pattern, or key*pattern->field. As in Redis a zero byte ends the search for * and ->.
func parseSortPattern(p []byte) sortPattern {
	seen := p
	if i := bytes.IndexByte(p, 0); i >= 0 {
		seen = p[:i]
	}
	if string(seen) == "#" {
		return sortPattern{kind: patternElement}
	}
	star := bytes.IndexByte(seen, '*')
	if star < 0 {
		return sortPattern{}
	}
	s := sortPattern{before: p[:star], after: p[star+1:], kind: patternString}
	if i := bytes.Index(seen[star+1:], []byte("->")); i >= 0 && star+1+i+2 < len(seen) {
		s.after, s.field, s.kind = p[star+1:star+1+i], p[star+1+i+2:], patternField
	}
	return s
}

// readsKeys says whether the pattern names keys.
func (s *sortPattern) readsKeys() bool { return s.kind >= patternString }

// parseSort reads the options of SORT, or of SORT_RO, which has no STORE.
func parseSort(c *Ctx, mayStore bool) (o sortOpts, err error) {
	o.count = -1
	for i := 2; i < len(c.Args); i++ {
		left := len(c.Args) - i - 1
		switch {
		case c.Is(i, "asc"):
			o.desc = false
		case c.Is(i, "desc"):
			o.desc = true
		case c.Is(i, "alpha"):
			o.alpha = true
		case c.Is(i, "limit") && left >= 2:
			if o.offset, err = c.Int(i + 1); err != nil {
				return o, err
			}
			if o.count, err = c.Int(i + 2); err != nil {
				return o, err
			}
			i += 2
		case mayStore && c.Is(i, "store") && left >= 1:
			o.store = c.Args[i+1]
			i++
		case c.Is(i, "by") && left >= 1:
			by := parseSortPattern(c.Args[i+1])
			o.by = &by
			if !by.readsKeys() {
				o.nosort = true
			}
			i++
		case c.Is(i, "get") && left >= 1:
			o.get = append(o.get, parseSortPattern(c.Args[i+1]))
			i++
		default:
			return o, ErrSyntax
		}
	}
	return o, nil
}

// eachSortOption calls fn with the index of each option that has an argument, or more, and understands as much as it can of bad ones.
func eachSortOption(args [][]byte, fn func(i int, name string)) {
	for i := 2; i < len(args)-1; i++ {
		switch {
		case EqualFold(args[i], "limit") && i+2 < len(args):
			i += 2
		case EqualFold(args[i], "get"):
			fn(i, "get")
			i++
		case EqualFold(args[i], "by"):
			fn(i, "by")
			i++
		case EqualFold(args[i], "store"):
			fn(i, "store")
			i++
		}
	}
}

func sortroKeys([][]byte) ([]KeyRef, error) { return []KeyRef{{1, KeyRO | KeyAccess}}, nil }

// sortKeys are the keys of SORT: of several STOREs the last one counts.
func sortKeys(args [][]byte) ([]KeyRef, error) {
	refs := []KeyRef{{1, KeyRO | KeyAccess}}
	eachSortOption(args, func(i int, name string) {
		if name == "store" {
			refs = append(refs[:1], KeyRef{i + 1, KeyOW | KeyUpdate})
		}
	})
	return refs, nil
}

// sortLocks: BY and GET read keys that only the elements name; only STORE writes.
func sortLocks(args [][]byte) (l Locks) {
	eachSortOption(args, func(i int, name string) {
		if name == "store" {
			l |= LockKeys
			return
		}
		if p := parseSortPattern(args[i+1]); p.readsKeys() {
			l |= LockAll
		}
	})
	return l
}

func sortCommand(c *Ctx) error { return sortOf(c, true) }

func sortroCommand(c *Ctx) error { return sortOf(c, false) }

func sortOf(c *Ctx, mayStore bool) error {
	o, err := parseSort(c, mayStore)
	if err != nil {
		return err
	}
	if r, ok := c.Prepared.Take().(*sortedList); ok {
		c.Find(0)
		r.store(c, c.Keys[1])
		o.effect(c)
		return nil
	}
	e := c.Find(0)
	if err := checkSortable(e); err != nil {
		return err
	}
	s := sorter{c: c, o: o, n: sortLen(e)}
	if c.OnLoop && c.Offload(s.work(e)) {
		return ErrOffload
	}
	if err := s.run(e); err != nil {
		return err
	}
	if o.store == nil {
		s.reply()
		return nil
	}
	s.list().store(c, c.Keys[1])
	o.effect(c)
	return nil
}

// effect logs what was stored, if other keys had a say in it: when the log is loaded, some that count as gone now are still there.
func (o *sortOpts) effect(c *Ctx) {
	reads := o.by != nil && o.by.readsKeys()
	for i := range o.get {
		reads = reads || o.get[i].readsKeys()
	}
	if !reads || c.Dirty == 0 || !c.Env.Logging.Load() {
		return
	}
	k := c.Keys[1]
	c.Effect([]byte("DEL"), k.B)
	e := c.DB.Peek(k)
	if !e.Ok() {
		return
	}
	c.effectMany("RPUSH", k.B, func(item func([]byte)) {
		e.ListRange(0, e.ListLen()-1, func(v []byte) bool {
			item(v)
			return true
		})
	})
}

// sortPrepare is Prepare of SORT ... STORE.
func sortPrepare(c *Ctx) error {
	o, err := parseSort(c, true)
	if err != nil {
		return err
	}
	e := c.Find(0)
	if err := checkSortable(e); err != nil || o.store == nil {
		return err
	}
	s := sorter{c: c, o: o, n: sortLen(e)}
	if err := s.run(e); err != nil {
		return err
	}
	c.Prepared.Value = s.list()
	return nil
}

func checkSortable(e store.Entry) error {
	if e.Ok() {
		switch e.Type() {
		case store.TypeList, store.TypeSet, store.TypeZSet:
		default:
			return ErrWrongType
		}
	}
	return nil
}

// sortLen is the number of elements of a key, which may not be there.
func sortLen(e store.Entry) int {
	if !e.Ok() {
		return 0
	}
	switch e.Type() {
	case store.TypeList:
		return e.ListLen()
	case store.TypeSet:
		return e.SetLen()
	}
	return e.ZLen()
}

// sortedList is what SORT ... STORE stores.
type sortedList struct {
	d *store.Detached // nil: nothing
	n int
}

// Free gives back what is not stored.
func (l *sortedList) Free() {
	if l.d != nil {
		l.d.Free()
	}
}

// store gives k the list, in the place of what it held.
func (l *sortedList) store(c *Ctx, k store.Key) {
	c.Reply.Int(int64(l.n))
	if l.n == 0 {
		if c.DB.Delete(k) {
			c.Changed(k, EventGeneric, "del")
		}
		return
	}
	c.DB.Overwrite(k, l.d)
	c.Changed(k, EventList, "sortstore")
	c.Dirty += int64(l.n) - 1
}
