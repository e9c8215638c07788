package command

import (
	"strings"

	"radish/internal/glob"
	"radish/resp"
)

// commandSpecs are the rows of COMMAND, which tells about all others; it reads them from Env.Table.
func commandSpecs() []Spec {
	const flags = Loading | Stale | Sentinel
	unordered := []string{"nondeterministic_output_order"}
	sub := func(name string, arity int, since, summary, complexity, syntax string, h Handler) Spec {
		return Spec{
			Name: name, Arity: arity, Flags: flags, Acl: CatConnection, Handler: h, Group: GroupServer,
			Since: since, Summary: summary, Complexity: complexity, Syntax: syntax,
		}
	}
	docs := sub("docs", -2, "7.0.0", "Documents commands: those named, or all.",
		"O(N) where N is the number of commands.", "[command-name ...]", commandDocs)
	info := sub("info", -2, "2.8.13", "Tells arity, flags and key positions of commands: those named, or all.",
		"O(N) where N is the number of commands.", "[command-name ...]", commandInfo)
	list := sub("list", -2, "7.0.0", "Lists the names of commands and subcommands.",
		"O(N) where N is the number of commands.",
		"[FILTERBY <MODULE module-name|ACLCAT category|PATTERN pattern>]", commandList)
	docs.Tips, info.Tips, list.Tips = unordered, unordered, unordered
	info.History = []string{"7.0.0 Without names it tells of all commands."}
	return []Spec{{
		Name: "command", Arity: -1, Flags: flags, Acl: CatConnection, Handler: commandCommand,
		Group: GroupServer, Since: "2.8.13", Tips: unordered,
		Summary:    "Tells arity, flags and key positions of all commands.",
		Complexity: "O(N) where N is the number of commands.",
		Sub: []Spec{
			sub("count", 2, "2.8.13", "Tells how many commands there are.", "O(1)", "", commandCount),
			docs,
			sub("getkeys", -3, "2.8.13", "Finds the keys of a request.",
				"O(N) where N is the number of arguments of the request.", "command [arg ...]", commandGetkeys),
			sub("getkeysandflags", -3, "7.0.0", "Finds the keys of a request and what it does with each.",
				"O(N) where N is the number of arguments of the request.", "command [arg ...]", commandGetkeysandflags),
			sub("help", 2, "5.0.0", "Lists the subcommands.", "O(1)", "", commandHelp),
			info,
			list,
		},
	}}
}

func commandCommand(c *Ctx) error {
	replyAllInfo(c)
	return nil
}

func commandCount(c *Ctx) error {
	c.Reply.Int(int64(len(c.Env.Table.Commands())))
	return nil
}

func commandInfo(c *Ctx) error {
	if len(c.Args) == 2 {
		replyAllInfo(c)
		return nil
	}
	c.Reply.Array(len(c.Args) - 2)
	for _, name := range c.Args[2:] {
		s := c.Env.Table.ByFullName(name)
		if s == nil {
			c.Reply.Null()
			continue
		}
		s.replyInfo(c.Reply)
	}
	return nil
}

func replyAllInfo(c *Ctx) {
	rows := c.Env.Table.Commands()
	c.Reply.Array(len(rows))
	for _, s := range rows {
		s.replyInfo(c.Reply)
	}
}

func commandDocs(c *Ctx) error {
	var rows []*Spec
	if len(c.Args) == 2 {
		rows = c.Env.Table.Commands()
	}
	for _, name := range c.Args[2:] {
		if s := c.Env.Table.ByFullName(name); s != nil {
			rows = append(rows, s)
		}
	}
	c.Reply.Map(len(rows))
	for _, s := range rows {
		c.Reply.BulkString(s.fullName)
		s.replyDocs(c.Reply)
	}
	return nil
}

func commandGetkeys(c *Ctx) error {
	return replyKeys(c, func(key []byte, _ KeyFlags) { c.Reply.Bulk(key) })
}

func commandGetkeysandflags(c *Ctx) error {
	return replyKeys(c, func(key []byte, flags KeyFlags) {
		c.Reply.Array(2)
		c.Reply.Bulk(key)
		replyFlags(c.Reply, keyFlagNames(), uint64(flags))
	})
}

// What COMMAND GETKEYS answers to requests that it cannot read.
const (
	errNoCommand Error = "ERR Invalid command specified"
	errNoKeys    Error = "ERR The command has no key arguments"
	errBadArity  Error = "ERR Invalid number of arguments specified for command"
)

