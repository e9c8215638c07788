package command

import (
	"errors"
	"fmt"
	"iter"
)

// Table holds all rows. It is complete once NewTable and the Renames of the configuration are done, and
// may then be read by any number of goroutines.
type Table struct {
	rows  []*Spec   // by id: each command, followed by its subcommands
	names nameIndex // commands as clients may call them
	orig  nameIndex // commands by their own names
	top   []*Spec   // those that names holds, in the order of rows
}

// DataSpecs are the groups of rows of this package, for NewTable.
func DataSpecs() [][]Spec {
	return [][]Spec{genericSpecs(), stringSpecs(), bitmapSpecs(), hyperLogLogSpecs(), listSpecs(), listBlockSpecs(), hashSpecs(), setSpecs(), zsetSpecs(), zsetBlockSpecs(),
		geoSpecs(), sortSpecs(), databaseSpecs(), commandSpecs()}
}

// NewTable joins groups of rows. It copies the rows, completes them (full names, ids, parents, ACL
// categories that follow from flags and group, the short form of key positions), and refuses names that
// stand twice and rows that contradict themselves.
func NewTable(groups ...[]Spec) (*Table, error) {
	t := &Table{}
	var errs []error
	for _, g := range groups {
		for i := range g {
			if err := t.add(g[i]); err != nil {
				errs = append(errs, fmt.Errorf("command %q: %w", g[i].Name, err))
			}
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return t, nil
}

func (t *Table) add(row Spec) error {
	s := &row
	s.fullName = s.Name
	if err := t.complete(s); err != nil {
		return err
	}
	if !t.orig.put(s.Name, s) || !t.names.put(s.Name, s) {
		return errors.New("there are two of that name")
	}
	t.top = append(t.top, s)
	subs := s.Sub
	s.Sub = make([]Spec, len(subs))
	copy(s.Sub, subs)
	if len(subs) > 0 {
		s.index = &nameIndex{}
	}
	for i := range s.Sub {
		sub := &s.Sub[i]
		sub.parent, sub.fullName = s, s.Name+"|"+sub.Name
		if err := t.complete(sub); err != nil {
			return fmt.Errorf("subcommand %q: %w", sub.Name, err)
		}
		if !s.index.put(sub.Name, sub) {
			return fmt.Errorf("subcommand %q: there are two of that name", sub.Name)
		}
	}
	return nil
}

// complete checks a row and fills what follows from the rest of it.
func (t *Table) complete(s *Spec) error {
	if err := s.check(); err != nil {
		return err
	}
	s.id = len(t.rows)
	t.rows = append(t.rows, s)
	s.Acl = s.categories()
	s.shortenKeys()
	return nil
}

// categories are the ACL categories of a row: those that it names, or else the one of its group, and
// those that follow from flags.
func (s *Spec) categories() Categories {
	c := s.Acl
	if c == 0 && s.Handler != nil {
		c = groupCategory(s.Group)
	}
	if s.Flags&Write != 0 {
		c |= CatWrite
	}
	if s.Flags&ReadOnly != 0 && c&CatScripting == 0 {
		c |= CatRead
	}
	if s.Flags&Admin != 0 {
		c |= CatAdmin | CatDangerous
	}
	if s.Flags&PubSub != 0 {
		c |= CatPubSub
	}
	if s.Flags&Blocking != 0 {
		c |= CatBlocking
	}
	if s.Flags&Fast != 0 {
		c |= CatFast
	}
	if c&CatFast == 0 {
		c |= CatSlow
	}
	return c
}

func groupCategory(g Group) Categories {
	switch g {
	case GroupBitmap:
		return CatBitmap
	case GroupConnection:
		return CatConnection
	case GroupGeneric:
		return CatKeyspace
	case GroupGeo:
		return CatGeo
	case GroupHash:
		return CatHash
	case GroupHyperLogLog:
		return CatHyperLogLog
	case GroupList:
		return CatList
	case GroupScripting:
		return CatScripting
	case GroupSet:
		return CatSet
	case GroupSortedSet:
		return CatSortedSet
	case GroupStream:
		return CatStream
	case GroupString:
		return CatString
	case GroupTransactions:
		return CatTransaction
	}
	return 0
}

// Lookup is the command of that name, in any case, or nil. It does not allocate.
func (t *Table) Lookup(name []byte) *Spec { return t.names.get(name) }

// Original is Lookup by the name that the row has, whatever Rename did: for commands that a file or a
// replication link brings.
func (t *Table) Original(name []byte) *Spec { return t.orig.get(name) }

// Sub is the subcommand arg of a container, in any case, or nil. It does not allocate.
func (t *Table) Sub(s *Spec, arg []byte) *Spec {
	if s.index == nil {
		return nil
	}
	return s.index.get(arg)
}

// Resolve is the row that a whole request means: a subcommand if args name one. It is nil if there is no
// such command, or if a container is given a subcommand that it does not have.
func (t *Table) Resolve(args [][]byte) *Spec {
	s := t.Lookup(args[0])
	if s == nil || s.index == nil || len(args) == 1 {
		return s
	}
	return s.index.get(args[1])
}

// ByFullName is the row named as COMMAND INFO takes it, "get" or "config|get", or nil.
func (t *Table) ByFullName(name []byte) *Spec {
	for i, c := range name {
		if c == '|' {
			s := t.Lookup(name[:i])
			if s == nil {
				return nil
			}
			return t.Sub(s, name[i+1:])
		}
	}
	return t.Lookup(name)
}

// Len is the number of rows, subcommands included: ids are below it.
func (t *Table) Len() int { return len(t.rows) }

// All yields every row, subcommands included and renamed ones too, by id.
func (t *Table) All() iter.Seq[*Spec] {
	return func(yield func(*Spec) bool) {
		for _, s := range t.rows {
			if !yield(s) {
				return
			}
		}
	}
}

// Commands are the rows that clients can call, without subcommands.
func (t *Table) Commands() []*Spec { return t.top }

// Rename lets clients call the command old by another name; to "" takes it away from them. The row keeps
// its name in statistics and in COMMAND's replies.
func (t *Table) Rename(old, to string) error {
	s := t.names.remove(old)
	if s == nil {
		return ErrRenameUnknown
	}
	if to == "" {
		for i := range t.top {
			if t.top[i] == s {
				t.top = append(t.top[:i], t.top[i+1:]...)
				break
			}
		}
		return nil
	}
	if !t.names.put(to, s) {
		return ErrRenameTaken
	}
	return nil
}
