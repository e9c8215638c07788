package command

import (
	"strings"
	"testing"
)

const commandInfoGet2 = "*10 $3 get :2 *2 +readonly +fast :1 :1 :1 *3 +@read +@string +@fast *0 *1 *6 $5 flags " +
	"*2 +RO +access $12 begin_search *4 $4 type $5 index $4 spec *2 $5 index :1 $9 find_keys *4 $4 type $5 range " +
	"$4 spec *6 $7 lastkey :0 $7 keystep :1 $5 limit :0 *0"

const commandInfoGet3 = "*10 $3 get :2 ~2 +readonly +fast :1 :1 :1 ~3 +@read +@string +@fast ~0 ~1 %3 $5 flags " +
	"~2 +RO +access $12 begin_search %2 $4 type $5 index $4 spec %1 $5 index :1 $9 find_keys %2 $4 type $5 range " +
	"$4 spec %3 $7 lastkey :0 $7 keystep :1 $5 limit :0 ~0"

func TestCommandInfo(t *testing.T) {
	h := newHarness(t)
	h.want("command info GET nosuch", "*2 "+commandInfoGet2+" $-1")
	h.want("command info get|x config| command|nosuch", "*3 $-1 $-1 $-1")
	h.want("command info object|help",
		"*1 *10 $11 object|help :2 *2 +loading +stale :0 :0 :0 *2 +@keyspace +@slow *0 *0 *0")
	h.proto = 3
	h.want("command info GET nosuch", "*2 "+commandInfoGet3+" _")
	object := short(h.run("command", "info", "object"))
	if want := "*1 *10 $6 object :-2 ~0 :0 :0 :0 ~1 +@slow ~0 ~0 *5 *10 $15 object|encoding :3 "; !strings.HasPrefix(object, want) {
		t.Errorf("got %s\nwant %s...", object, want)
	}
	all := h.run("command")
	if all != h.run("command", "info") || !strings.HasPrefix(all, strings.Replace(h.run("command", "count"), ":", "*", 1)) ||
		!strings.Contains(short(all), commandInfoGet3) {
		t.Errorf("COMMAND: %.100q...", all)
	}
}

// TestCommandInfoOfRareRows shows what no row of this package has: key specifications of other kinds, hidden flags.
func TestCommandInfoOfRareRows(t *testing.T) {
	s := row("x")
	s.Flags |= MayReplicate | Protected | Worker | AllKeys | TouchesArbitraryKeys
	s.GetKeys = func([][]byte) ([]KeyRef, error) { return nil, nil }
	s.Keys = []KeySpec{
		{Flags: KeyRW, Keyword: "STORE", StartFrom: 2, Step: 1, Notes: "maybe"},
		{Flags: KeyRO, Begin: 1, KeyNum: true, FirstKey: 1, Step: 1},
		{Flags: KeyRO | KeyIncomplete, UnknownBegin: true, UnknownFind: true},
	}
	table, err := NewTable(commandSpecs(), []Spec{s})
	if err != nil {
		t.Fatal(err)
	}
	h := newHarness(t)
	h.table, h.env.Table, h.proto = table, table, 3
	h.want("command info x", "*1 *10 $1 x :-2 ~2 +readonly +movablekeys :0 :0 :0 ~3 +@read +@string +@slow ~0 ~3 "+
		"%4 $5 notes $5 maybe $5 flags ~1 +RW $12 begin_search %2 $4 type $7 keyword $4 spec %2 $7 keyword $5 STORE "+
		"$9 startfrom :2 $9 find_keys %2 $4 type $5 range $4 spec %3 $7 lastkey :0 $7 keystep :1 $5 limit :0 "+
		"%3 $5 flags ~1 +RO $12 begin_search %2 $4 type $5 index $4 spec %1 $5 index :1 $9 find_keys %2 $4 type "+
		"$6 keynum $4 spec %3 $9 keynumidx :0 $8 firstkey :1 $7 keystep :1 "+
		"%3 $5 flags ~2 +RO +incomplete $12 begin_search %2 $4 type $7 unknown $4 spec %0 $9 find_keys %2 $4 type "+
		"$7 unknown $4 spec %0 ~0")
}

