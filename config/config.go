package config

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// Config holds the values of all directives. Readers call Load, which is one
// atomic load; changes go through Set, one at a time.
type Config struct {
	cur atomic.Pointer[Values]

	rows     []directive
	byName   map[string]entry // names and aliases, in lower case
	defaults *Values          // what holds without any file or option

	file      string // absolute, "" = started without one
	renamings []Renaming
	given     []string // names of the directives that somebody set, in their order
	notes     []LogLine

	mu    sync.Mutex // held by Set and Rewrite
	env   *env
	hooks map[string][]*hook // by directive name
}

// entry is what a name stands for: a directive, under its name or its alias.
type entry struct {
	d     *directive
	alias bool
}

// Hook brings a change into effect. It runs after the new values are
// published. An error refuses the change: its text is shown to the client, the
// old values are published again and all hooks that ran are called with the
// two exchanged.
type Hook func(old, new *Values) error

// hook is a registered Hook, which runs once for a change of any of its names.
type hook struct{ fn Hook }

// SetOptions says what CONFIG SET depends on beside its arguments.
type SetOptions struct {
	Local   bool // the connection is a unix socket or comes from a loopback address
	Loading bool // the dataset is being loaded
}

// Renaming is one rename-command. To "" removes the command.
type Renaming struct{ From, To string }

// LogLine is a line for the log at start-up, from before there is a log.
type LogLine struct {
	Level LogLevel
	Text  string
}

// env is what the configuration touches outside itself.
type env struct {
	chdir      func(dir string) error
	getwd      func() (string, error)
	readFile   func(path string) ([]byte, error)
	glob       func(pattern string) []string // the files that match, sorted
	appendable func(path string) error       // nil: the file can be opened or made, to append to it
}

// processEnv is the process as it is.
func processEnv() *env {
	return &env{
		chdir:    os.Chdir,
		getwd:    os.Getwd,
		readFile: os.ReadFile,
		glob: func(pattern string) []string {
			return globFiles(filepath.Glob, isDir, pattern)
		},
		appendable: func(path string) error {
			f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
			if err != nil {
				return err
			}
			return f.Close()
		},
	}
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// workingDir is "" when the working directory is gone.
func (e *env) workingDir() string {
	dir, err := e.getwd()
	if err != nil {
		return ""
	}
	return dir
}

// Default has every directive at its default, with as many I/O threads as
// there are CPUs.
func Default() *Config { return newConfig(processEnv(), nil) }

// newConfig makes a Config with defaults. ioThreads chooses the default of
// io-threads; nil: the number of CPUs.
func newConfig(e *env, ioThreads func() int) *Config {
	c := &Config{env: e, rows: rows(), byName: map[string]entry{}, hooks: map[string][]*hook{}}
	v := &Values{}
	for i := range c.rows {
		d := &c.rows[i]
		d.init(v)
		c.byName[d.name] = entry{d, false}
		if d.alias != "" {
			c.byName[d.alias] = entry{d, true}
		}
	}
	if ioThreads == nil {
		ioThreads = runtime.NumCPU
	}
	v.IOThreads = min(max(ioThreads(), 1), 128)
	v.Dir = e.workingDir()
	c.defaults = v
	c.cur.Store(v)
	return c
}

// Load returns the present values. They never change; a later call may return
// others.
func (c *Config) Load() *Values { return c.cur.Load() }

// Defaults returns the values that hold without any file or option.
func (c *Config) Defaults() *Values { return c.defaults }

// File is the absolute path of the configuration file, "" without one.
func (c *Config) File() string { return c.file }

// Given says whether a directive was set by a file or an option at start-up.
func (c *Config) Given(name string) bool { return slices.Contains(c.given, name) }

// Renamings returns the rename-command directives in their order. Each refers
// to the names that those before it left.
func (c *Config) Renamings() []Renaming { return c.renamings }

// StartupLog returns what there is to say about the configuration once the log
// is open: remarks of the parser, and which of the directives that somebody
// set have no effect here, and why.
func (c *Config) StartupLog() []LogLine { return c.notes }

// NoEffect says why a directive has no effect here, and "" when it has, or
// does not exist. The name may be an alias, in any case.
func (c *Config) NoEffect(name string) string {
	if e, ok := c.lookup(name); ok {
		return e.d.effect
	}
	return ""
}

// Sensitive says whether the value of a directive must not appear in a log,
// in MONITOR or in SLOWLOG. The name may be an alias, in any case.
func (c *Config) Sensitive(name string) bool {
	e, ok := c.lookup(name)
	return ok && e.d.flags&sensitive != 0
}

func (c *Config) lookup(name string) (entry, bool) {
	e, ok := c.byName[strings.ToLower(name)]
	return e, ok
}

// noteNoEffect appends to the notes, for every reason, the directives that
// somebody set and that have no effect for it.
func (c *Config) noteNoEffect() {
	var reasons []string
	names := map[string][]string{}
	for _, name := range c.given {
		d := c.byName[name].d
		if d.effect == works || d.get(c.Load()) == "" {
			continue
		}
		if names[d.effect] == nil {
			reasons = append(reasons, d.effect)
		}
		names[d.effect] = append(names[d.effect], d.name)
	}
	for _, reason := range reasons {
		c.notes = append(c.notes, LogLine{
			LogNotice, "No effect (" + reason + "): " + strings.Join(names[reason], ", "),
		})
	}
}
