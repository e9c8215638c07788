package aof

import (
	"errors"
	"strings"
	"testing"

	"radish/persist/fsys/fsystest"
)

func TestManifestErrors(t *testing.T) {
	const base, incr = "file a.1.base.rdb seq 1 type b\n", "file a.1.incr.aof seq 1 type i\n"
	for _, c := range []struct {
		text, reason string
		line         int // 0: the line is not shown
	}{
		{"", "Found an empty AOF manifest", 0},
		{base + "\n", "Invalid AOF manifest file format", 2},
		{base + " \t\r\n" + incr, "Invalid AOF manifest file format", 2},
		{base + base, "Found duplicate base file information", 2},
		{"# x\n" + base + "file a.1.incr.aof seq 1 type x\n", "Unknown AOF file type", 3},
		{"file a seq 1\n", "Invalid AOF manifest file format", 1},
		{"file a seq 1 type\n", "Invalid AOF manifest file format", 1},
		{"file a seq 1 kind b\n", "Invalid AOF manifest file format", 1},
		{"file a seq x type b\n", "Invalid AOF manifest file format", 1},
		{"file a seq 99999999999999999999 type b\n", "Invalid AOF manifest file format", 1},
		{"file a seq 0 type b\n", "Invalid AOF manifest file format", 1},
		{"file a seq 1 type \"\"\n", "Invalid AOF manifest file format", 1},
		{"file \"a seq 1 type b\n", "Invalid AOF manifest file format", 1},
		{"*3\n", "Invalid AOF manifest file format", 1},
		{"file a/b seq 1 type b\n", "File can't be a path, just a filename", 1},
		{`file "a\\b" seq 1 type b` + "\n", "File can't be a path, just a filename", 1},
		{incr + incr, "Found a non-monotonic sequence number", 2},
		{"file a seq 2 type i\nfile b seq 1 type i\n", "Found a non-monotonic sequence number", 2},
		{"file a seq 1 type b", "The AOF manifest file contains too long line", 0},
		{"file a seq 1\x00 type b\n", "The AOF manifest file contains too long line", 0},
		{base + "file " + strings.Repeat("x", 1024) + " seq 1 type i\n", "The AOF manifest file contains too long line", 0},
	} {
		_, err := ParseManifest([]byte(c.text))
		var e *ManifestError
		if !errors.As(err, &e) || e.Error() != c.reason || e.ShowLine != (c.line > 0) || c.line > 0 && e.Line != c.line {
			t.Errorf("%.60q: %+v, want %s", c.text, err, c.reason)
		}
	}
}

func TestManifestLines(t *testing.T) {
	_, err := ParseManifest([]byte("file a seq 1 type b\n  what is this  \n"))
	want := "\n*** FATAL AOF MANIFEST FILE ERROR ***\n|Reading the manifest file, at line 2\n|>>> 'what is this'\n|Invalid AOF manifest file format\n"
	if got := strings.Join(err.(*ManifestError).Lines(), "|"); got != want {
		t.Errorf("%q", got)
	}
}

func TestManifestRoundTrip(t *testing.T) {
	for _, text := range []string{
		"file appendonly.aof.2.base.rdb seq 2 type b\nfile appendonly.aof.1.incr.aof seq 1 type h\nfile appendonly.aof.3.incr.aof seq 3 type i\n" +
			"file appendonly.aof.9.incr.aof seq 9 type i\n",
		"file \" a\\\"\\n\\r\\t\\a\\b\\\"\\xff\\x00 file\" seq 1 type i\n",
	} {
		m, err := ParseManifest([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		want := strings.ReplaceAll(text, "\\x00 file", "")
		if got := m.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	m, err := ParseManifest([]byte("# comment\nTYPE b new thing SEQ +7x FILE a\n"))
	if err != nil || m.Base == nil || *m.Base != (FileInfo{"a", 7, TypeBase}) {
		t.Errorf("%+v %v", m, err)
	}
}

func TestManifestNumbers(t *testing.T) {
	m := &Manifest{}
	m.newBase("x", true)
	m.addIncr("x")
	m.addIncr("x")
	m.newBase("x", false)
	m.addIncr("x")
	m.retireIncr(1)
	want := "file x.2.base.aof seq 2 type b\nfile x.1.incr.aof seq 1 type h\nfile x.2.incr.aof seq 2 type h\n" +
		"file x.1.base.rdb seq 1 type h\nfile x.3.incr.aof seq 3 type i\n"
	if got := m.String(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestReadManifest(t *testing.T) {
	mem := fsystest.NewMem()
	mem.WriteFile("big", make([]byte, maxManifest+1))
	var e *ManifestError
	if _, err := ReadManifest(mem, "big"); !errors.As(err, &e) {
		t.Error(err)
	}
	if _, err := ReadManifest(mem, "none"); err == nil || errors.As(err, &e) {
		t.Error(err)
	}
}

func FuzzManifest(f *testing.F) {
	f.Add([]byte("file appendonly.aof.2.base.rdb seq 2 type b\nfile \"a \\x41\" seq 1 type h\nfile i seq 3 type i\n"))
	f.Add([]byte("file \"it's\" seq 1 type h\n"))
	f.Add([]byte("file \"\" seq 1 type b\n"))
	f.Add([]byte("# c\nfile a seq 9223372036854775806 type i other x\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := ParseManifest(text)
		if err != nil {
			return
		}
		out := m.String()
		again, err := ParseManifest([]byte(out))
		if err != nil {
			// Only a line can have grown too long by its quotes, and only comments leave nothing.
			if !strings.Contains(err.Error(), "too long line") && out != "" {
				t.Fatalf("%q: %v", out, err)
			}
			return
		}
		if again.String() != out {
			t.Fatalf("%q, then %q", out, again.String())
		}
	})
}
