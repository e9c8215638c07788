package aof

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"radish/persist/fsys"
	"radish/resp"
)

// FileType is the role of a file, by its letter in the manifest.
type FileType byte

// The roles.
const (
	TypeBase    FileType = 'b'
	TypeHistory FileType = 'h'
	TypeIncr    FileType = 'i'
)

// FileInfo is a line of the manifest.
type FileInfo struct {
	Name string
	Seq  int64
	Type FileType
}

// Manifest lists the files of an append only file. The zero value lists none.
type Manifest struct {
	Base    *FileInfo // nil: none
	Incr    []FileInfo
	History []FileInfo
	// BaseSeq and IncrSeq are the numbers of the newest files of these kinds.
	BaseSeq, IncrSeq int64
}

// Files returns what is to be loaded, in order.
func (m *Manifest) Files() []FileInfo {
	if m.Base == nil {
		return slices.Clone(m.Incr)
	}
	return slices.Concat([]FileInfo{*m.Base}, m.Incr)
}

// Empty says that there is nothing to load.
func (m *Manifest) Empty() bool { return m.Base == nil && len(m.Incr) == 0 }

func (m *Manifest) clone() *Manifest {
	c := *m
	if m.Base != nil {
		base := *m.Base
		c.Base = &base
	}
	c.Incr, c.History = slices.Clone(m.Incr), slices.Clone(m.History)
	return &c
}

// String is the manifest as it stands in its file: base, history, incr.
func (m *Manifest) String() string {
	var b strings.Builder
	if m.Base != nil {
		m.Base.format(&b)
	}
	for _, list := range [][]FileInfo{m.History, m.Incr} {
		for _, f := range list {
			f.format(&b)
		}
	}
	return b.String()
}

func (f FileInfo) format(b *strings.Builder) {
	name := f.Name
	if needsQuotes(name) {
		name = quote(name)
	}
	fmt.Fprintf(b, "file %s seq %d type %c\n", name, f.Seq, f.Type)
}

// addIncr makes the next INCR file of the log called name the last of the manifest.
func (m *Manifest) addIncr(name string) FileInfo {
	m.IncrSeq++
	f := FileInfo{Name: fmt.Sprintf("%s.%d.incr.aof", name, m.IncrSeq), Seq: m.IncrSeq, Type: TypeIncr}
	if m.retired(f.Name) {
		return m.addIncr(name)
	}
	m.Incr = append(m.Incr, f)
	return f
}

// retired says whether a file is history: its name is not free until it is removed. When a manifest has been read that has no INCR file, the
// numbers of those that are history are not known any more.
func (m *Manifest) retired(name string) bool {
	return slices.ContainsFunc(m.History, func(f FileInfo) bool { return f.Name == name })
}

// lists says whether a file is to be loaded.
func (m *Manifest) lists(name string) bool {
	return slices.ContainsFunc(m.Files(), func(f FileInfo) bool { return f.Name == name })
}

// newBase puts the next BASE file in the place of the last, which becomes history.
func (m *Manifest) newBase(name string, rdb bool) FileInfo {
	if m.Base != nil {
		old := *m.Base
		old.Type = TypeHistory
		m.History = slices.Insert(m.History, 0, old)
	}
	suffix := "aof"
	if rdb {
		suffix = "rdb"
	}
	for m.Base = nil; m.Base == nil || m.retired(m.Base.Name); {
		m.BaseSeq++
		m.Base = &FileInfo{Name: fmt.Sprintf("%s.%d.base.%s", name, m.BaseSeq, suffix), Seq: m.BaseSeq, Type: TypeBase}
	}
	return *m.Base
}

// retireIncr makes all INCR files but the last keep history. In Redis's order: the newest of them first.
func (m *Manifest) retireIncr(keep int) {
	gone := m.Incr[:max(len(m.Incr)-keep, 0)]
	m.Incr = slices.Clone(m.Incr[len(gone):])
	for i := len(gone) - 1; i >= 0; i-- {
		f := gone[i]
		f.Type = TypeHistory
		m.History = slices.Insert(m.History, 0, f)
	}
}

// maxManifestLine is the length in bytes of the longest line of a manifest, with its end.
const maxManifestLine = 1024

// ManifestError is a manifest that cannot be used, in Redis's words.
type ManifestError struct {
	Line   int    // counted from 1
	Text   string // the line; only if ShowLine
	Reason string
	// ShowLine says that Redis shows the line.
	ShowLine bool
}

func (e *ManifestError) Error() string { return e.Reason }

// Lines are the messages with which Redis refuses the manifest, for a log.
func (e *ManifestError) Lines() []string {
	lines := []string{"\n*** FATAL AOF MANIFEST FILE ERROR ***\n"}
	if e.ShowLine {
		lines = append(lines, fmt.Sprintf("Reading the manifest file, at line %d\n", e.Line), fmt.Sprintf(">>> '%s'\n", e.Text))
	}
	return append(lines, e.Reason+"\n")
}

