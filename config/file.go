package config

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"radish/internal/version"
	"slices"
	"strings"
)

// maxIncludeDepth is how deep files may include files, and maxIncludes how
// often in all. Files that include themselves, or each other twice and so on,
// would otherwise go on for ever.
const (
	maxIncludeDepth = 64
	maxIncludes     = 10000
)

// loading is the state of reading files and options into values.
type loading struct {
	c *Config
	l *Loader
	v *Values

	depth     int  // of the present file
	includes  int  // so far
	saveSeen  bool // a save directive has replaced the defaults
	given     []string
	origins   map[string]origin // where a directive was last set
	user      *origin           // the line about the default user
	userHash  string            // its password, "" = none needed
	renamings []Renaming
	commands  map[string]bool // names that renamings made (true) or removed (false)
}

// origin is a line of a file or of the options.
type origin struct {
	number int // from 1; options come after the file with an empty line between
	text   string
}

func newLoading(c *Config, l *Loader) *loading {
	v := *c.Load()
	return &loading{c: c, l: l, v: &v, origins: map[string]origin{}, commands: map[string]bool{}}
}

// run reads the file, standard input and the options, and checks the outcome.
func (ld *loading) run(line commandLine) *Exit {
	var text string
	if line.file != "" {
		var exit *Exit
		if text, exit = ld.read(ld.c.file); exit != nil {
			return exit
		}
	}
	if line.stdin {
		ld.c.notes = append(ld.c.notes, LogLine{LogNotice, "Reading config from stdin"})
		more, err := readAll(ld.l.Stdin)
		if err != nil {
			return &Exit{Status: 1, Log: "Fatal error, can't read the config from stdin: " + strerror(err)}
		}
		text = joinFiles(text, more)
	}
	if exit := ld.text(text + "\n" + line.options); exit != nil {
		return exit
	}
	return ld.checkSupported()
}

func readAll(r io.Reader) (string, error) {
	if r == nil {
		return "", nil
	}
	data, err := io.ReadAll(r)
	return string(data), err
}

// joinFiles puts b behind a, on a line of its own.
func joinFiles(a, b string) string {
	if a != "" && b != "" && !strings.HasSuffix(a, "\n") {
		a += "\n"
	}
	return a + b
}

// read returns the text of a file, or of all that match a pattern. A pattern
// may match nothing.
func (ld *loading) read(path string) (string, *Exit) {
	paths := []string{path}
	if strings.ContainsAny(path, "*?[") {
		paths = ld.c.env.glob(path)
	}
	text := ""
	for _, p := range paths {
		data, err := ld.c.env.readFile(p)
		if err != nil {
			return "", &Exit{Status: 1, Log: fmt.Sprintf("Fatal error, can't open config file '%s': %s", p, strerror(err))}
		}
		text = joinFiles(text, string(data))
	}
	return text, nil
}

// text reads the lines of a file.
func (ld *loading) text(text string) *Exit {
	number := 0
	for line := range strings.SplitSeq(text, "\n") {
		number++
		at := origin{number, strings.Trim(cString(line), " \t\r\n")}
		if at.text == "" || at.text[0] == '#' {
			continue
		}
		words, ok := splitArgs(at.text)
		if !ok {
			return fatal(errQuotes, &at)
		}
		if len(words) == 0 {
			continue
		}
		if exit := ld.line(words, at); exit != nil {
			return exit
		}
	}
	if ld.v.LogFile != "" {
		if err := ld.c.env.appendable(ld.v.LogFile); err != nil {
			return fatal(reasonf("Can't open the log file: %s", strerror(err)), nil)
		}
	}
	return nil
}

// line reads one directive.
func (ld *loading) line(words []string, at origin) *Exit {
	name := strings.ToLower(words[0])
	var err error
	switch e, known := ld.c.byName[name]; {
	case known:
		err = ld.set(e.d, words[1:], at)
	case deprecatedName(name) && len(words) == 2:
	case name == "include" && len(words) == 2:
		return ld.include(words[1], at)
	case name == "rename-command" && len(words) == 3:
		err = ld.rename(words[1], words[2])
	case name == "user" && len(words) >= 2:
		err = ld.setUser(words[1:], at)
	case name == "loadmodule" && len(words) >= 2:
		err = reason(cannotModule)
	case strings.Contains(name, "."):
		err = errModuleDirective
		if len(words) < 2 {
			err = errModuleNoValue
		}
	case name == "sentinel":
		if len(words) > 1 {
			err = errSentinelOnly
		}
	default:
		err = errBadDirective
	}
	if err != nil {
		return fatal(err, &at)
	}
	return nil
}

// set sets a directive of the table. A directive that takes several values may
// have them all in one argument, with spaces between.
func (ld *loading) set(d *directive, args []string, at origin) error {
	if d.flags&multi == 0 && len(args) != 1 {
		return errArgCount
	}
	if d.flags&multi != 0 && len(args) == 1 && args[0] != "" {
		args, _ = splitArgs(args[0])
	}
	if err := d.set(&setting{v: ld.v, args: args, env: ld.c.env, file: ld}); err != nil {
		return err
	}
	if _, again := ld.origins[d.name]; !again {
		ld.given = append(ld.given, d.name)
	}
	ld.origins[d.name] = at
	return nil
}

