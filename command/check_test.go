package command

import (
	"strings"
	"testing"
)

// TestCheckRefuses spoils a row in every way that NewTable refuses.
func TestCheckRefuses(t *testing.T) {
	key := KeySpec{Flags: KeyRO, Begin: 1, Step: 1}
	withKey := func(change func(k *KeySpec)) func(s *Spec) {
		return func(s *Spec) {
			k := key
			change(&k)
			s.Keys = []KeySpec{k}
		}
	}
	for _, c := range []struct {
		want  string
		spoil func(s *Spec)
	}{
		{"bad name", func(s *Spec) { s.Name = "" }},
		{"bad name", func(s *Spec) { s.Name = "Get" }},
		{"bad name", func(s *Spec) { s.Name = "a|b" }},
		{"no arity", func(s *Spec) { s.Arity = 0 }},
		{"neither handler", func(s *Spec) { s.Handler = nil }},
		{"subcommands do not fit", func(s *Spec) { s.Sub = []Spec{row("x")}; s.Handler = nil; s.Arity = 2 }},
		{"both write and readonly", func(s *Spec) { s.Flags |= Write }},
		{"denyoom without write", func(s *Spec) { s.Flags |= DenyOOM }},
		{"prepare without", func(s *Spec) { s.Prepare = s.Handler }},
		{"without keys", func(s *Spec) { s.Flags |= NoMandatoryKeys; s.Keys, s.Syntax = nil, "" }},
		{"obligatory", func(s *Spec) { s.Group = "" }},
		{"obligatory", func(s *Spec) { s.Since = "" }},
		{"obligatory", func(s *Spec) { s.Summary = "" }},
		{"not deprecated", func(s *Spec) { s.ReplacedBy = "x" }},
		{"history", func(s *Spec) { s.History = []string{"7.0.0"} }},
		{"syntax", func(s *Spec) { s.Syntax = "[" }},
		{"no key specification", func(s *Spec) { s.Syntax = "key [STORE <destkey>]" }},
		{"not one of", withKey(func(k *KeySpec) { k.Flags = KeyAccess })},
		{"not one of", withKey(func(k *KeySpec) { k.Flags = KeyRO | KeyRW })},
		{"does not write", withKey(func(k *KeySpec) { k.Flags = KeyRM })},
		{"needs GetKeys", withKey(func(k *KeySpec) { k.Flags |= KeyIncomplete })},
		{"needs GetKeys", withKey(func(k *KeySpec) { k.UnknownFind = true })},
		{"begins at", withKey(func(k *KeySpec) { k.Begin = 0 })},
		{"begins at", withKey(func(k *KeySpec) { k.Keyword = "KEYS" })},
		{"begins at", withKey(func(k *KeySpec) { k.Begin, k.Keyword = 0, "KEYS" })},
		{"begins after", withKey(func(k *KeySpec) { k.Begin = 2 })},
		{"no step", withKey(func(k *KeySpec) { k.Step = 0 })},
		{"number of keys", withKey(func(k *KeySpec) { k.KeyNum = true })},
		{"limit", withKey(func(k *KeySpec) { k.Limit = 2 })},
		{"two of that name", func(s *Spec) { s.Name = "other" }},
		{"two of that name", func(s *Spec) { *s = container("c", "x", "x") }},
		{"bad name", func(s *Spec) { *s = container("c", "X") }},
	} {
		s := row("get")
		c.spoil(&s)
		_, err := NewTable([]Spec{row("other")}, []Spec{s})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("want an error with %q, got %v", c.want, err)
		}
	}
}
