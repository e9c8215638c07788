package command

import (
	"radish/internal/num"
)

// Where the keys of a request stand follows from the row's key specifications; Redis describes them at
// https://redis.io/docs/reference/key-specs. Most rows have keys at fixed places, first to last with a
// step: SimpleKeys is their short form, which dispatch runs through by itself.

// KeyMovable marks rows whose short form does not tell all keys. COMMAND shows it as a command flag.
func (s *Spec) KeyMovable() bool { return s.movable }

// HasKeys says whether requests of the row may name keys.
func (s *Spec) HasKeys() bool {
	for i := range s.Keys {
		if s.Keys[i].Flags&KeyNotKey == 0 {
			return true
		}
	}
	return s.GetKeys != nil
}

// SimpleKeys tells the places of all keys, if ok: arguments first, first+step, ... up to last (negative:
// counted from the end, -1 is the last argument) as far as there are arguments; first 0: no keys.
// A request that passed the arity check has the first one.
func (s *Spec) SimpleKeys() (first, last, step int, ok bool) {
	return s.first, s.last, s.st, s.simpleKeys
}

// LegacyRange is first key, last key and step of COMMAND INFO: what SimpleKeys tells, or for movable
// keys as much of it as can be said that way.
func (s *Spec) LegacyRange() (first, last, step int) { return s.first, s.last, s.st }

// shortenKeys derives the short form of the key specifications. Consecutive ranges of step 1 make one.
func (s *Spec) shortenKeys() {
	s.simpleKeys = true
	if len(s.Keys) == 1 && s.Keys[0].isRange() {
		k := &s.Keys[0]
		s.first, s.last, s.st = k.Begin, k.lastIndex(), k.Step
		s.movable = k.Flags&KeyIncomplete != 0
		s.simpleKeys = !s.movable && k.Limit <= 1
		if k.Flags&KeyNotKey != 0 { // COMMAND shows it, but it is no key
			s.simpleKeys = false
		}
		return
	}
	for i := range s.Keys {
		k := &s.Keys[i]
		joins := s.first == 0 || s.last == k.Begin-1
		if k.Flags&(KeyIncomplete|KeyNotKey) != 0 || k.Limit > 1 {
			s.simpleKeys = false
		}
		if !k.isRange() || k.Step != 1 || !joins {
			s.movable, s.simpleKeys = true, false
			continue
		}
		if k.Flags&KeyIncomplete != 0 {
			s.movable = true
		}
		if s.first == 0 {
			s.first = k.Begin
		}
		s.last, s.st = k.lastIndex(), 1
	}
}

func (k *KeySpec) isRange() bool {
	return k.Keyword == "" && !k.KeyNum && !k.UnknownBegin && !k.UnknownFind
}

// lastIndex is the last key of a range that begins at an index, as an argument index.
func (k *KeySpec) lastIndex() int {
	if k.Last < 0 {
		return k.Last
	}
	return k.Begin + k.Last
}

// AppendKeys appends the keys of a request of the row (args[0] is the name) to dst, in the order of the
// key specifications, as COMMAND GETKEYS tells them. It fails with ErrKeys where the arguments do not tell: a bad number of keys,
// or fewer arguments than it says. Redis tells more than the command will take: of a number of keys it keeps 32 bits, and one that
// is no number to it (02, 2x) it reads a second time with C's atoi.
func (s *Spec) AppendKeys(dst []KeyRef, args [][]byte) ([]KeyRef, error) {
	return s.appendKeys(dst, args, false)
}

// AppendLockedKeys is AppendKeys for who runs the command: that there are none of the last keys (PFMERGE destkey) is no mistake,
// a number of keys is one that the handler takes, and of a keyword that is given again (GEORADIUS STORE a STORE b) the last may
// count. A handler meets a request without keys on ErrKeys, and answers its own error.
func (s *Spec) AppendLockedKeys(dst []KeyRef, args [][]byte) ([]KeyRef, error) {
	return s.appendKeys(dst, args, true)
}

