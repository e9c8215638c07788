package command

import (
	"fmt"
	"slices"
	"strings"
)

// The notation of Spec.Syntax is that of ordinary synopses:
//
//	key value [NX|XX] [GET] [EX seconds|PX milliseconds|KEEPTTL]
//	numkeys key [key ...]
//	source destination wherefrom:<LEFT|RIGHT> whereto:<LEFT|RIGHT>
//
// A synopsis is a sequence of items, separated by blanks. An item is one of
//
//	seconds          a value, named as written (in lower case). Type: see below
//	EX               a token: what is written in capitals stands for itself
//	"m"  ""  "="     a token of other characters
//	[...]            optional
//	<...>            obligatory; groups what belongs together
//
// Within brackets, | separates alternatives (argument type oneof); an alternative, or the whole content
// of brackets, of several items is a block.
//
//	EX seconds       A token belongs to the value or bracket <> that follows it. At the beginning of a
//	LIMIT offset count     bracket or alternative it belongs to all that follows there, as in
//	                 [LIMIT offset count], which is a block with the token LIMIT. A token before another
//	                 token, before something optional, or at the end is a token alone (pure-token);
//	                 brackets limit what it takes, as in [<COUNT count> [ANY]].
//	key [key ...]    The item is repeated (flag multiple): written again in brackets with three dots.
//	key value [key value ...]   The two items make a block that is repeated. It is named data.
//	key ...          The same as key [key ...]; [key ...] alone is optional and repeated. Dots at the end
//	                 of [] repeat all that stands there, else the item before them.
//	GET p [GET p ...]     The token is repeated too (multiple_token); the same as <GET p> ...
//
// What names do not tell is written out, directly at the item:
//
//	timeout:double   a value's type: string, integer, double, key, pattern, unix-time
//	key#1            a key's specification, where keys do not have them in order
//	by-pattern(pattern)     a value's display text, where it is not the name
//	where:<LEFT|RIGHT>  equal:"="  change:CH      the name of a bracket or token
//	[GET]@6.2.0  EX seconds@2.6.12                since which version, at the end of the item
//	addr@2.4.0-2.8.12                             and since which it is deprecated
//
// Types that need not be written: those of valueType below; others are strings. Tokens are named by
// their lower case, brackets by the token before or in front of them, else a few well-known choices
// (NX|XX is condition) by choiceName, others by joining their names.

// Arg is an argument in the tree that COMMAND DOCS prints.
type Arg struct {
	Name    string
	Type    string // "string", "integer", "double", "key", "pattern", "unix-time", "pure-token", "oneof" or "block"
	Display string // display text of a value
	Token   string
	// HasToken tells the token "" from none.
	HasToken      bool
	KeySpec       int // index of the key specification; -1: none
	Since         string
	Deprecated    string // version since which it is
	Optional      bool
	Multiple      bool
	MultipleToken bool
	Args          []Arg // of oneof and block
	named         bool  // the name is written, not derived
	grouped       bool  // stands in brackets
}

// valueType is the type of a value by its name.
func valueType(name string) string {
	switch name {
	case "key", "key1", "key2", "keys", "destkey", "destination", "source", "sourcekey", "newkey", "storekey",
		"storedistkey", "src", "dst":
		return "key"
	case "pattern", "by-pattern", "get-pattern":
		return "pattern"
	case "longitude", "latitude", "radius", "width", "height", "score":
		return "double"
	case "unix-time-seconds", "unix-time-milliseconds":
		return "unix-time"
	case "bit", "bits", "client-id", "count", "cursor", "db", "decrement", "destination-db", "end", "frequency",
		"increment", "index", "index1", "index2", "len", "limit", "milliseconds", "min-match-len", "ms",
		"num-matches", "numkeys", "numlocal", "numreplicas", "offset", "port", "protover", "rank", "seconds",
		"slot", "start", "stop", "timeout", "ttl", "version", "weight":
		return "integer"
	}
	return "string"
}

// choiceName names a choice by its first alternative's name.
func choiceName(args []Arg) string {
	switch args[0].Name {
	case "nx", "xx":
		return "condition"
	case "gt", "lt":
		return "comparison"
	case "seconds":
		return "expiration"
	case "async", "sync":
		return "flush-type"
	case "asc", "desc":
		return "order"
	case "byte", "m":
		return "unit"
	case "left":
		return "where"
	}
	return joinNames(args, "-or-")
}

