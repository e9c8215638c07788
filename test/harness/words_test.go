package harness

import (
	"slices"
	"testing"
)

func TestWords(t *testing.T) {
	for line, want := range map[string][]string{
		"":                          nil,
		"  a  b\tc ":                {"a", "b", "c"},
		`"a b" 'c d'`:               {"a b", "c d"},
		`"" ''`:                     {"", ""},
		`"\x41\x0aB\n\r\t\"\\\q"`:   {"A\nB\n\r\t\"\\q"},
		`'it\'s \n'`:                {`it's \n`},
		`pre"quoted" x`:             {"prequoted", "x"},
		`"\xzz"`:                    {"xzz"},
		`config|get k[a-z]* \x41 $`: {"config|get", "k[a-z]*", `\x41`, "$"},
	} {
		got, err := Words(line)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v; want %q", line, got, err, want)
		}
	}
	for _, line := range []string{`"a`, `'a`, `"a"b`, `'a'b`, `"a\`} {
		if got, err := Words(line); err == nil {
			t.Errorf("%s: %q", line, got)
		}
	}
}

func TestInfoField(t *testing.T) {
	text := "# Server\r\nredis_version:7.4.0\r\nos:a:b\r\n\r\n"
	if v, ok := InfoField(text, "os"); !ok || v != "a:b" {
		t.Errorf("%q, %v", v, ok)
	}
	if v, ok := InfoField(text, "version"); ok {
		t.Errorf("%q", v)
	}
}
