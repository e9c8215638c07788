package differential

import (
	"slices"
	"testing"

	"radish/test/harness"
)

func TestParse(t *testing.T) {
	s, err := Parse(`
## a comment
# options --maxclients 10 --save ""
# password secret

=== first section ===
# proto 3
SET k "a b"
# unordered
# mask id=(\d+)
# 7.2: *1\r\n$1\r\nx
@b KEYS *
!sleep 20ms

=== second
# masks a+
# 7.2 resp3: _
# ours resp2: $-1
GET k
!raw closes "*x\r\n"
`)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.Options, []string{"--maxclients", "10", "--save", ""}) || s.Password != "secret" || len(s.Sections) != 2 {
		t.Fatalf("%+v", s)
	}
	first, second := s.Sections[0], s.Sections[1]
	if first.Title != "first section" || first.Proto != 3 || len(first.Steps) != 3 || second.Proto != 0 {
		t.Fatalf("%+v", s.Sections)
	}
	if st := first.Steps[0]; st.Conn != "a" || !slices.Equal(st.Words, []string{"SET", "k", "a b"}) || st.Check.Mode != Exact {
		t.Errorf("%+v", st)
	}
	if st := first.Steps[1]; st.Conn != "b" || st.Check.Mode != Unordered || len(st.Check.Masks) != 1 ||
		st.Check.Want72[2] != "*1\r\n$1\r\nx\r\n" || st.Check.Want72[3] != "*1\r\n$1\r\nx\r\n" {
		t.Errorf("%+v", st)
	}
	if st := first.Steps[2]; st.Verb != "sleep" || len(st.Check.Masks) != 0 {
		t.Errorf("%+v", st)
	}
	if st := second.Steps[0]; len(st.Check.Masks) != 1 || st.Check.Want72[2] != "" || st.Check.Want72[3] != "_\r\n" ||
		st.Check.Ours[2] != "$-1\r\n" {
		t.Errorf("%+v", st)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, text := range []string{
		"GET k", "=== a\n# nosuch\nGET k", "=== a\nGET \"k", "=== a\n# unordered\n=== b\nGET k", "=== a\n# mask (\nGET k",
		"=== a\n# unordered", "=== a\n!nosuch x", "=== a\n!sleep long", "=== a\n!raw maybe \"x\"", "=== a\nGET k\n# proto 3\nGET k",
		"=== a\n# options --port 1\nGET k", "=== a\n# about x\nGET k", "=== a\n# 7.2 resp4: x\nGET k", "=== a\n!let x",
	} {
		if s, err := Parse(text); err == nil {
			t.Errorf("%q was taken: %+v", text, s)
		}
	}
}

func reply(t *testing.T, wire string) harness.Reply {
	t.Helper()
	v, raw, err := harness.NewReader(stringReader(wire)).Read()
	if err != nil {
		t.Fatalf("%q: %v", wire, err)
	}
	return harness.Reply{Value: v, Raw: raw}
}