func joinNames(args []Arg, sep string) string {
	names := make([]string, len(args))
	for i := range args {
		names[i] = args[i].Name
	}
	return strings.Join(names, sep)
}

// ParseSyntax makes the tree of arguments of a Spec.Syntax.
func ParseSyntax(syntax string) ([]Arg, error) {
	p := syntaxParser{rest: syntax}
	seq, dots := p.sequence()
	if p.err == nil && p.rest != "" {
		p.fail("%q without a bracket that it closes", p.rest[:1])
	}
	if p.err != nil {
		return nil, fmt.Errorf("syntax %q: %w", syntax, p.err)
	}
	if dots {
		seq[len(seq)-1].repeat()
	}
	args := bindTokens(seq, false)
	n := 0
	numberKeys(args, &n)
	return args, nil
}

func numberKeys(args []Arg, n *int) {
	for i := range args {
		a := &args[i]
		if a.Type == "key" {
			if a.KeySpec < 0 {
				a.KeySpec = *n
			}
			*n = a.KeySpec + 1
		}
		numberKeys(a.Args, n)
	}
}

type syntaxParser struct {
	rest string
	err  error
}

func (p *syntaxParser) fail(format string, v ...any) {
	if p.err == nil {
		p.err = fmt.Errorf(format, v...)
	}
	p.rest = ""
}

// sequence reads items up to the end of an alternative. Its tokens are not bound yet. dots says that it
// ended with three dots, which may mean the last item or all of them.
func (p *syntaxParser) sequence() (seq []Arg, dots bool) {
	for {
		p.rest = strings.TrimLeft(p.rest, " ")
		if p.rest == "" || strings.IndexByte("]>|", p.rest[0]) >= 0 {
			return seq, dots
		}
		if dots { // something follows, so that the dots meant the last item
			seq[len(seq)-1].repeat()
			dots = false
		}
		if r, ok := strings.CutPrefix(p.rest, "..."); ok {
			if p.rest = r; len(seq) == 0 {
				p.fail("dots without an item")
			}
			dots = true
			continue
		}
		seq = p.item(seq)
	}
}

// item reads one item and adds it to the sequence. It may instead mark the end of the sequence as repeated.
func (p *syntaxParser) item(seq []Arg) []Arg {
	var a Arg
	name := ""
	if i := strings.IndexAny(p.rest, ":[<|>] \"("); i > 0 && p.rest[i] == ':' && i+1 < len(p.rest) {
		if c := p.rest[i+1]; c == '[' || c == '<' || c == '"' || 'A' <= c && c <= 'Z' {
			name, p.rest = p.rest[:i], p.rest[i+1:]
		}
	}
	switch c := p.rest[0]; {
	case c == '[' || c == '<':
		var again []Arg
		if a, again = p.bracket(c); again != nil && name == "" && repeatTail(&seq, again) {
			return seq
		}
	case c == '"':
		i := strings.IndexByte(p.rest[1:], '"')
		if i < 0 {
			p.fail("quotes do not end")
			return seq
		}
		a = tokenArg(p.rest[1 : 1+i])
		p.rest = p.rest[i+2:]
	default:
		a = p.word()
	}
	if name != "" {
		a.Name, a.named = name, true
	}
	p.since(&a)
	return append(seq, a)
}

func tokenArg(token string) Arg {
	return Arg{Name: lowerString(token), Type: "pure-token", Token: token, HasToken: true, KeySpec: -1}
}

// word reads a token in capitals or a value.
func (p *syntaxParser) word() Arg {
	w := p.rest
	if i := strings.IndexAny(w, "[]<>|@ "); i >= 0 {
		w = w[:i]
	}
	p.rest = p.rest[len(w):]
	if w != "" && strings.ToUpper(w) == w {
		return tokenArg(w)
	}
	a := Arg{KeySpec: -1}
	if i := strings.IndexByte(w, '#'); i >= 0 {
		if _, err := fmt.Sscanf(w[i:], "#%d", &a.KeySpec); err != nil {
			p.fail("%q: no number of a key specification", w)
		}
		w = w[:i]
	}
	if i := strings.IndexByte(w, '('); i >= 0 {
		a.Display = strings.TrimSuffix(w[i+1:], ")")
		w = w[:i]
	}
	var typed bool
	a.Name, a.Type, typed = strings.Cut(w, ":")
	if !typed {
		a.Type = valueType(a.Name)
	}
	if a.Name == "" || !slices.Contains([]string{"string", "integer", "double", "key", "pattern", "unix-time"}, a.Type) {
		p.fail("%q: no name, or no such type", w)
	}
	return a
}

