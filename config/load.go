package config

import (
	"io"
	"path/filepath"
	"slices"
	"strings"
)

// Exit is the error of Load that says: print this and end the process with
// Status. Every error of Load is one.
type Exit struct {
	Status int
	Stdout string // for standard output, as it is
	Stderr string // for standard error, as it is
	Log    string // for the log, as a warning
}

// Error is what there is to print.
func (e *Exit) Error() string {
	return strings.TrimSpace(strings.Join([]string{e.Stdout, e.Stderr, e.Log}, "\n"))
}

// Loader is what Load needs from outside. The zero value reads nothing from
// standard input, takes any name in rename-command for a command and has an I/O
// thread for every CPU.
type Loader struct {
	Program          string                 // the name for texts, "" is radish-server
	Stdin            io.Reader              // read when the arguments say -
	HasCommand       func(name string) bool // whether there is such a command; any case
	DefaultIOThreads func() int             // 1 to 128

	env *env // nil: the process
}

// Load reads the configuration that the arguments of the program (without its
// name) describe, and standard input if they ask for it.
func Load(args []string, stdin io.Reader) (*Config, error) {
	return (&Loader{Stdin: stdin}).Load(args)
}

// Load reads the configuration from the program's arguments, without its name:
//
//	[FILE] [--directive value ...] [-]
//
// Values come, each taking the place of the one before, from the file, then
// from standard input if the first or last argument is "-", then from the
// options. The directive dir changes the working directory of the process,
// there and then. An error is an *Exit.
func (l *Loader) Load(args []string) (*Config, error) {
	e := l.env
	if e == nil {
		e = processEnv()
	}
	c := newConfig(e, l.DefaultIOThreads)
	if len(args) == 0 {
		return c, nil
	}
	if exit := l.special(args); exit != nil {
		return nil, exit
	}
	line := parseCommandLine(args)
	if line.file != "" {
		c.file = absolutePath(line.file, e.workingDir())
	}
	ld := newLoading(c, l)
	if exit := ld.run(line); exit != nil {
		return nil, exit
	}
	c.finish(ld)
	return c, nil
}

func (l *Loader) program() string {
	if l.Program == "" {
		return "radish-server"
	}
	return l.Program
}

// commandLine is what the program's arguments ask for.
type commandLine struct {
	file    string // "" = none
	stdin   bool
	options string // lines as in a file
}

// parseCommandLine turns arguments into lines: --name begins one, what follows
// is quoted and added to it. An argument right after a name is always a value,
// even if it begins with --, except that --save with nothing behind it means
// --save "".
func parseCommandLine(args []string) commandLine {
	var cl commandLine
	first := 0
	if !strings.HasPrefix(args[0], "-") {
		cl.file = args[0]
		first = 1
	}
	var b strings.Builder
	hasValue := true // the option before has at least one value
	for i := first; i < len(args); i++ {
		arg := args[i]
		last := i == len(args)-1
		switch {
		case arg == "-" && (i == 0 || last):
			cl.stdin = true
		case hasValue && strings.HasPrefix(arg, "--"):
			if b.Len() > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(arg[2:] + " ")
			words, _ := splitArgs(arg)
			if len(words) != 1 { // name and value in one argument
				continue
			}
			hasValue = false
			optionNext := !last && strings.HasPrefix(args[i+1], "--")
			if strings.EqualFold(arg, "--save") && (last || optionNext) {
				b.WriteString(`""`)
				hasValue = true
			}
		default:
			b.WriteString(quote(arg) + " ")
			hasValue = true
		}
	}
	cl.options = b.String()
	return cl
}

// absolutePath joins a relative path to the working directory.
func absolutePath(path, dir string) string {
	path = strings.Trim(path, " \r\n\t")
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// finish publishes what was loaded.
func (c *Config) finish(ld *loading) {
	c.cur.Store(ld.v)
	c.renamings = ld.renamings
	c.given = slices.Clone(ld.given)
	if _, set := ld.origins["oom-score-adj-values"]; set {
		if warning := ld.v.OOMScoreWarning(); warning != "" {
			c.notes = append(c.notes, LogLine{LogWarning, warning})
		}
	}
	c.noteNoEffect()
}

// OOMScoreWarning is a remark on oom-score-adj-values that do not ascend, ""
// when they do.
func (v *Values) OOMScoreWarning() string {
	if slices.IsSorted(v.OOMScoreAdjValues[:]) {
		return ""
	}
	return "The oom-score-adj-values configuration may not work for non-privileged processes! " +
		"Please consult the documentation."
}
