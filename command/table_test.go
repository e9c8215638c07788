package command

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func noop(*Ctx) error { return nil }

// row is a row without faults, which tests spoil.
func row(name string) Spec {
	return Spec{
		Name: name, Arity: -2, Flags: ReadOnly, Handler: noop, Group: GroupString, Since: "1.0.0", Summary: "Does.",
		Keys: []KeySpec{{Flags: KeyRO, Begin: 1, Step: 1}}, Syntax: "key",
	}
}

func container(name string, subs ...string) Spec {
	s := Spec{Name: name, Arity: -2, Group: GroupServer, Since: "1.0.0", Summary: "Holds."}
	for _, n := range subs {
		sub := row(n)
		sub.Keys, sub.Syntax = nil, ""
		s.Sub = append(s.Sub, sub)
	}
	return s
}

func TestTable(t *testing.T) {
	table, err := NewTable([]Spec{row("get"), container("config", "get", "set")}, []Spec{row("a-rather-long-command-name")})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for s := range table.All() {
		if s.ID() != len(names) {
			t.Errorf("%s has id %d, stands at %d", s.FullName(), s.ID(), len(names))
		}
		names = append(names, s.FullName())
	}
	if got, want := strings.Join(names, " "), "get config config|get config|set a-rather-long-command-name"; got != want {
		t.Errorf("rows %q, want %q", got, want)
	}
	if table.Len() != 5 || len(table.Commands()) != 3 {
		t.Errorf("%d rows, %d commands", table.Len(), len(table.Commands()))
	}
	config := table.Lookup([]byte("cOnFig"))
	if config == nil || config.FullName() != "config" || config.Parent() != nil {
		t.Fatal("no config")
	}
	set := table.Sub(config, []byte("SET"))
	if set == nil || set.FullName() != "config|set" || set.Parent() != config {
		t.Error("no config|set")
	}
	for _, c := range []struct{ line, want string }{
		{"GET", "get"}, {"GET k", "get"}, {"config", "config"}, {"config SET x", "config|set"}, {"config nosuch", ""},
		{"nosuch", ""}, {"config|set", ""}, {"A-RATHER-LONG-COMMAND-NAME", "a-rather-long-command-name"},
	} {
		args := [][]byte{}
		for _, f := range strings.Fields(c.line) {
			args = append(args, []byte(f))
		}
		if got := nameOf(table.Resolve(args)); got != c.want {
			t.Errorf("Resolve(%s) is %q, want %q", c.line, got, c.want)
		}
	}
	for _, c := range []struct{ name, want string }{
		{"GET", "get"}, {"CONFIG|set", "config|set"}, {"config|", ""}, {"|get", ""}, {"get|x", ""}, {"config|get|x", ""},
	} {
		if got := nameOf(table.ByFullName([]byte(c.name))); got != c.want {
			t.Errorf("ByFullName(%s) is %q, want %q", c.name, got, c.want)
		}
	}
}

func nameOf(s *Spec) string {
	if s == nil {
		return ""
	}
	return s.FullName()
}