func TestCommandDocs(t *testing.T) {
	s := row("x")
	s.Keys[0].Flags, s.Flags = KeyRW, Write
	s.Complexity, s.Deprecated, s.ReplacedBy, s.SysCmd = "O(1)", "6.0.0", "`y`", true
	s.History = []string{"2.0.0 Came back."}
	s.Syntax = "key [<EX seconds> ...]@2.0.0 [NX]"
	sub := container("c", "x")
	table, err := NewTable(commandSpecs(), []Spec{s, sub})
	if err != nil {
		t.Fatal(err)
	}
	h := newHarness(t)
	h.table, h.env.Table = table, table
	args := "*3 *8 $4 name $3 key $4 type $3 key $12 display_text $3 key $14 key_spec_index :0 " +
		"*12 $4 name $7 seconds $4 type $7 integer $12 display_text $7 seconds $5 token $2 EX $5 since $5 2.0.0 " +
		"$5 flags *3 +optional +multiple +multiple_token " +
		"*10 $4 name $2 nx $4 type $10 pure-token $12 display_text $2 nx $5 token $2 NX $5 flags *1 +optional"
	h.want("command docs X nosuch", "*2 $1 x *18 $7 summary $5 Does. $5 since $5 1.0.0 $5 group $6 string "+
		"$10 complexity $4 O(1) $9 doc_flags *2 +deprecated +syscmd $16 deprecated_since $5 6.0.0 $11 replaced_by $3 `y` "+
		"$7 history *1 *2 $5 2.0.0 $10 Came back. $9 arguments "+args)
	h.want("command docs nosuch", "*0")
	h.proto = 3
	h.want("command docs nosuch", "%0")
	h.want("command docs c|x", "%1 $3 c|x %3 $7 summary $5 Does. $5 since $5 1.0.0 $5 group $6 string")
	h.want("command docs c", "%1 $1 c %4 $7 summary $6 Holds. $5 since $5 1.0.0 $5 group $6 server "+
		"$11 subcommands %1 $3 c|x %3 $7 summary $5 Does. $5 since $5 1.0.0 $5 group $6 string")
	if all := short(h.run("command", "docs")); !strings.HasPrefix(all, "%3 $7 command %5 $7 summary ") {
		t.Errorf("all: %.100s", all)
	}
	list := short(h.run("command", "docs", "command|list"))
	if want := "$9 arguments *1 %5 $4 name $8 filterby $4 type $5 oneof $5 token $8 FILTERBY $5 flags ~1 +optional " +
		"$9 arguments *3 %4 $4 name $11 module-name $4 type $6 string $12 display_text $11 module-name $5 token $6 MODULE "; !strings.Contains(list, want) {
		t.Errorf("got %s\nwant ...%s...", list, want)
	}
}

func TestCommandGetkeys(t *testing.T) {
	h := newHarness(t)
	h.want("command getkeys mset a 1 b 2", "*2 $1 a $1 b")
	h.want("command getkeys object encoding k", "*1 $1 k")
	h.want("command getkeysandflags rename a b", "*2 *2 $1 a *3 +RW +access +delete *2 $1 b *2 +OW +update")
	h.want("command getkeysandflags set a b get", "*1 *2 $1 a *3 +RW +access +update")
	h.want("command getkeysandflags set a b", "*1 *2 $1 a *2 +OW +update")
	h.want("command getkeys nosuch a", "-ERR Invalid command specified")
	h.want("command getkeys object nosuch a", "-ERR Invalid command specified")
	h.want("command getkeys time", "-ERR The command has no key arguments")
	h.want("command getkeys get", "-ERR Invalid number of arguments specified for command")
	h.want("command getkeys get a b", "-ERR Invalid number of arguments specified for command")
	h.want("command getkeys", "-ERR wrong number of arguments for 'command|getkeys' command")
	h.proto = 3
	h.want("command getkeysandflags get a", "*1 *2 $1 a ~2 +RO +access")
}

// TestCommandGetkeysOptional: a request without keys is an error, or none if the row says that it may be.
func TestCommandGetkeysOptional(t *testing.T) {
	may, must := row("may"), row("must")
	may.Keys = []KeySpec{{Flags: KeyRO, Begin: 1, KeyNum: true, FirstKey: 1, Step: 1}}
	must.Keys = may.Keys
	may.Flags |= NoMandatoryKeys
	table, err := NewTable(commandSpecs(), []Spec{may, must})
	if err != nil {
		t.Fatal(err)
	}
	h := newHarness(t)
	h.table, h.env.Table = table, table
	h.want("command getkeys may 0", "*0")
	h.want("command getkeys may 1 a", "*1 $1 a")
	h.want("command getkeys must 0", "-ERR Invalid arguments specified for command")
}

