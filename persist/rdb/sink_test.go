package rdb

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"radish/store/intset"
	"radish/store/listpack"
)

// memSink keeps a value as a text: the kind of parts, and these, in order where order counts.
type memSink struct {
	kind  string
	parts []string
	seen  map[string]bool
	// sorted: order does not count.
	sorted bool
}

var errTwice = errors.New("twice")

func (m *memSink) String(s []byte) error {
	m.kind, m.parts = "string", []string{string(s)}
	return nil
}

func (m *memSink) Begin(shape Shape, _ uint64) error {
	m.kind = []string{"string", "list", "list", "set", "zset", "hash", "hash"}[shape]
	m.sorted = shape >= ShapeSet
	m.parts = nil
	m.seen = map[string]bool{}
	if shape == ShapeString {
		m.parts = []string{""}
	}
	return nil
}

func (m *memSink) once(key []byte) error {
	if m.seen[string(key)] {
		return errTwice
	}
	m.seen[string(key)] = true
	return nil
}

func (m *memSink) Element(s []byte) error {
	switch m.kind {
	case "string":
		m.parts[0] += string(s)
		return nil
	case "set":
		if err := m.once(s); err != nil {
			return err
		}
	}
	m.parts = append(m.parts, string(s))
	return nil
}

func (m *memSink) Scored(s []byte, score float64) error {
	if math.IsNaN(score) {
		return errors.New("NaN reached the sink")
	}
	m.parts = append(m.parts, fmt.Sprintf("%s=%v", s, score))
	return m.once(s)
}

func (m *memSink) Field(f, v []byte, ms int64) error {
	m.parts = append(m.parts, hashPart(string(f), string(v), ms))
	return m.once(f)
}

func hashPart(f, v string, ms int64) string {
	if ms == 0 {
		return f + "=" + v
	}
	return fmt.Sprintf("%s=%s@%d", f, v, ms)
}

func (m *memSink) Block(kind BlockKind, b []byte) error {
	if kind != BlockNode {
		m.parts, m.seen = nil, map[string]bool{}
		m.kind = []string{"list", "set", "set", "zset", "hash", "hash"}[kind]
		m.sorted = true
	}
	if kind == BlockIntset {
		if err := intset.Validate(b, true); err != nil {
			return err
		}
		for i := range intset.Len(b) {
			m.parts = append(m.parts, fmt.Sprint(intset.At(b, i)))
		}
		return nil
	}
	if err := listpack.Validate(b, true); err != nil {
		return err
	}
	var vals []string
	var scratch [24]byte
	for off := listpack.First(b); off >= 0; off = listpack.Next(b, off) {
		vals = append(vals, string(listpack.Bytes(b, off, &scratch)))
	}
	step := []int{1, 1, 0, 2, 2, 3}[kind]
	if len(vals) == 0 || len(vals)%step != 0 {
		return fmt.Errorf("a block of %d entries", len(vals))
	}
	for ; len(vals) > 0; vals = vals[step:] {
		part := strings.Join(vals[:min(step, 2)], "=")
		if step == 3 && vals[2] != "0" {
			part += "@" + vals[2]
		}
		m.parts = append(m.parts, part)
	}
	return nil
}

func (m *memSink) text() string {
	parts := slices.Clone(m.parts)
	if m.sorted {
		slices.Sort(parts)
	}
	return m.kind + ":" + strings.Join(parts, " ")
}
