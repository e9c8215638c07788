package command

import (
	"fmt"
	"strings"
	"testing"
)

// show writes arguments in short: name:type, "token", #key specification, (display), @since-deprecated,
// ? optional, + multiple, ++ with its token, and {arguments}.
func show(args []Arg) string {
	var all []string
	for _, a := range args {
		s := a.Name + ":" + a.Type
		if a.HasToken {
			s += fmt.Sprintf("%q", a.Token)
		}
		if a.KeySpec >= 0 {
			s += fmt.Sprintf("#%d", a.KeySpec)
		}
		if a.Display != "" {
			s += "(" + a.Display + ")"
		}
		if a.Since != "" || a.Deprecated != "" {
			s += "@" + a.Since + "-" + a.Deprecated
		}
		if a.Optional {
			s += "?"
		}
		if a.Multiple {
			s += "+"
		}
		if a.MultipleToken {
			s += "+"
		}
		if a.Args != nil {
			s += "{" + show(a.Args) + "}"
		}
		all = append(all, s)
	}
	return strings.Join(all, " ")
}

func TestParseSyntax(t *testing.T) {
	for _, c := range []struct{ syntax, want string }{
		{"", ""},
		{"key value", "key:key#0 value:string"},
		{"key [key ...]", "key:key#0+"},
		{"key ...", "key:key#0+"},
		{"key ... value", "key:key#0+ value:string"},
		{"[key ...]", "key:key#0?+"},
		{"[name [name ...]]", "name:string?+"},
		{"key value [key value ...]", "data:block+{key:key#0 value:string}"},
		{"key item:<member score> [member score ...]", "key:key#0 item:block+{member:string score:double}"},
		{"numkeys key [key ...] [WEIGHTS weight [weight ...]]",
			`numkeys:integer key:key#0+ weight:integer"WEIGHTS"?+`},
		{"[PREFIX prefix [PREFIX prefix ...]]", `prefix:string"PREFIX"?++`},
		{"[<GET get-pattern(pattern)> ...]", `get-pattern:pattern"GET"(pattern)?++`},
		{"[NX|XX] [GET]", `condition:oneof?{nx:pure-token"NX" xx:pure-token"XX"} get:pure-token"GET"?`},
		{"[NX | XX]@2.6.12", `condition:oneof@2.6.12-?{nx:pure-token"NX" xx:pure-token"XX"}`},
		{"[EX seconds@2.6.12|PX milliseconds|KEEPTTL@6.0.0]", "expiration:oneof?{" +
			`seconds:integer"EX"@2.6.12- milliseconds:integer"PX" keepttl:pure-token"KEEPTTL"@6.0.0-}`},
		{"[COUNT@2.0.0 count]", `count:integer"COUNT"@2.0.0-?`},
		{"wherefrom:<LEFT|RIGHT> <LEFT|RIGHT>", `wherefrom:oneof{left:pure-token"LEFT" right:pure-token"RIGHT"} ` +
			`where:oneof{left:pure-token"LEFT" right:pure-token"RIGHT"}`},
		{"[LIMIT offset count]", `limit:block"LIMIT"?{offset:integer count:integer}`},
		{"count-block:[<COUNT count> [ANY]]", `count-block:block?{count:integer"COUNT" any:pure-token"ANY"?}`},
		{"[FULL [COUNT count]]", `full-count:block?{full:pure-token"FULL" count:integer"COUNT"?}`},
		{"[FILTERBY <MODULE name|PATTERN pattern>]",
			`filterby:oneof"FILTERBY"?{name:string"MODULE" pattern:pattern"PATTERN"}`},
		{"GROUP <group consumer> key", `group:block"GROUP"{group:string consumer:string} key:key#0`},
		{"STREAMS <key [key ...] id [id ...]>", `streams:block"STREAMS"{key:key#0+ id:string+}`},
		{"<host port|NO ONE>", `host-port-or-no-one:oneof{host-port:block{host:string port:integer} ` +
			`no-one:block{no:pure-token"NO" one:pure-token"ONE"}}`},
		{"[ID id|TYPE type ...]", `id-or-type:oneof?+{id:string"ID" type:string"TYPE"}`},
		{`<"*"|id>`, `*-or-id:oneof{*:pure-token"*" id:string}`},
		{`operator:[equal:"="|"~"] change:[CH] key-selector:<key|empty-string:"">`, `operator:oneof?{equal:pure-token"=" ` +
			`~:pure-token"~"} change:pure-token"CH"? key-selector:oneof{key:key#0 empty-string:pure-token""}`},
		{"destination key#2 key timeout:double", "destination:key#0 key:key#2 key:key#3 timeout:double"},
		{"addr(ip:port)@-2.8.12", "addr:string(ip:port)@-2.8.12"},
		{"[GT|LT] [ASC|DESC] [ASYNC|SYNC] [BYTE|BIT]", `comparison:oneof?{gt:pure-token"GT" lt:pure-token"LT"} ` +
			`order:oneof?{asc:pure-token"ASC" desc:pure-token"DESC"} ` +
			`flush-type:oneof?{async:pure-token"ASYNC" sync:pure-token"SYNC"} ` +
			`unit:oneof?{byte:pure-token"BYTE" bit:pure-token"BIT"}`},
	} {
		args, err := ParseSyntax(c.syntax)
		if err != nil {
			t.Errorf("%q: %v", c.syntax, err)
		} else if got := show(args); got != c.want {
			t.Errorf("%q\n got %s\nwant %s", c.syntax, got, c.want)
		}
	}
}

func TestParseSyntaxRefuses(t *testing.T) {
	for _, s := range []string{
		"[", "]", "[]", "<>", "[a", "[a>", "<a]", "a]", "[a|]", "[|a]", "...", "[...]", `"a`, "a:nosuch", ":string", "key#x", "a|b",
	} {
		if args, err := ParseSyntax(s); err == nil {
			t.Errorf("%q: no error but %s", s, show(args))
		}
	}
}

// FuzzParseSyntax looks for texts on which the parser panics or does not end.
func FuzzParseSyntax(f *testing.F) {
	f.Add("key value [NX|XX] [GET]@6.2.0 [EX seconds|KEEPTTL]")
	f.Add("score member [score member ...] a:<\"x\"|b#3> ...")
	f.Fuzz(func(t *testing.T, s string) {
		if args, err := ParseSyntax(s); err == nil {
			show(args)
		}
	})
}