func TestTableRename(t *testing.T) {
	table, err := NewTable([]Spec{row("get"), row("set"), row("del")})
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 40)
	for _, c := range []struct {
		old, to string
		want    error
	}{
		{"GET", long, nil}, {"get", "x", ErrRenameUnknown}, {long, "Fetch", nil}, {"set", "", nil}, {"set", "y", ErrRenameUnknown},
		{"del", "FETCH", ErrRenameTaken},
	} {
		if err := table.Rename(c.old, c.to); err != c.want {
			t.Errorf("Rename(%q, %q): %v, want %v", c.old, c.to, err, c.want)
		}
	}
	for name, want := range map[string]string{"get": "", long: "", "fetch": "get", "set": ""} {
		if got := nameOf(table.Lookup([]byte(name))); got != want {
			t.Errorf("Lookup(%s) is %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"get", "set", "del"} {
		if nameOf(table.Original([]byte(name))) != name {
			t.Errorf("Original(%s) is not there", name)
		}
	}
	if table.Len() != 3 || len(table.Commands()) != 2 {
		t.Errorf("%d rows, %d commands", table.Len(), len(table.Commands()))
	}
}

// TestDerivedCategories: flags and group give ACL categories.
func TestDerivedCategories(t *testing.T) {
	for _, c := range []struct {
		group Group
		flags Flags
		own   Categories
		want  string
	}{
		{GroupString, ReadOnly | Fast, 0, "read string fast"},
		{GroupString, Write, 0, "write string slow"},
		{GroupGeneric, Write, CatKeyspace | CatDangerous, "keyspace write slow dangerous"},
		{GroupServer, Admin, 0, "admin slow dangerous"},
		{GroupConnection, Fast | Blocking, 0, "fast blocking connection"},
		{GroupScripting, ReadOnly, 0, "slow scripting"},
		{GroupPubSub, PubSub, 0, "pubsub slow"},
		{GroupTransactions, Fast, 0, "fast transaction"},
		{GroupSortedSet, ReadOnly, 0, "read sortedset slow"},
		{GroupBitmap, 0, 0, "bitmap slow"}, {GroupGeo, 0, 0, "geo slow"}, {GroupHash, 0, 0, "hash slow"},
		{GroupHyperLogLog, 0, 0, "hyperloglog slow"}, {GroupList, 0, 0, "list slow"}, {GroupSet, 0, 0, "set slow"},
		{GroupStream, 0, 0, "stream slow"}, {GroupGeneric, 0, 0, "keyspace slow"}, {GroupCluster, 0, 0, "slow"},
	} {
		s := row("x")
		s.Group, s.Flags, s.Acl, s.Keys, s.Syntax = c.group, c.flags, c.own, nil, ""
		table, err := NewTable([]Spec{s})
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(slices.Collect(table.Lookup([]byte("x")).Acl.Names()), " ")
		if got != c.want {
			t.Errorf("%s, %#x: %q, want %q", c.group, c.flags, got, c.want)
		}
	}
	table, err := NewTable([]Spec{container("object", "help")})
	if err != nil {
		t.Fatal(err)
	}
	if got := table.Lookup([]byte("object")).Acl; got != CatSlow {
		t.Errorf("a container alone has %#x", got)
	}
}

// TestAgainstCommandList compares the rows with testdata/commands.tsv: name, container, group, since,
// arity and flags of Redis's commands.
func TestAgainstCommandList(t *testing.T) {
	table, err := NewTable(DataSpecs()...)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile("testdata/commands.tsv")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(string(b)), "\n")[1:] {
		f := strings.Split(line, "\t")
		name := strings.ReplaceAll(strings.ToLower(f[0]), " ", "|")
		known[name] = true
		s := table.ByFullName([]byte(name))
		if s == nil {
			continue
		}
		arity, err := strconv.Atoi(f[4])
		if err != nil {
			t.Fatal(err)
		}
		group := strings.ReplaceAll(f[2], "_", "-")
		if s.Arity != arity || string(s.Group) != group || s.Since != f[3] {
			t.Errorf("%s: arity %d, group %s, since %s; want %d, %s, %s", name, s.Arity, s.Group, s.Since, arity, group, f[3])
		}
		if got, want := listFlags(s), sortList(f[5]); got != want {
			t.Errorf("%s: flags %s, want %s", name, got, want)
		}
	}
	for s := range table.All() {
		if !known[s.FullName()] {
			t.Errorf("%s is not in the list", s.FullName())
		}
	}
}

func listFlags(s *Spec) string {
	names := append(flagNames(), []flagName{
		{uint64(MayReplicate), "may_replicate"}, {uint64(Sentinel), "sentinel"}, {uint64(Protected), "protected"},
		{uint64(TouchesArbitraryKeys), "touches_arbitrary_keys"},
	}...)
	var have []string
	for _, f := range names {
		if f.flag != flagMovableKeys && uint64(s.Flags)&f.flag != 0 {
			have = append(have, strings.ToUpper(f.name))
		}
	}
	return sortList(strings.Join(have, ","))
}

func sortList(s string) string {
	l := strings.Split(s, ",")
	slices.Sort(l)
	return strings.Join(l, ",")
}
