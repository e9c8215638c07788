package config

import (
	"strconv"
	"strings"
)

// flags of a directive.
type flags uint8

const (
	immutable   flags = 1 << iota // CONFIG SET refuses it
	multi                         // takes several arguments
	hidden                        // CONFIG GET shows it only under its exact name
	sensitive                     // its value must not be logged
	protected                     // CONFIG SET needs enable-protected-configs
	denyLoading                   // CONFIG SET refuses it while data loads
	volatile                      // hooks run even when the value is the same
	modifiable  flags = 0
)

// directive is one row of the table: everything that is known about a name in
// redis.conf.
type directive struct {
	name, alias string
	flags       flags

	// effect is "" when the directive works, and else says why it has no
	// effect here.
	effect string
	// unsupported says why a value cannot be had although it is valid, "" when
	// it can. It is for values whose absence would endanger data or access.
	unsupported func(v *Values) string

	init   func(v *Values)                    // puts the default
	set    func(*setting) error               // parses the arguments into the values
	get    func(v *Values) string             // as CONFIG GET shows it
	short  func(v *Values) string             // as a file has it; nil: get
	lines  func(v, def *Values) []rewriteLine // several lines of a file; nil: one with short
	absent func(v *Values) bool               // the value is had by not naming the directive in a file
	always bool                               // CONFIG REWRITE writes it even when it is the default
}

// setting is one attempt to set a directive.
type setting struct {
	v    *Values  // to be changed
	args []string // what follows the name
	env  *env
	// file is the state of the file that is being read, nil in CONFIG SET.
	file *loading
}

// refusing adds a check of values that are valid but cannot be had yet.
func (d directive) refusing(unsupported func(v *Values) string) directive {
	d.unsupported = unsupported
	return d
}

// boolean is a yes-or-no directive.
func boolean(name, alias string, f flags, def bool, field func(*Values) *bool, effect string) directive {
	return directive{
		name: name, alias: alias, flags: f, effect: effect,
		init: func(v *Values) { *field(v) = def },
		set: func(s *setting) error {
			switch {
			case strings.EqualFold(s.args[0], "yes"):
				*field(s.v) = true
			case strings.EqualFold(s.args[0], "no"):
				*field(s.v) = false
			default:
				return errNotYesNo
			}
			return nil
		},
		get: func(v *Values) string {
			if *field(v) {
				return "yes"
			}
			return "no"
		},
	}
}

// numeric is a directive with a number; n.parse has checked what is stored.
func numeric[T ~int | ~int64 | ~uint32](name, alias string, f flags, n number, def T, field func(*Values) *T, effect string) directive {
	return directive{
		name: name, alias: alias, flags: f, effect: effect,
		init: func(v *Values) { *field(v) = def },
		set: func(s *setting) error {
			x, err := n.parse(s.args[0])
			if err != nil {
				return err
			}
			if n.unsigned && x < 0 { // beyond 2^63: as good as no limit
				x = 1<<63 - 1
			}
			*field(s.v) = T(x)
			return nil
		},
		get:   func(v *Values) string { return n.format(int64(*field(v))) },
		short: func(v *Values) string { return n.formatShort(int64(*field(v))) },
	}
}

// enum is a directive with one of several words, or with several of them when
// f has multi: then they are bits.
func enum[T ~int](name string, f flags, choices []choice[T], def T, field func(*Values) *T, effect string) directive {
	bits := f&multi != 0
	return directive{
		name: name, flags: f, effect: effect,
		init: func(v *Values) { *field(v) = def },
		set: func(s *setting) error {
			x, ok := valueOf(choices, s.args, bits)
			if !ok {
				return reasonf("argument(s) must be one of the following: %s", allWords(choices))
			}
			*field(s.v) = x
			return nil
		},
		get: func(v *Values) string { return wordOf(choices, *field(v), bits) },
	}
}

// text is a string directive. Empty is a value like others (it is written to a
// file), unlike in optional.
func text(name string, f flags, def string, field func(*Values) *string, effect string) directive {
	return directive{
		name: name, flags: f, effect: effect,
		init: func(v *Values) { *field(v) = def },
		set: func(s *setting) error {
			*field(s.v) = cString(s.args[0])
			return nil
		},
		get:   func(v *Values) string { return *field(v) },
		short: func(v *Values) string { return quote(*field(v)) },
	}
}

// optional is a string directive that is unset when empty.
func optional(name, alias string, f flags, field func(*Values) *string, effect string) directive {
	d := text(name, f, "", field, effect)
	d.alias = alias
	d.absent = func(v *Values) bool { return *field(v) == "" }
	return d
}

// secret is an optional string that may hold any bytes.
func secret(name string, field func(*Values) *string, effect string) directive {
	d := optional(name, "", modifiable|sensitive, field, effect)
	d.set = func(s *setting) error {
		*field(s.v) = s.args[0]
		return nil
	}
	return d
}

// checked adds a check of the first argument before it is set.
func (d directive) checked(check func(arg string, v *Values) error) directive {
	set := d.set
	d.set = func(s *setting) error {
		if err := check(cString(s.args[0]), s.v); err != nil {
			return err
		}
		return set(s)
	}
	return d
}

// checkedAfter adds a check of the value that was set, or an adjustment of it.
func (d directive) checkedAfter(check func(v *Values) error) directive {
	set := d.set
	d.set = func(s *setting) error {
		if err := set(s); err != nil {
			return err
		}
		return check(s.v)
	}
	return d
}

// line is how a file says the present value.
func (d *directive) line(v *Values) string {
	if d.short != nil {
		return d.name + " " + d.short(v)
	}
	return d.name + " " + d.get(v)
}

// itoa is short for a common conversion.
func itoa[T ~int | ~int64](n T) string { return strconv.FormatInt(int64(n), 10) }
