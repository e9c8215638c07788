package differential

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"radish/test/harness"
)

// fields gives the values of a map reply by their names.
func fields(v harness.Value) map[string]harness.Value {
	m := make(map[string]harness.Value)
	for i := 0; i+1 < len(v.Elems); i += 2 {
		m[string(v.Elems[i].Text)] = v.Elems[i+1]
	}
	return m
}

func texts(v harness.Value) string {
	all := make([]string, len(v.Elems))
	for i, e := range v.Elems {
		all[i] = string(e.Text)
	}
	return strings.Join(all, ",")
}

// argumentFacts writes arguments of COMMAND DOCS in short: name:type, "token", #key specification, (display), @since-deprecated,
// !flags, and {arguments}.
func argumentFacts(args harness.Value) string {
	var all []string
	for _, a := range args.Elems {
		f := fields(a)
		s := string(f["name"].Text) + ":" + string(f["type"].Text)
		if v, ok := f["token"]; ok {
			s += fmt.Sprintf("%q", v.Text)
		}
		if v, ok := f["key_spec_index"]; ok {
			s += "#" + string(v.Text)
		}
		if v := string(f["display_text"].Text); v != "" && v != string(f["name"].Text) {
			s += "(" + v + ")"
		}
		if since, deprecated := string(f["since"].Text), string(f["deprecated_since"].Text); since+deprecated != "" {
			s += "@" + since + "-" + deprecated
		}
		if v := texts(f["flags"]); v != "" {
			s += "!" + v
		}
		if v, ok := f["arguments"]; ok {
			s += "{" + argumentFacts(v) + "}"
		}
		all = append(all, s)
	}
	return strings.Join(all, " ")
}

// keyFacts writes a key specification of COMMAND INFO in short. That it has notes counts, what they say does not.
func keyFacts(spec harness.Value) string {
	f := fields(spec)
	s := texts(f["flags"])
	if _, ok := f["notes"]; ok {
		s += " noted"
	}
	for _, part := range []string{"begin_search", "find_keys"} {
		p := fields(f[part])
		s += " " + string(p["type"].Text)
		if v := texts(p["spec"]); v != "" {
			s += " " + v
		}
	}
	return s
}

// gatherFacts adds what COMMAND DOCS and COMMAND INFO say of a command and its subcommands, but for texts: a few lines for each, by its name.
func gatherFacts(facts map[string]string, docs, info harness.Value) {
	d, in := fields(docs), info.Elems
	name := string(in[0].Text)
	var b strings.Builder
	line := func(format string, v ...any) { fmt.Fprintf(&b, format+"\n", v...) }
	line("%s", name)
	s := "  " + string(d["group"].Text) + " since " + string(d["since"].Text)
	if v, ok := d["deprecated_since"]; ok {
		s += " deprecated " + string(v.Text)
	}
	if v, ok := d["replaced_by"]; ok {
		s += " by " + string(v.Text)
	}
	if v, ok := d["doc_flags"]; ok {
		s += " doc " + texts(v)
	}
	for _, h := range d["history"].Elems {
		s += " h" + string(h.Elems[0].Text)
	}
	line("%s", s)
	line("  arity %s flags %s keys %s %s %s", in[1].Text, texts(in[2]), in[3].Text, in[4].Text, in[5].Text)
	line("  acl %s", texts(in[6]))
	if v := texts(in[7]); v != "" {
		line("  tips %s", v)
	}
	for _, k := range in[8].Elems {
		line("  key %s", keyFacts(k))
	}
	if v, ok := d["arguments"]; ok {
		line("  args %s", argumentFacts(v))
	}
	facts[name] = b.String()
	sub := fields(d["subcommands"])
	for _, i := range in[9].Elems {
		gatherFacts(facts, sub[string(i.Elems[0].Text)], i)
	}
}

func commandFacts(c *harness.Conn) map[string]string {
	c.Do("HELLO", "3")
	docs := fields(c.Do("COMMAND", "DOCS").Value)
	facts := make(map[string]string)
	for _, info := range c.Do("COMMAND").Elems {
		gatherFacts(facts, docs[string(info.Elems[0].Text)], info)
	}
	return facts
}

// TestCommandFacts compares what COMMAND DOCS and COMMAND INFO say of our commands with what Redis 7.2.6 says of its own, and 7.4.1 of
// those that came or changed with 7.4 and are here. The summaries, notes and the like are in our own words.
func TestCommandFacts(t *testing.T) {
	root, err := harness.Root()
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(filepath.Join(root, "testdata", "commands.txt"))
	if err != nil {
		t.Fatal(err)
	}
	wanted := make(map[string]string)
	for _, text := range strings.SplitAfter(string(file), "\n\n") {
		if text = strings.TrimSuffix(text, "\n"); text == "" || text[0] == '#' {
			continue
		}
		name, _, _ := strings.Cut(text, "\n")
		wanted[name] = strings.TrimSuffix(text, "\n") + "\n"
	}
	got := commandFacts(harness.Start(t, harness.Radish(t)).Conn(t))
	if len(got) < 250 {
		t.Errorf("only %d commands", len(got))
	}
	for name, text := range got {
		switch want, ok := wanted[name]; {
		case !ok:
			t.Errorf("no such command: %s", name)
		case text != want:
			t.Errorf("got %swant %s", text, want)
		}
	}
}