// TestCommandGetkeysLooseNumber: a number of keys that the command refuses has keys for GETKEYS, without flags and with the result
// last, and one beyond 32 bits has those that its lower 32 bits tell. Neither gives the command itself keys to lock.
func TestCommandGetkeysLooseNumber(t *testing.T) {
	h := newHarness(t)
	none := "-ERR Invalid arguments specified for command"
	for n, want := range map[string]string{
		"2": "*3 $1 d $1 a $1 b", "2x": "*3 $1 a $1 b $1 d", "+2": "*3 $1 a $1 b $1 d", " 2": "*3 $1 a $1 b $1 d", "02": "*3 $1 a $1 b $1 d",
		"1e5": "*2 $1 a $1 d", "-4294967294": "*3 $1 a $1 b $1 d", "4294967298": "*3 $1 d $1 a $1 b", "+4294967297": "*2 $1 a $1 d",
		"": none, "x": none, "0": none, "-1": none, "3": none, "3x": none, "4294967296": none, "2147483648": none, "4294967295": none,
		"18446744073709551618": none,
	} {
		if got := short(h.run("command", "getkeys", "zunionstore", "d", n, "a", "b")); got != want {
			t.Errorf("%q: %s, want %s", n, got, want)
		}
		if n == "2" {
			continue
		}
		args := [][]byte{[]byte("zunionstore"), []byte("d"), []byte(n), []byte("a"), []byte("b")}
		if refs, err := h.table.Resolve(args).AppendLockedKeys(nil, args); err == nil {
			t.Errorf("%q: locks %v", n, refs)
		}
	}
	h.want("command getkeysandflags zunionstore d 1x a", "*2 *2 $1 a *0 *2 $1 d *0")
	h.want("command getkeysandflags zunionstore d 4294967297 a", "*2 *2 $1 d *2 +OW +update *2 $1 a *2 +RO +access")
	h.want("command getkeys bzmpop 0 02 a b min", "*2 $1 a $1 b")
	h.want("command getkeys sintercard 02 a b limit", "*2 $1 a $1 b")
}

func TestCommandList(t *testing.T) {
	h := newHarness(t)
	h.want("command list filterby pattern RENAME*", "*2 $6 rename $8 renamenx")
	h.want("command list filterby pattern object|[ef]*", "*2 $15 object|encoding $11 object|freq")
	h.want("command list filterby aclcat nosuch", "*0")
	h.want("command list filterby module nosuch", "*0")
	for _, line := range []string{"x", "filterby", "filterby x y", "filterby module", "filterby module a b", "x module a"} {
		h.want("command list "+line, "-ERR syntax error")
	}
	if got := short(h.run("command", "list", "FilterBy", "AclCat", "dangerous")); !strings.Contains(got+" ", " $4 keys ") ||
		strings.Contains(got, " $3 get ") {
		t.Errorf("dangerous: %s", got)
	}
	all := short(h.run("command", "list"))
	if n := strings.Count(all, "$"); n != h.table.Len() || !strings.Contains(all, " $12 command|docs ") {
		t.Errorf("%d names of %d: %s", n, h.table.Len(), all)
	}
}

// TestCommandAfterRename: a command that was taken away is not shown, a renamed one keeps its name.
func TestCommandAfterRename(t *testing.T) {
	h := newHarness(t)
	n := len(h.table.Commands())
	for old, to := range map[string]string{"keys": "", "get": "fetch"} {
		if err := h.table.Rename(old, to); err != nil {
			t.Fatal(err)
		}
	}
	if got := len(h.table.Commands()); got != n-1 {
		t.Errorf("%d commands, want %d", got, n-1)
	}
	h.want("command list filterby pattern keys", "*0")
	h.want("command info get keys Fetch", "*3 $-1 $-1 "+commandInfoGet2)
}

func TestCommandHelp(t *testing.T) {
	h := newHarness(t)
	got := short(h.run("cOmmand", "help"))
	if !strings.HasPrefix(got, "*17 +COMMAND <subcommand> [<arg> [value] [opt] ...]. Subcommands are: +(no subcommand) +    ") ||
		!strings.HasSuffix(got, " +HELP +    Print this help.") {
		t.Error(got)
	}
	h.want("command count x", "-ERR wrong number of arguments for 'command|count' command")
}
