package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// state is the keys of one writer.
type state map[string]*value

// value is one of them. Only the field of its kind is used.
type value struct {
	kind   string // as TYPE says
	text   string
	list   []string
	fields map[string]string
	set    map[string]bool
	scores map[string]int64
	// The deadline is between these, in Unix milliseconds; 0: none.
	from, to int64
	// unknown is the number of members that an unanswered SPOP has taken from set, and nobody knows which.
	unknown int
}

func (v *value) clone() *value {
	c := *v
	c.list, c.fields, c.set, c.scores = slices.Clone(v.list), maps.Clone(v.fields), maps.Clone(v.set), maps.Clone(v.scores)
	return &c
}

func (s state) clone() state {
	c := make(state, len(s))
	for k, v := range s {
		c[k] = v.clone()
	}
	return c
}

// size is the number of elements; a value without any does not exist.
func (v *value) size() int {
	switch v.kind {
	case "list":
		return len(v.list)
	case "hash":
		return len(v.fields)
	case "set":
		return len(v.set) - v.unknown
	case "zset":
		return len(v.scores)
	}
	return 1
}

// holds says whether got, which was read from a server, is what v describes.
func (v *value) holds(got *value) bool {
	if v.kind != got.kind || got.from < v.from || got.from > v.to || v.text != got.text || !slices.Equal(v.list, got.list) ||
		!maps.Equal(v.fields, got.fields) || !maps.Equal(v.scores, got.scores) || len(got.set) != len(v.set)-v.unknown {
		return false
	}
	for m := range got.set {
		if !v.set[m] {
			return false
		}
	}
	return true
}

// differences names the keys whose value in got, which was read from a server, is not what s describes.
func (s state) differences(got state) []string {
	var keys []string
	for k, v := range s {
		if g := got[k]; v.size() > 0 && (g == nil || !v.holds(g)) || v.size() == 0 && g != nil {
			keys = append(keys, k)
		}
	}
	for k := range got {
		if s[k] == nil {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

func (v *value) String() string {
	if v == nil {
		return "no key"
	}
	deadline := ""
	if v.to != 0 {
		deadline = fmt.Sprintf(", lapses at %d..%d", v.from, v.to)
	}
	var what string
	switch v.kind {
	case "list":
		what = strings.Join(v.list, " ")
	case "hash":
		what = fmt.Sprint(v.fields)
	case "set":
		what = fmt.Sprint(slices.Sorted(maps.Keys(v.set)))
		if v.unknown > 0 {
			what += fmt.Sprintf(" less %d", v.unknown)
		}
	case "zset":
		what = fmt.Sprint(v.scores)
	default:
		what = fmt.Sprintf("%q", v.text)
	}
	return v.kind + " " + what + deadline
}
