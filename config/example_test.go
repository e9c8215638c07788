package config

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const examplePath = "../redis.conf.example"

// block is a directive in redis.conf.example.
type block struct {
	text      string // the comment above it, on one line
	commented bool   // it has a # in front
}

// exampleBlocks reads redis.conf.example: its directives, and its text with
// those that are commented out taken in.
func exampleBlocks(t *testing.T) (blocks map[string]block, all string) {
	t.Helper()
	data, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	blocks = map[string]block{}
	off := regexp.MustCompile(`^#[a-z]`)
	var text []string
	var b strings.Builder
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\n")
		commented := off.MatchString(line)
		line = strings.TrimPrefix(line, "#")
		switch {
		case line == "":
			text = nil
		case line[0] == ' ' || line[0] == '#':
			text = append(text, strings.TrimSpace(line))
		default:
			name, _, _ := strings.Cut(line, " ")
			blocks[name] = block{strings.Join(text, " "), commented}
			b.WriteString(line + "\n")
		}
	}
	return blocks, b.String()
}

// TestExampleIsDefaults loads redis.conf.example as it is, and with all that is
// commented out: both are what holds without a file.
func TestExampleIsDefaults(t *testing.T) {
	data, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	_, all := exampleBlocks(t)
	bare, err := load(nil, "")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"as it is": string(data), "all of it": all} {
		c := mustLoad(t, text)
		for _, d := range c.rows {
			if got, want := d.get(c.Load()), d.get(bare.Load()); got != want {
				t.Errorf("%s: %s is %q, want %q", name, d.name, got, want)
			}
		}
		if len(c.StartupLog()) != 0 && name == "as it is" {
			t.Errorf("the example sets directives without effect: %v", c.StartupLog())
		}
		for i := range c.rows {
			if d := &c.rows[i]; name == "all of it" && d.name != "io-threads" && !slices.Contains(c.given, d.name) {
				t.Errorf("%s does not show its default", d.name)
			}
		}
	}
}

// TestExampleDocuments checks what the text above each directive must say.
func TestExampleDocuments(t *testing.T) {
	blocks, _ := exampleBlocks(t)
	data, err := os.ReadFile(examplePath)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"include /", "loadmodule /", "rename-command ", "user default ", "io-threads "} {
		if !strings.Contains(string(data), "\n# "+name) {
			t.Errorf("no example of %s", name)
		}
	}
	for _, d := range rows() {
		if d.name == "io-threads" {
			continue
		}
		b, ok := blocks[d.name]
		if !ok {
			t.Errorf("%s is missing", d.name)
			continue
		}
		runTime := "Run time: yes"
		if d.flags&immutable != 0 {
			runTime = "Run time: no."
		}
		if !strings.Contains(b.text, runTime) {
			t.Errorf("%s should say %q: %s", d.name, runTime, b.text)
		}
		if d.alias != "" && !strings.Contains(b.text, "Older name: "+d.alias+".") {
			t.Errorf("%s should name %s: %s", d.name, d.alias, b.text)
		}
		if none := strings.Contains(b.text, "No effect: "+d.effect+"."); none != (d.effect != works) || none != b.commented {
			t.Errorf("%s has the effect %q; commented out: %v; its text: %s", d.name, d.effect, b.commented, b.text)
		}
		delete(blocks, d.name)
	}
	for name := range blocks {
		t.Errorf("%s is no directive", name)
	}
}
