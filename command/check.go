package command

import (
	"errors"
	"fmt"
	"strings"
)

// check says what is wrong with a row by itself.
func (s *Spec) check() error {
	switch {
	case s.Name == "" || s.Name != lowerString(s.Name) || strings.ContainsAny(s.Name, "| \r\n"):
		return errors.New("bad name")
	case s.Arity == 0:
		return errors.New("no arity")
	case s.Handler == nil && len(s.Sub) == 0:
		return errors.New("neither handler nor subcommands")
	case len(s.Sub) > 0 && (s.parent != nil || s.Arity > 0 && s.Handler == nil):
		return errors.New("subcommands do not fit here")
	case s.Flags&Write != 0 && s.Flags&ReadOnly != 0:
		return errors.New("both write and readonly")
	case s.Prepare != nil && (s.Flags&Write == 0 || !s.HasKeys()):
		return errors.New("prepare without write or without keys")
	case s.Flags&DenyOOM != 0 && s.Flags&Write == 0:
		return errors.New("denyoom without write")
	case s.Flags&NoMandatoryKeys != 0 && !s.HasKeys():
		return errors.New("no_mandatory_keys without keys")
	case s.Group == "" || s.Since == "" || s.Summary == "":
		return errors.New("group, since and summary are obligatory")
	case s.ReplacedBy != "" && s.Deprecated == "":
		return errors.New("replaced, but not deprecated")
	}
	args, err := ParseSyntax(s.Syntax)
	if err != nil {
		return err
	}
	if err := checkKeySpecs(args, len(s.Keys)); err != nil {
		return err
	}
	for _, h := range s.History {
		if since, what, ok := strings.Cut(h, " "); !ok || since == "" || what == "" {
			return fmt.Errorf("history %q: not a version and a text", h)
		}
	}
	for i := range s.Keys {
		if err := s.Keys[i].check(s); err != nil {
			return fmt.Errorf("key specification %d: %w", i, err)
		}
	}
	return nil
}

func (k *KeySpec) check(s *Spec) error {
	const kinds = KeyRO | KeyRW | KeyOW | KeyRM
	kind := k.Flags & kinds
	minArgs := max(s.Arity, -s.Arity)
	switch {
	case kind&(kind-1) != 0 || kind == 0 && k.Flags&KeyNotKey == 0:
		return errors.New("not one of RO, RW, OW and RM")
	case kind&^KeyRO != 0 && s.Flags&(Write|MayReplicate) == 0:
		return errors.New("changes keys, but the command does not write")
	case (k.Flags&(KeyIncomplete|KeyVariable) != 0 || k.UnknownBegin || k.UnknownFind) && s.GetKeys == nil:
		return errors.New("needs GetKeys")
	case k.UnknownBegin:
		return nil
	case (k.Keyword == "") != (k.Begin > 0) || (k.Keyword == "") != (k.StartFrom == 0):
		return errors.New("begins at an index, or else after a keyword")
	case k.Keyword == "" && k.Begin >= minArgs && s.Flags&NoMandatoryKeys == 0 && (k.Begin > minArgs || k.Last != -1): // a range up to the end may be empty
		return errors.New("begins after the arguments that the arity grants")
	case k.UnknownFind:
		return nil
	case k.Step < 1:
		return errors.New("no step")
	case k.KeyNum && (k.FirstKey <= k.KeyNumIndex || k.Last != 0 || k.Limit != 0):
		return errors.New("a number of keys and a range")
	case k.Limit > 1 && k.Last != -1:
		return errors.New("a limit needs last -1")
	}
	return nil
}

// checkKeySpecs refuses arguments that name key specifications which the row does not have.
func checkKeySpecs(args []Arg, n int) error {
	for i := range args {
		if args[i].KeySpec >= n {
			return fmt.Errorf("syntax: key %q has no key specification", args[i].Name)
		}
		if err := checkKeySpecs(args[i].Args, n); err != nil {
			return err
		}
	}
	return nil
}