// ParseManifest reads the text of a manifest, with the checks of Redis 7.2 (aofLoadManifestFromFile). Its errors are
// *ManifestError.
func ParseManifest(text []byte) (*Manifest, error) {
	m := &Manifest{}
	if len(text) == 0 {
		return nil, &ManifestError{Reason: "Found an empty AOF manifest"}
	}
	for n := 1; len(text) > 0; n++ {
		// The line as C sees it: at most so long, and up to a zero byte.
		raw := text[:min(len(text), maxManifestLine)]
		if end := bytes.IndexByte(raw, '\n'); end >= 0 {
			raw = raw[:end+1]
		}
		text = text[len(raw):]
		if end := bytes.IndexByte(raw, 0); end >= 0 {
			raw = raw[:end]
		}
		if bytes.HasPrefix(raw, []byte("#")) {
			continue
		}
		if !bytes.HasSuffix(raw, []byte("\n")) {
			return nil, &ManifestError{Line: n, Reason: "The AOF manifest file contains too long line"}
		}
		line := strings.Trim(string(raw), " \t\r\n")
		f, reason := parseFileInfo(line)
		if reason == "" {
			reason = m.add(f)
		}
		if reason != "" {
			return nil, &ManifestError{Line: n, Text: line, ShowLine: true, Reason: reason}
		}
	}
	return m, nil
}

// add takes a line into the manifest, or says why not.
func (m *Manifest) add(f FileInfo) (reason string) {
	switch f.Type {
	case TypeBase:
		if m.Base != nil {
			return "Found duplicate base file information"
		}
		m.Base, m.BaseSeq = &f, f.Seq
	case TypeHistory:
		m.History = append(m.History, f)
	case TypeIncr:
		if f.Seq <= m.IncrSeq {
			return "Found a non-monotonic sequence number"
		}
		m.Incr, m.IncrSeq = append(m.Incr, f), f.Seq
	default:
		return "Unknown AOF file type"
	}
	return ""
}

// parseFileInfo reads a line that has no blanks at its ends.
func parseFileInfo(line string) (f FileInfo, reason string) {
	const invalid = "Invalid AOF manifest file format"
	// The blank keeps a line that starts with * from being a request of many parts.
	words, _, err := new(resp.Parser).Next([]byte(" " + line + "\n"))
	if err != nil || len(words) < 6 || len(words)%2 != 0 {
		return f, invalid
	}
	named := false
	for i := 0; i < len(words); i += 2 {
		value := cString(words[i+1])
		switch strings.ToLower(cString(words[i])) {
		case "file":
			f.Name, named = value, true
			if strings.ContainsAny(value, `/\`) {
				return f, "File can't be a path, just a filename"
			}
		case "seq":
			f.Seq = leadingInt(value)
		case "type":
			f.Type = 0
			if value != "" {
				f.Type = FileType(value[0])
			}
		}
	}
	// Unlike Redis: behind the greatest number there is no next one.
	if !named || f.Seq == 0 || f.Seq == math.MaxInt64 || f.Type == 0 {
		return f, invalid
	}
	return f, ""
}

func cString(b []byte) string {
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return string(b)
}

// leadingInt is C's atoll: blanks, a sign, and the digits that follow; the nearest int64 if there are too many.
func leadingInt(s string) int64 {
	s = strings.TrimLeft(s, " \t\n\v\f\r")
	end := 0
	if end < len(s) && (s[0] == '-' || s[0] == '+') {
		end = 1
	}
	for end < len(s) && '0' <= s[end] && s[end] <= '9' {
		end++
	}
	// Out of range it is the nearest there is; without digits it is 0.
	v, _ := strconv.ParseInt(s[:end], 10, 64)
	return v
}

// needsQuotes is Redis's sdsneedsrepr, but for two names that Redis writes and then cannot read: the empty one, and any with a '.
func needsQuotes(s string) bool {
	if s == "" {
		return true
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 0x7f || c == '"' || c == '\'' || c == '\\' {
			return true
		}
	}
	return false
}

// quote is Redis's sdscatrepr, which the words of a manifest's line are read by.
func quote(s string) string {
	b := []byte{'"'}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, `\n`...)
		case c == '\r':
			b = append(b, `\r`...)
		case c == '\t':
			b = append(b, `\t`...)
		case c == '\a':
			b = append(b, `\a`...)
		case c == '\b':
			b = append(b, `\b`...)
		case c < ' ' || c >= 0x7f:
			b = fmt.Appendf(b, `\x%02x`, c)
		default:
			b = append(b, c)
		}
	}
	return string(append(b, '"'))
}

// maxManifest is more than a manifest can be in earnest: 16 MB, 200,000 files.
const maxManifest = 16 << 20

// ReadManifest reads the manifest at path. Errors are those of the file system, or *ManifestError.
func ReadManifest(f fsys.FS, path string) (*Manifest, error) {
	file, err := f.OpenFile(path, os.O_RDONLY, 0)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(file, maxManifest+1))
	if closed := file.Close(); err == nil {
		err = closed
	}
	switch {
	case err != nil:
		return nil, &ManifestError{Reason: "Read AOF manifest failed"}
	case len(text) > maxManifest:
		return nil, &ManifestError{Reason: "The AOF manifest file is too big"}
	}
	return ParseManifest(text)
}

func (n names) join(file string) string { return filepath.Join(n.dir, n.dirName, file) }

// names are where the files of a log are.
type names struct {
	dir      string // the working folder: of the files of older versions, and of a BASE that is being written
	dirName  string // appenddirname
	fileName string // appendfilename
}

func (n names) folder() string       { return filepath.Join(n.dir, n.dirName) }
func (n names) manifest() string     { return n.join(n.fileName + ".manifest") }
func (n names) tempManifest() string { return n.join("temp-" + n.fileName + ".manifest") }
func (n names) tempIncr() string     { return "temp-" + n.fileName + ".incr" }
func (n names) old() string          { return filepath.Join(n.dir, n.fileName) }
