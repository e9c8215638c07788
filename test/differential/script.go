package differential

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"radish/test/harness"
)

// Script is a file of testdata/differential. See doc.go for the language.
type Script struct {
	Options  []string // of both servers
	Password string   // that the servers ask for
	Sections []Section
}

// Section is a sequence of steps that starts with empty databases and new connections.
type Section struct {
	Title string
	Proto int // 2 or 3: only there; 0: in both
	Steps []Step
}

// Step is one line: something to do on one connection of each server.
type Step struct {
	Line  int
	Text  string // the line, for messages
	Conn  string
	Verb  string   // "" sends a command and compares the replies; else one of verbs
	Words []string // the command, or the arguments of the verb
	Check Check
}

// Mode is how much of a reply must be equal.
type Mode int

// The modes of comparison. Exact is the default.
const (
	Exact     Mode = iota
	Unordered      // elements (pairs, of maps) in any order, on all levels
	SameType       // only the first byte of the reply
	Shape          // kinds and lengths of aggregates, not what is in strings and numbers
	Help           // type and first element
	Lines          // all lines of the reference's text are in ours
	Nullness       // both null, or neither
	Pairs          // pairs, of a map or of an array that holds name, value, name, value, ..., in any order
)

// Check says when two replies pass.
type Check struct {
	Mode   Mode
	Want72 map[int]string // by protocol: what Redis 7.2 answers where 7.0 differs
	Ours   map[int]string // by protocol: what ours answers, on purpose
	About  int64          // integers (of two digits and more) may differ by so much
	Masks  []*regexp.Regexp
	// Doubles: a reference before 7.2, which writes doubles with 17 digits, and ours need only mean the same.
	Doubles bool
	// Distances: numbers with four decimals may differ by one in the last.
	Distances bool
}

var (
	modes = map[string]Mode{
		"unordered": Unordered, "type": SameType, "shape": Shape, "help": Help, "lines": Lines, "pairs": Pairs,
	}
	// verbs are the lines that begin with "!", and how many words they have at least.
	verbs = map[string]int{
		"send": 1, "read": 0, "push": 0, "message": 0, "closed": 0, "sleep": 1, "let": 3, "raw": 2,
	}
)

// Load reads a script.
func Load(path string) (*Script, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(string(text))
}

// Parse reads the text of a script.
func Parse(text string) (*Script, error) {
	p := parser{script: &Script{}}
	p.reset()
	n := 0
	for line := range strings.Lines(text) {
		n++
		if err := p.line(n, strings.Trim(line, " \t\r\n")); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	if p.pending {
		return nil, fmt.Errorf("directives at the end that no command follows")
	}
	return p.script, nil
}

type parser struct {
	script  *Script
	check   Check // what the directives so far say of the next command
	pending bool  // there are such
	masks   []*regexp.Regexp
}

func (p *parser) reset() {
	p.check = Check{Want72: map[int]string{}, Ours: map[int]string{}}
	p.pending = false
}

func (p *parser) line(n int, line string) error {
	switch {
	case line == "" || strings.HasPrefix(line, "##"):
		return nil
	case strings.HasPrefix(line, "=== "):
		if p.pending {
			return fmt.Errorf("directives that no command follows")
		}
		p.script.Sections = append(p.script.Sections, Section{Title: strings.Trim(line, "= ")})
		p.masks = nil
		return nil
	case strings.HasPrefix(line, "# "):
		return p.directive(strings.TrimSpace(line[2:]))
	case len(p.script.Sections) == 0:
		return fmt.Errorf("a command before the first section")
	}
	step := Step{Line: n, Text: line, Conn: "a", Check: p.check}
	step.Check.Masks = append(step.Check.Masks, p.masks...)
	p.reset()
	if strings.HasPrefix(line, "@") {
		name, rest, _ := strings.Cut(line[1:], " ")
		step.Conn, line = name, strings.TrimSpace(rest)
	}
	if strings.HasPrefix(line, "!") {
		verb, rest, _ := strings.Cut(line[1:], " ")
		step.Verb, line = verb, rest
	}
	words, err := harness.Words(line)
	if err != nil {
		return err
	}
	step.Words = words
	if err := step.valid(); err != nil {
		return err
	}
	s := &p.script.Sections[len(p.script.Sections)-1]
	s.Steps = append(s.Steps, step)
	return nil
}

func (s *Step) valid() error {
	least, ok := 1, true
	if s.Verb != "" {
		least, ok = verbs[s.Verb]
	}
	if !ok || len(s.Words) < least {
		return fmt.Errorf("what is this? %q", s.Text)
	}
	switch s.Verb {
	case "sleep":
		_, err := time.ParseDuration(s.Words[0])
		return err
	case "let":
		_, err := regexp.Compile(s.Words[1])
		return err
	case "raw":
		if s.Words[0] != "stays" && s.Words[0] != "closes" && s.Words[0] != "eof" {
			return fmt.Errorf("!raw stays, closes or eof; not %q", s.Words[0])
		}
	}
	return nil
}

func (p *parser) directive(text string) error {
	if name, want, ok := strings.Cut(text, ": "); ok {
		if dst, protos := p.expectation(name); dst != nil {
			p.pending = true
			for _, proto := range protos {
				if _, twice := dst[proto]; !twice || len(protos) == 1 {
					dst[proto] = unescape(want)
				}
			}
			return nil
		}
	}
	name, arg, _ := strings.Cut(text, " ")
	if mode, ok := modes[name]; ok && arg == "" {
		p.check.Mode, p.pending = mode, true
		return nil
	}
	switch name {
	case "doubles":
		p.check.Doubles, p.pending = true, true
		return nil
	case "distances":
		p.check.Distances, p.pending = true, true
		return nil
	case "about":
		n, err := strconv.ParseInt(arg, 10, 64)
		p.check.About, p.pending = n, true
		return err
	case "mask", "masks":
		re, err := regexp.Compile(arg)
		if err != nil {
			return err
		}
		if name == "masks" {
			p.masks = append(p.masks, re)
		} else {
			p.check.Masks, p.pending = append(p.check.Masks, re), true
		}
		return nil
	}
	return p.headDirective(name, arg)
}

// expectation is where the reply of a directive "7.2", "7.2 resp3", "ours" ... belongs.
func (p *parser) expectation(name string) (dst map[int]string, protos []int) {
	who, proto, _ := strings.Cut(name, " ")
	dst = map[string]map[int]string{"7.2": p.check.Want72, "ours": p.check.Ours}[who]
	protos = map[string][]int{"": {2, 3}, "resp2": {2}, "resp3": {3}}[proto]
	if protos == nil {
		return nil, nil
	}
	return dst, protos
}

// headDirective reads what stands before the first section, or before the first command of one.
func (p *parser) headDirective(name, arg string) error {
	sections := p.script.Sections
	switch {
	case name == "options" && len(sections) == 0:
		words, err := harness.Words(arg)
		p.script.Options = append(p.script.Options, words...)
		return err
	case name == "password" && len(sections) == 0:
		p.script.Password = arg
		return nil
	case name == "proto" && len(sections) > 0 && len(sections[len(sections)-1].Steps) == 0 && (arg == "2" || arg == "3"):
		sections[len(sections)-1].Proto = int(arg[0] - '0')
		return nil
	}
	return fmt.Errorf("no such directive here: %q", name)
}

// unescape makes wire bytes of a reply as scripts write it: \r and \n are escapes, the last CR LF is left
// out.
func unescape(s string) string {
	return strings.NewReplacer(`\r`, "\r", `\n`, "\n", `\\`, `\`).Replace(s) + "\r\n"
}