func (s *Spec) appendKeys(dst []KeyRef, args [][]byte, locks bool) ([]KeyRef, error) {
	n := len(dst)
	variable, reliable := false, true
	for i := range s.Keys {
		k := &s.Keys[i]
		if k.Flags&KeyVariable != 0 && s.GetKeys != nil {
			variable = true
			break
		}
		if k.Flags&KeyNotKey != 0 {
			continue
		}
		if locks && i > 0 && k.Keyword == "" && k.Begin == len(args) && k.Last < 0 && !k.KeyNum {
			continue
		}
		before := len(dst)
		if dst, reliable = k.append(dst, args, locks); !reliable {
			break
		}
		if locks && k.StartFrom > 0 && k.Last == 0 && !k.KeyNum && len(dst) > before {
			dst = k.appendAgain(dst, args)
		}
	}
	if reliable && !variable {
		return dst, nil
	}
	dst = dst[:n]
	if s.GetKeys == nil {
		if !locks {
			return s.appendLooseKeys(dst, args)
		}
		return dst, ErrKeys
	}
	refs, err := s.GetKeys(args)
	if err != nil {
		return dst, err
	}
	return append(dst, refs...), nil
}

// appendLooseKeys is the second look at a row with a number of keys, as Redis's genericGetKeys has it: it knows no flags, and the
// key of the result stands last.
func (s *Spec) appendLooseKeys(dst []KeyRef, args [][]byte) ([]KeyRef, error) {
	for i := range s.Keys {
		k := &s.Keys[i]
		if !k.KeyNum || k.Keyword != "" || k.Begin+k.KeyNumIndex >= len(args) {
			continue
		}
		n, first := int(num.Atoi(args[k.Begin+k.KeyNumIndex])), k.Begin+k.FirstKey
		if n < 1 || n > (len(args)-first)/k.Step {
			break
		}
		for j := range n {
			dst = append(dst, KeyRef{Index: first + j*k.Step})
		}
		for j := range i {
			dst = append(dst, KeyRef{Index: s.Keys[j].Begin})
		}
		return dst, nil
	}
	return dst, ErrKeys
}

// append adds the keys that one specification finds; false if it cannot tell. locks: the number of keys is not cut to 32 bits.
func (k *KeySpec) append(dst []KeyRef, args [][]byte, locks bool) ([]KeyRef, bool) {
	if k.UnknownBegin || k.UnknownFind || k.Flags&KeyIncomplete != 0 {
		return dst, false
	}
	first := k.Begin
	if k.Keyword != "" {
		if first = k.findKeyword(args); first == 0 {
			return dst, true
		}
	}
	last := first + k.Last
	switch {
	case k.KeyNum:
		at := first + k.KeyNumIndex
		if at >= len(args) {
			return dst, false
		}
		n, ok := num.ParseInt(args[at])
		first += k.FirstKey
		if !locks && n > 0 {
			n = int64(int32(n))
		}
		if !ok || n <= 0 || n > int64(len(args)-first) {
			return dst, false
		}
		last = first + int(n) - 1
	case k.Last < 0 && k.Limit > 1:
		last = first + (len(args)-first)/k.Limit + k.Last
	case k.Last < 0:
		last = len(args) + k.Last
	}
	if last >= len(args) || last < first {
		return dst, false
	}
	for i := first; i <= last; i += k.Step {
		dst = append(dst, KeyRef{i, k.Flags})
	}
	return dst, true
}

// appendAgain adds what follows each further place of the keyword, when the first has been added: every key that may count.
func (k *KeySpec) appendAgain(dst []KeyRef, args [][]byte) []KeyRef {
	rest := *k
	for {
		rest.StartFrom = dst[len(dst)-1].Index
		at := rest.findKeyword(args)
		if at == 0 {
			return dst
		}
		dst = append(dst, KeyRef{at, k.Flags})
	}
}

// findKeyword is the index after the keyword, or 0. A search backwards does not look at the first
// argument, as in Redis: no command has its keyword there.
func (k *KeySpec) findKeyword(args [][]byte) int {
	word := lowerString(k.Keyword)
	if k.StartFrom > 0 {
		for i := k.StartFrom; i < len(args)-1; i++ {
			if EqualFold(args[i], word) {
				return i + 1
			}
		}
		return 0
	}
	for i := len(args) + k.StartFrom; i > 1; i-- {
		if EqualFold(args[i], word) {
			return i + 1
		}
	}
	return 0
}