// since reads the versions at the end of an item.
func (p *syntaxParser) since(a *Arg) {
	r, ok := strings.CutPrefix(p.rest, "@")
	if !ok {
		return
	}
	i := strings.IndexFunc(r, func(c rune) bool { return !strings.ContainsRune("0123456789.-", c) })
	if i < 0 {
		i = len(r)
	}
	a.Since, a.Deprecated, _ = strings.Cut(r[:i], "-")
	p.rest = r[i:]
}

// bracket reads a bracket. If it is of the form [items ...], it gives its items too.
func (p *syntaxParser) bracket(open byte) (a Arg, again []Arg) {
	closing := "]"
	if open == '<' {
		closing = ">"
	}
	p.rest = p.rest[1:]
	var alts []Arg
	var dots bool
	for {
		var seq []Arg
		seq, dots = p.sequence()
		if len(seq) == 0 || p.rest == "" {
			p.fail("empty alternative, or a bracket that does not end")
			return Arg{}, nil
		}
		if dots && open == '[' && len(alts) == 0 {
			again = slices.Clone(seq)
		}
		if dots && (open == '<' || len(seq) == 1 && p.rest[0] != '|' && len(alts) == 0) {
			seq[len(seq)-1].repeat()
			dots = false
		}
		alts = append(alts, asOne(bindTokens(seq, true)))
		if p.rest[0] != '|' {
			break
		}
		p.rest = p.rest[1:]
	}
	r, ok := strings.CutPrefix(p.rest, closing)
	if !ok {
		p.fail("%q closes the wrong bracket", p.rest[:1])
		return Arg{}, nil
	}
	p.rest = r
	a = alts[0]
	if len(alts) > 1 {
		a = Arg{Name: choiceName(alts), Type: "oneof", KeySpec: -1, Args: alts}
		again = nil
	}
	if dots {
		a.Multiple = true
	}
	a.grouped = true
	a.Optional = a.Optional || open == '['
	return a, again
}

// repeat marks an item as repeated, with its token if it has one already.
func (a *Arg) repeat() {
	a.Multiple = true
	a.MultipleToken = a.HasToken && a.Type != "pure-token"
}

// repeatTail says whether again, the items of a bracket with dots, stand at the end of the sequence. It
// then marks these as repeated.
func repeatTail(seq *[]Arg, again []Arg) bool {
	s := *seq
	if len(s) == 0 {
		return false
	}
	last := &s[len(s)-1]
	if last.Type == "block" && sameItems(last.Args, again) {
		last.Multiple = true
		return true
	}
	if n := len(again); n <= len(s) && sameItems(s[len(s)-n:], again) {
		one := bindTokens(slices.Clone(s[len(s)-n:]), true)
		a := asOne(one)
		if a.Type == "block" && !a.HasToken {
			a.Name = "data"
		}
		a.repeat()
		*seq = append(s[:len(s)-n], a)
		return true
	}
	return false
}

func sameItems(a, b []Arg) bool {
	return slices.EqualFunc(a, b, func(x, y Arg) bool { return x.Name == y.Name && x.Token == y.Token })
}

// asOne makes a block of several arguments.
func asOne(args []Arg) Arg {
	if len(args) == 1 {
		return args[0]
	}
	return Arg{Name: joinNames(args, "-"), Type: "block", KeySpec: -1, Args: args}
}

// bindTokens gives tokens to what they belong to. In brackets the first one may take the whole rest.
func bindTokens(seq []Arg, inBrackets bool) []Arg {
	takes := func(i int) bool {
		return seq[i].Type == "pure-token" && !seq[i].grouped && !seq[i].named && i+1 < len(seq) &&
			!seq[i+1].HasToken && !seq[i+1].Optional
	}
	if inBrackets && len(seq) > 2 && takes(0) {
		b := asOne(bindTokens(seq[1:], false))
		return []Arg{withToken(b, seq[0])}
	}
	var out []Arg
	for i := 0; i < len(seq); i++ {
		if takes(i) {
			out = append(out, withToken(seq[i+1], seq[i]))
			i++
			continue
		}
		out = append(out, seq[i])
	}
	return out
}

func withToken(a, token Arg) Arg {
	a.Token, a.HasToken = token.Token, true
	if (a.Type == "block" || a.Type == "oneof") && !a.named {
		a.Name = token.Name
	}
	if a.Since == "" {
		a.Since = token.Since
	}
	return a
}
