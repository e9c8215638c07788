package rdb

import (
	"encoding/binary"
	"io"
	"strconv"
)

// head reads what stands before a key: all that tells of it, up to its type, and returns true; or one thing that belongs to no key. io.EOF: that was
// the end of the file.
func (s *Scanner) head(r *Record) (key bool, err error) {
	*r = Record{DB: s.db, IdleS: -1, Freq: -1}
	for {
		s.doing = DoingType
		at := s.in.offset()
		op, err := s.in.byte()
		if err != nil {
			return false, err
		}
		switch op {
		case opExpire, opExpireMs:
			s.doing = DoingExpire
			r.DeadlineMs, err = s.deadline(op)
		case opFreq:
			var b byte
			b, err = s.in.byte()
			r.Freq = int(b)
		case opIdle:
			var n uint64
			n, err = s.in.count()
			r.IdleS = int64(min(n, 1<<40))
		default:
			if op >= opSlotInfo {
				return false, s.opcode(op, at)
			}
			if r.Type = Type(op); !r.Type.known() {
				s.typ = r.Type
				return false, &Error{Offset: at + 1, Text: "Invalid object type: " + strconv.Itoa(int(op)), Kind: ErrCorrupt}
			}
			return true, nil
		}
		if err != nil {
			return false, err
		}
	}
}

// deadline reads the time of an opcode, as Redis's 0 and -1 mean: a time that has passed, and none.
func (s *Scanner) deadline(op byte) (ms int64, err error) {
	if op == opExpire {
		p, err := s.in.bytes(4)
		if err != nil {
			return 0, err
		}
		ms = int64(int32(binary.LittleEndian.Uint32(p))) * 1000
	} else {
		p, err := s.in.bytes(8)
		if err != nil {
			return 0, err
		}
		ms = int64(binary.LittleEndian.Uint64(p))
	}
	if ms == -1 {
		return 0, nil
	}
	return max(ms, 1), nil
}

// opcode reads what follows an opcode that belongs to no key.
func (s *Scanner) opcode(op byte, at int64) error {
	switch op {
	case opEOF:
		return s.end()
	case opSelectDB:
		s.doing = DoingLen
		n, err := s.in.count()
		if err != nil {
			return err
		}
		if s.Selected != nil {
			if err := s.Selected(n); err != nil {
				return err
			}
		}
		s.db = int(n)
		return nil
	case opResizeDB:
		s.doing = DoingLen
		keys, err := s.in.count()
		if err != nil {
			return err
		}
		expires, err := s.in.count()
		if err == nil && s.Resize != nil {
			s.Resize(s.db, keys, expires)
		}
		return err
	case opSlotInfo: // the number of a slot of a cluster, its keys, and those with deadlines
		for range 3 {
			if _, err := s.in.count(); err != nil {
				return err
			}
		}
		return nil
	case opAux:
		return s.aux()
	}
	return s.unsupported(op, at)
}

func (s *Scanner) aux() error {
	s.doing = DoingAux
	name, err := s.in.str(&s.buf[0])
	if err != nil {
		return err
	}
	s.buf[0] = append(s.buf[0][:0], name...)
	value, err := s.in.str(&s.buf[1])
	if err == nil && s.Aux != nil {
		s.Aux(s.buf[0], value)
	}
	return err
}

// sumVersion is the first version with a checksum.
const sumVersion = 5

// end checks the checksum that version 5 and later have.
func (s *Scanner) end() error {
	s.doing = DoingChecksum
	s.sumTo(s.in.pos)
	if s.version < sumVersion {
		return io.EOF
	}
	p, err := s.in.bytes(8)
	if err != nil {
		return err
	}
	if s.stored = binary.LittleEndian.Uint64(p); s.sums && s.stored != 0 && s.stored != s.sum {
		return s.in.corrupt("RDB CRC error")
	}
	return io.EOF
}

// unsupported names what the file has that this package does not read.
func (s *Scanner) unsupported(op byte, at int64) error {
	text := "Pre-release function format not supported"
	switch op {
	case opFunction2:
		s.doing = DoingFunctions
		text = "a function library cannot be loaded"
		if code, err := s.in.str(&s.buf[0]); isAgain(err) {
			return err
		} else if err == nil {
			text = "the function library " + strconv.Quote(firstLine(code)) + " cannot be loaded"
		}
	case opModuleAux:
		s.doing = DoingModuleAux
		text = "data of a module cannot be loaded"
		if id, err := s.in.count(); isAgain(err) {
			return err
		} else if err == nil {
			text = "data of the module type " + strconv.Quote(moduleName(id)) + " cannot be loaded"
		}
	}
	return &Error{Offset: at, Text: text, Kind: ErrUnsupported}
}

// firstLine is the line of a library's code that tells its name.
func firstLine(code []byte) string {
	for i, c := range code[:min(len(code), 200)] {
		if c == '\n' {
			return string(code[:i])
		}
	}
	return string(code[:min(len(code), 200)])
}

// moduleName is the name of a module's type in its id: nine characters of six bits, before ten bits of a version.
func moduleName(id uint64) string {
	const set = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	var name [9]byte
	for i := range name {
		name[i] = set[id>>(58-6*i)&63]
	}
	return string(name[:])
}

// skipRecord passes a key and its value, which has type t.
func (s *Scanner) skipRecord(t Type) error {
	in := &s.in
	s.doing, s.typ, s.keyAt = DoingKey, t, in.offset()
	if text := t.unsupported(); text != "" {
		at := in.offset()
		if key, err := in.str(&s.buf[0]); isAgain(err) {
			return err
		} else if err == nil {
			s.doing = DoingValue
			text = "key " + strconv.Quote(string(key)) + " holds " + text
		}
		return &Error{Offset: at, Text: text + ", which cannot be loaded yet", Kind: ErrUnsupported}
	}
	if err := in.skipString(); err != nil {
		return err
	}
	s.doing = DoingValue
	return in.skipValue(t)
}

// skipValue passes a value, looking at no more than lengths.
func (in *input) skipValue(t Type) error {
	if t == TypeHashFields || t == TypeHashListpackEx {
		if err := in.skip(8); err != nil {
			return err
		}
	}
	strings := uint64(1) // of an element
	switch t {
	case TypeHash, TypeHashFields, TypeHashFieldsPreGA:
		strings = 2
	case TypeList, TypeSet, TypeZSet, TypeZSet2, TypeQuicklist, TypeQuicklist2:
	default:
		return in.skipString()
	}
	n, err := in.count()
	for ; n > 0 && err == nil; n-- {
		if t == TypeQuicklist2 || t == TypeHashFields || t == TypeHashFieldsPreGA {
			_, err = in.count()
		}
		for i := uint64(0); i < strings && err == nil; i++ {
			err = in.skipString()
		}
		if err == nil && t == TypeZSet2 {
			err = in.skip(8)
		} else if err == nil && t == TypeZSet {
			err = in.skipTextScore()
		}
	}
	return err
}

func (in *input) skipTextScore() error {
	n, err := in.byte()
	if err != nil || n >= scoreNaN {
		return err
	}
	return in.skip(uint64(n))
}

// isAgain reports whether a record is to be read again.
func isAgain(err error) bool { return err == errFilled || err == errBig }
