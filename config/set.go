package config

import (
	"slices"
	"strings"
)

// OnChange registers a hook that Set runs when the directive's value changed.
// It is an error of the program, found at once, to name a directive that does
// not exist.
func (c *Config) OnChange(name string, fn Hook) error { return c.OnChangeOf([]string{name}, fn) }

// OnChangeOf registers a hook for several directives: one Set that changes
// more than one of them runs it once.
func (c *Config) OnChangeOf(names []string, fn Hook) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := &hook{fn}
	for _, name := range names {
		e, ok := c.lookup(name)
		if !ok {
			return reasonf("no directive %q", name)
		}
		c.hooks[e.d.name] = append(c.hooks[e.d.name], h)
	}
	return nil
}

// Set is CONFIG SET: all pairs of name and value are set, or none is. The text
// of an error is the reply that Redis gives, with its code. Hooks must not call
// Set or Rewrite.
func (c *Config) Set(pairs [][2]string, o SetOptions) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	old := c.Load()
	entries, err := c.settable(pairs, old, o)
	if err != nil {
		return err
	}
	v := *old
	err = c.change(&v, entries, pairs)
	if err == nil {
		err = c.applyLocked(old, &v, entries)
	}
	if err != nil && v.Dir != old.Dir {
		// The old directory may be gone; then there is nothing to go back to.
		_ = c.env.chdir(old.Dir)
	}
	return err
}

// settable finds the directives and checks that they may be set now by this
// client. The first pair that may not decides the error.
func (c *Config) settable(pairs [][2]string, old *Values, o SetOptions) ([]entry, error) {
	entries := make([]entry, 0, len(pairs))
	for _, pair := range pairs {
		e, ok := c.lookup(pair[0])
		switch {
		case !ok:
			return nil, errUnknownOption(cString(pair[0]))
		case e.d.flags&immutable != 0:
			return nil, errSetFailed(cString(pair[0]), errImmutable)
		case e.d.flags&protected != 0 && !old.EnableProtectedConfigs.Permits(o.Local):
			return nil, errSetFailed(cString(pair[0]), errProtected)
		case e.d.flags&denyLoading != 0 && o.Loading:
			return nil, ErrLoading
		}
		for _, other := range entries {
			if other == e {
				return nil, errSetFailed(cString(pair[0]), errDuplicate)
			}
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// change puts the new values of the pairs into v.
func (c *Config) change(v *Values, entries []entry, pairs [][2]string) error {
	for i, e := range entries {
		args := pairs[i][1:]
		if e.d.flags&multi != 0 {
			args = nil
			if pairs[i][1] != "" {
				args = strings.Split(pairs[i][1], " ")
			}
		}
		err := e.d.set(&setting{v: v, args: args, env: c.env})
		if err == nil {
			err = unsupported(e.d, v)
		}
		if err != nil {
			return errSetFailed(e.name(), err)
		}
	}
	return nil
}

// unsupported is the error of a valid value that cannot be had yet.
func unsupported(d *directive, v *Values) error {
	if d.unsupported != nil {
		if why := d.unsupported(v); why != "" {
			return reason(why)
		}
	}
	return nil
}

// applyLocked publishes v and runs the hooks of what changed. If one fails, the
// old values are back and every hook that ran has run again the other way. The
// caller holds c.mu.
func (c *Config) applyLocked(old, v *Values, entries []entry) error {
	c.cur.Store(v)
	var ran []*hook
	for _, e := range entries {
		if e.d.flags&volatile == 0 && e.d.get(old) == e.d.get(v) {
			continue
		}
		for _, h := range c.hooks[e.d.name] {
			if slices.Contains(ran, h) {
				continue
			}
			ran = append(ran, h)
			if err := h.fn(old, v); err != nil {
				c.cur.Store(old)
				for _, back := range ran {
					// Nothing more can be done about a value that worked before.
					_ = back.fn(v, old)
				}
				return errSetFailed(e.name(), err)
			}
		}
	}
	return nil
}

// name is the name or alias under which the directive was found.
func (e entry) name() string {
	if e.alias {
		return e.d.alias
	}
	return e.d.name
}