func replyKeys(c *Ctx, reply func(key []byte, flags KeyFlags)) error {
	args := c.Args[2:]
	s := c.Env.Table.Resolve(args)
	switch {
	case s == nil:
		return errNoCommand
	case !s.HasKeys():
		return errNoKeys
	case s.Arity > 0 && s.Arity != len(args) || len(args) < -s.Arity:
		return errBadArity
	}
	refs, err := s.AppendKeys(nil, args)
	if err != nil || len(refs) == 0 {
		if s.Flags&NoMandatoryKeys == 0 {
			return ErrKeys
		}
		refs = nil
	}
	c.Reply.Array(len(refs))
	for _, r := range refs {
		reply(args[r.Index], r.Flags)
	}
	return nil
}

func commandList(c *Ctx) error {
	var wanted func(s *Spec) bool
	switch {
	case len(c.Args) == 2:
		wanted = func(*Spec) bool { return true }
	case len(c.Args) != 5 || !c.Is(2, "filterby"):
		return ErrSyntax
	case c.Is(3, "module"):
		wanted = func(*Spec) bool { return false } // no row comes from a module
	case c.Is(3, "aclcat"):
		cat := CategoryByName(c.Args[4])
		wanted = func(s *Spec) bool { return s.Acl&cat != 0 }
	case c.Is(3, "pattern"):
		wanted = func(s *Spec) bool { return glob.Match(c.Args[4], []byte(s.fullName), true) }
	default:
		return ErrSyntax
	}
	m := c.Reply.DeferArray()
	n := 0
	list := func(s *Spec) {
		if wanted(s) {
			c.Reply.BulkString(s.fullName)
			n++
		}
	}
	for _, s := range c.Env.Table.Commands() {
		list(s)
		for i := range s.Sub {
			list(&s.Sub[i])
		}
	}
	c.Reply.SetArrayLen(m, n)
	return nil
}

func commandHelp(c *Ctx) error {
	return c.ReplyHelp(
		"(no subcommand)",
		"    Tell arity, flags and key positions of all commands.",
		"COUNT",
		"    Tell how many commands there are.",
		"LIST [FILTERBY (MODULE <name>|ACLCAT <category>|PATTERN <pattern>)]",
		"    List the names of commands and subcommands.",
		"INFO [<command-name> ...]",
		"    Tell arity, flags and key positions of commands: those named, or all.",
		"DOCS [<command-name> ...]",
		"    Document commands: those named, or all.",
		"GETKEYS <full-command>",
		"    Find the keys of a request.",
		"GETKEYSANDFLAGS <full-command>",
		"    Find the keys of a request and what it does with each.",
	)
}

// replyFlags replies the names of the flags that are set, in the order of names, as a set.
func replyFlags(w *resp.Writer, names []flagName, flags uint64) {
	n := 0
	for _, f := range names {
		if flags&f.flag != 0 {
			n++
		}
	}
	w.Set(n)
	for _, f := range names {
		if flags&f.flag != 0 {
			w.SimpleString(f.name)
		}
	}
}

func replyStrings(w *resp.Writer, s []string) {
	w.Set(len(s))
	for _, v := range s {
		w.BulkString(v)
	}
}

// replyInfo is the row in COMMAND INFO.
func (s *Spec) replyInfo(w *resp.Writer) {
	first, last, step := s.LegacyRange()
	w.Array(10)
	w.BulkString(s.fullName)
	w.Int(int64(s.Arity))
	flags := uint64(s.Flags)
	if s.movable {
		flags |= flagMovableKeys
	}
	replyFlags(w, flagNames(), flags)
	w.Int(int64(first))
	w.Int(int64(last))
	w.Int(int64(step))
	replyCategories(w, s.Acl)
	replyStrings(w, s.Tips)
	w.Set(len(s.Keys))
	for i := range s.Keys {
		s.Keys[i].reply(w)
	}
	if len(s.Sub) == 0 {
		w.Set(0)
		return
	}
	w.Array(len(s.Sub))
	for i := range s.Sub {
		s.Sub[i].replyInfo(w)
	}
}

func replyCategories(w *resp.Writer, cats Categories) {
	n := 0
	for range cats.Names() {
		n++
	}
	w.Set(n)
	for name := range cats.Names() {
		w.SimpleString("@" + name)
	}
}