func (ld *loading) include(path string, at origin) *Exit {
	if ld.depth == maxIncludeDepth {
		return fatal(errIncludeTooDeep, &at)
	}
	if ld.includes++; ld.includes > maxIncludes {
		return fatal(errTooManyIncludes, &at)
	}
	text, exit := ld.read(path)
	if exit != nil {
		return exit
	}
	ld.depth++
	exit = ld.text(text)
	ld.depth--
	return exit
}

// rename takes a rename-command, which sees the names that earlier ones left.
func (ld *loading) rename(from, to string) error {
	if !ld.hasCommand(from) {
		return errNoSuchCommand
	}
	// Without a list of commands a name is taken only if a renaming made it.
	taken := ld.commands[strings.ToLower(to)] || ld.l.HasCommand != nil && ld.hasCommand(to)
	if taken && !strings.EqualFold(from, to) {
		return errRenameTaken
	}
	ld.commands[strings.ToLower(from)] = false
	if to != "" {
		ld.commands[strings.ToLower(to)] = true
	}
	ld.renamings = append(ld.renamings, Renaming{from, to})
	return nil
}

func (ld *loading) hasCommand(name string) bool {
	if known, ok := ld.commands[strings.ToLower(name)]; ok {
		return known
	}
	return ld.l.HasCommand == nil || ld.l.HasCommand(name)
}

// setUser takes the line that CONFIG REWRITE writes about the default user: all
// may be done, with no password or with the one of requirepass.
func (ld *loading) setUser(words []string, at origin) error {
	if words[0] != "default" {
		return reason(cannotUser)
	}
	hash, nopass := "", false
	rights := map[string]bool{}
	for _, rule := range words[1:] {
		switch rule = strings.ToLower(rule); rule {
		case "on", "~*", "&*", "+@all":
			rights[rule] = true
		case "allkeys":
			rights["~*"] = true
		case "allchannels":
			rights["&*"] = true
		case "allcommands":
			rights["+@all"] = true
		case "nopass":
			nopass = true
		case "sanitize-payload", "skip-sanitize-payload":
		default:
			if hash != "" || !strings.HasPrefix(rule, "#") {
				return reason(cannotUser)
			}
			hash = rule[1:]
		}
	}
	if len(rights) != 4 || nopass == (hash != "") {
		return reason(cannotUser)
	}
	ld.user, ld.userHash = &at, hash
	return nil
}

// defaultUserLine is the line that setUser takes.
func defaultUserLine(v *Values) string {
	if v.RequirePass == "" {
		return "user default on nopass sanitize-payload ~* &* +@all"
	}
	return "user default on sanitize-payload #" + passwordHash(v.RequirePass) + " ~* &* +@all"
}

func passwordHash(password string) string {
	sum := sha256.Sum256([]byte(password))
	return hex.EncodeToString(sum[:])
}

// checkSupported refuses values that cannot be had yet. It looks at what came
// out in the end: a later line may have taken such a value back.
func (ld *loading) checkSupported() *Exit {
	for i := range ld.c.rows {
		d := &ld.c.rows[i]
		if err := unsupported(d, ld.v); err != nil {
			at := ld.origins[d.name]
			return fatal(err, &at)
		}
	}
	if ld.user == nil {
		return nil
	}
	want := ""
	if ld.v.RequirePass != "" {
		want = passwordHash(ld.v.RequirePass)
	}
	if ld.userHash != want {
		return fatal(reason(cannotUser+", and its password is that of requirepass"), ld.user)
	}
	return nil
}

// fatal is Redis's report of a bad configuration. at is nil when no line is to
// blame.
func fatal(reason error, at *origin) *Exit {
	text := fmt.Sprintf("\n*** FATAL CONFIG FILE ERROR (Redis %s) ***\n", version.Redis)
	if at != nil {
		text += fmt.Sprintf("Reading the configuration file, at line %d\n>>> '%s'\n", at.number, at.text)
	}
	return &Exit{Status: 1, Stderr: text + reason.Error() + "\n"}
}

// globFiles lists the files that match a shell pattern, sorted. As in a shell,
// [!x] is the complement of [x] and a leading dot must be named.
func globFiles(match func(string) ([]string, error), isDir func(string) bool, pattern string) []string {
	paths, err := match(strings.ReplaceAll(pattern, "[!", "[^"))
	if err != nil { // no pattern, so nothing matches it
		return nil
	}
	parts := strings.Split(pattern, "/")
	return slices.DeleteFunc(paths, func(path string) bool {
		for i, part := range strings.Split(path, "/") {
			if strings.HasPrefix(part, ".") && i < len(parts) && !strings.HasPrefix(parts[i], ".") {
				return true
			}
		}
		return isDir(path)
	})
}