// reply is the key specification in COMMAND INFO.
func (k *KeySpec) reply(w *resp.Writer) {
	if k.Notes != "" {
		w.Map(4)
		w.BulkString("notes")
		w.BulkString(k.Notes)
	} else {
		w.Map(3)
	}
	w.BulkString("flags")
	replyFlags(w, keyFlagNames(), uint64(k.Flags))
	w.BulkString("begin_search")
	switch {
	case k.UnknownBegin:
		replyRule(w, "unknown")
	case k.Keyword != "":
		replyRule(w, "keyword", field{"keyword", k.Keyword}, field{"startfrom", k.StartFrom})
	default:
		replyRule(w, "index", field{"index", k.Begin})
	}
	w.BulkString("find_keys")
	switch {
	case k.UnknownFind:
		replyRule(w, "unknown")
	case k.KeyNum:
		replyRule(w, "keynum", field{"keynumidx", k.KeyNumIndex}, field{"firstkey", k.FirstKey}, field{"keystep", k.Step})
	default:
		replyRule(w, "range", field{"lastkey", k.Last}, field{"keystep", k.Step}, field{"limit", k.Limit})
	}
}

type field struct {
	name  string
	value any // string or int
}

func replyRule(w *resp.Writer, kind string, fields ...field) {
	w.Map(2)
	w.BulkString("type")
	w.BulkString(kind)
	w.BulkString("spec")
	replyFields(w, fields)
}

// replyFields is a map of fields.
func replyFields(w *resp.Writer, fields []field) {
	w.Map(len(fields))
	for _, f := range fields {
		w.BulkString(f.name)
		switch v := f.value.(type) {
		case int:
			w.Int(int64(v))
		case string:
			w.BulkString(v)
		case func(*resp.Writer):
			v(w)
		}
	}
}

// replyDocs is the row in COMMAND DOCS.
func (s *Spec) replyDocs(w *resp.Writer) {
	fields := []field{{"summary", s.Summary}, {"since", s.Since}, {"group", string(s.Group)}}
	if s.Complexity != "" {
		fields = append(fields, field{"complexity", s.Complexity})
	}
	if doc := s.docFlags(); doc != 0 {
		fields = append(fields, field{"doc_flags", func(w *resp.Writer) { replyFlags(w, docFlagNames(), doc) }})
	}
	if s.Deprecated != "" {
		fields = append(fields, field{"deprecated_since", s.Deprecated})
	}
	if s.ReplacedBy != "" {
		fields = append(fields, field{"replaced_by", s.ReplacedBy})
	}
	if len(s.History) > 0 {
		fields = append(fields, field{"history", s.replyHistory})
	}
	if args, _ := ParseSyntax(s.Syntax); len(args) > 0 { // NewTable has parsed it before
		fields = append(fields, field{"arguments", func(w *resp.Writer) { replyArgs(w, args) }})
	}
	if len(s.Sub) > 0 {
		fields = append(fields, field{"subcommands", s.replySubDocs})
	}
	replyFields(w, fields)
}

func (s *Spec) replyHistory(w *resp.Writer) {
	w.Set(len(s.History))
	for _, h := range s.History {
		since, what, _ := strings.Cut(h, " ")
		w.Array(2)
		w.BulkString(since)
		w.BulkString(what)
	}
}

func (s *Spec) replySubDocs(w *resp.Writer) {
	w.Map(len(s.Sub))
	for i := range s.Sub {
		w.BulkString(s.Sub[i].fullName)
		s.Sub[i].replyDocs(w)
	}
}

func replyArgs(w *resp.Writer, args []Arg) {
	w.Array(len(args))
	for i := range args {
		args[i].reply(w)
	}
}

// reply is the argument in COMMAND DOCS.
func (a *Arg) reply(w *resp.Writer) {
	nested := a.Type == "oneof" || a.Type == "block"
	fields := []field{{"name", a.Name}, {"type", a.Type}}
	if !nested {
		display := a.Display
		if display == "" {
			display = a.Name
		}
		fields = append(fields, field{"display_text", display})
	}
	if a.KeySpec >= 0 {
		fields = append(fields, field{"key_spec_index", a.KeySpec})
	}
	if a.HasToken {
		fields = append(fields, field{"token", a.Token})
	}
	if a.Since != "" {
		fields = append(fields, field{"since", a.Since})
	}
	if a.Deprecated != "" {
		fields = append(fields, field{"deprecated_since", a.Deprecated})
	}
	if a.Optional || a.Multiple || a.MultipleToken {
		fields = append(fields, field{"flags", a.replyFlags})
	}
	if nested {
		fields = append(fields, field{"arguments", func(w *resp.Writer) { replyArgs(w, a.Args) }})
	}
	replyFields(w, fields)
}

func (a *Arg) replyFlags(w *resp.Writer) {
	var flags []string
	if a.Optional {
		flags = append(flags, "optional")
	}
	if a.Multiple {
		flags = append(flags, "multiple")
	}
	if a.MultipleToken {
		flags = append(flags, "multiple_token")
	}
	w.Set(len(flags))
	for _, f := range flags {
		w.SimpleString(f)
	}
}
