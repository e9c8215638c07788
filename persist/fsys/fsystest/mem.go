package fsystest

import (
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"radish/persist/fsys"
)

// Mem is a file system in memory that keeps apart what is written and what is on disk. Bytes are on disk after Sync of the file,
// names after SyncDir of their folder. Names are paths with slashes; "." and "/" are there from the start. It may be used by several
// goroutines.
type Mem struct {
	mu   sync.Mutex
	now  map[string]*node // by clean path: what programs see
	disk map[string]*node // what a crash leaves
	// pending are the changes of names that are not on disk, oldest first.
	pending []change
}

// change puts node at name, or removes the name if node is nil.
type change struct {
	name string
	node *node
}

type node struct {
	dir  bool
	data []byte
	disk []byte // what a crash leaves
	// dirty are the pieces of data, as [start, end), that Sync has yet to bring to the disk.
	dirty [][2]int
}

// NewMem returns an empty file system.
func NewMem() *Mem {
	here, root := &node{dir: true}, &node{dir: true}
	return &Mem{now: map[string]*node{".": here, "/": root}, disk: map[string]*node{".": here, "/": root}}
}

// Crash returns what a power failure leaves: what was synced for certain and, as rnd has it, more of what was not: some of the
// later changes of names of each folder, and some of the bytes, in the order in which they were made. A nil rnd leaves nothing
// that was not synced.
func (m *Mem) Crash(rnd *rand.Rand) *Mem {
	m.mu.Lock()
	defer m.mu.Unlock()
	names := make(map[string]*node, len(m.disk))
	for name, n := range m.disk {
		names[name] = n
	}
	stopped := map[string]bool{}
	for _, c := range m.pending {
		dir := filepath.Dir(c.name)
		if rnd == nil || stopped[dir] || rnd.IntN(3) == 0 {
			stopped[dir] = true
			continue
		}
		apply(names, c)
	}
	return copyNames(names, func(n *node) []byte { return n.crashed(rnd) })
}

// Kill returns what is there when the process ends and the machine goes on.
func (m *Mem) Kill() *Mem {
	m.mu.Lock()
	defer m.mu.Unlock()
	return copyNames(m.now, func(n *node) []byte { return slices.Clone(n.data) })
}

func copyNames(names map[string]*node, data func(*node) []byte) *Mem {
	c := NewMem()
	copies := map[*node]*node{}
	for name, n := range names {
		if copies[n] == nil {
			d := data(n)
			copies[n] = &node{dir: n.dir, data: d, disk: slices.Clone(d)}
		}
		c.now[name] = copies[n]
		c.disk[name] = copies[n]
	}
	return c
}

// crashed is what a power failure leaves of a file's bytes.
func (n *node) crashed(rnd *rand.Rand) []byte {
	out := slices.Clone(n.disk)
	if rnd == nil {
		return out
	}
	for _, d := range n.dirty {
		end := min(d[1], len(n.data))
		if d[0] >= end {
			continue
		}
		if rnd.IntN(3) == 0 {
			end = d[0] + rnd.IntN(end-d[0]+1)
			return put(out, n.data[d[0]:end], d[0])
		}
		out = put(out, n.data[d[0]:end], d[0])
	}
	return out
}

// put writes b at offset off of data, which grows as is needed, with zeros.
func put(data, b []byte, off int) []byte {
	if grow := off + len(b) - len(data); grow > 0 {
		data = append(data, make([]byte, grow)...)
	}
	copy(data[off:], b)
	return data
}

func apply(names map[string]*node, c change) {
	if c.node == nil {
		delete(names, c.name)
		return
	}
	names[c.name] = c.node
}

func (m *Mem) change(name string, n *node) {
	c := change{name, n}
	apply(m.now, c)
	m.pending = append(m.pending, c)
}

// ReadFile returns a file's bytes; nil if there is none.
func (m *Mem) ReadFile(name string) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.now[filepath.Clean(name)]
	if n == nil {
		return nil
	}
	return slices.Clone(n.data)
}

// WriteFile makes a file, and the folder it is in, that are on disk at once.
func (m *Mem) WriteFile(name string, data []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	name = filepath.Clean(name)
	if dir := filepath.Dir(name); m.now[dir] == nil {
		d := &node{dir: true}
		m.now[dir], m.disk[dir] = d, d
	}
	n := &node{data: slices.Clone(data), disk: slices.Clone(data)}
	m.now[name], m.disk[name] = n, n
}

// Names returns the paths of all files, sorted.
func (m *Mem) Names() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var names []string
	for name, n := range m.now {
		if !n.dir {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func fail(op, name string, err error) error { return &fs.PathError{Op: op, Path: name, Err: err} }

// OpenFile is that of fsys.FS.
func (m *Mem) OpenFile(name string, flag int, _ fs.FileMode) (fsys.File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	path := filepath.Clean(name)
	n := m.now[path]
	switch {
	case n != nil && n.dir:
		return nil, fail("open", name, syscall.EISDIR)
	case n != nil && flag&os.O_EXCL != 0:
		return nil, fail("open", name, syscall.EEXIST)
	case n == nil && flag&os.O_CREATE == 0, m.now[filepath.Dir(path)] == nil:
		return nil, fail("open", name, syscall.ENOENT)
	case n == nil:
		n = &node{}
		m.change(path, n)
	}
	f := &memFile{m: m, n: n, name: name, writable: flag&(os.O_WRONLY|os.O_RDWR) != 0}
	if flag&os.O_TRUNC != 0 {
		n.truncate(0)
	}
	return f, nil
}

// Rename is that of fsys.FS.
func (m *Mem) Rename(old, new string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.now[filepath.Clean(old)]
	if n == nil || m.now[filepath.Dir(filepath.Clean(new))] == nil {
		return fail("rename", old, syscall.ENOENT)
	}
	m.change(filepath.Clean(new), n)
	m.change(filepath.Clean(old), nil)
	return nil
}

// Remove is that of fsys.FS.
func (m *Mem) Remove(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.now[filepath.Clean(name)] == nil {
		return fail("remove", name, syscall.ENOENT)
	}
	m.change(filepath.Clean(name), nil)
	return nil
}

// Mkdir is that of fsys.FS.
func (m *Mem) Mkdir(name string, _ fs.FileMode) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.now[filepath.Clean(name)] != nil {
		return fail("mkdir", name, syscall.EEXIST)
	}
	m.change(filepath.Clean(name), &node{dir: true})
	return nil
}

// Stat is that of fsys.FS.
func (m *Mem) Stat(name string) (fs.FileInfo, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.now[filepath.Clean(name)]
	if n == nil {
		return nil, fail("stat", name, syscall.ENOENT)
	}
	return memInfo{filepath.Base(name), int64(len(n.data)), n.dir}, nil
}

// ReadDir is that of fsys.FS.
func (m *Mem) ReadDir(name string) ([]fs.DirEntry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	dir := filepath.Clean(name)
	if n := m.now[dir]; n == nil || !n.dir {
		return nil, fail("open", name, syscall.ENOENT)
	}
	var entries []fs.DirEntry
	for path, n := range m.now {
		if path != "." && path != "/" && filepath.Dir(path) == dir {
			entries = append(entries, fs.FileInfoToDirEntry(memInfo{filepath.Base(path), int64(len(n.data)), n.dir}))
		}
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// SyncDir is that of fsys.FS.
func (m *Mem) SyncDir(name string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	dir := filepath.Clean(name)
	if m.now[dir] == nil {
		return fail("sync", name, syscall.ENOENT)
	}
	m.pending = slices.DeleteFunc(m.pending, func(c change) bool {
		if filepath.Dir(c.name) != dir {
			return false
		}
		apply(m.disk, c)
		return true
	})
	return nil
}

type memInfo struct {
	name string
	size int64
	dir  bool
}

func (i memInfo) Name() string       { return i.name }
func (i memInfo) Size() int64        { return i.size }
func (i memInfo) IsDir() bool        { return i.dir }
func (i memInfo) ModTime() time.Time { return time.Time{} }
func (i memInfo) Sys() any           { return nil }
func (i memInfo) Mode() fs.FileMode {
	if i.dir {
		return fs.ModeDir | 0o755
	}
	return 0o644
}

type memFile struct {
	m        *Mem
	n        *node
	name     string
	pos      int
	writable bool
	closed   bool
}

func (f *memFile) Read(p []byte) (int, error) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	if f.closed {
		return 0, fail("read", f.name, fs.ErrClosed)
	}
	if f.pos >= len(f.n.data) {
		return 0, io.EOF
	}
	n := copy(p, f.n.data[f.pos:])
	f.pos += n
	return n, nil
}

func (f *memFile) Seek(offset int64, whence int) (int64, error) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	switch whence {
	case io.SeekCurrent:
		offset += int64(f.pos)
	case io.SeekEnd:
		offset += int64(len(f.n.data))
	}
	if offset < 0 {
		return 0, fail("seek", f.name, syscall.EINVAL)
	}
	f.pos = int(offset)
	return offset, nil
}

func (f *memFile) Write(p []byte) (int, error) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	n, err := f.writeAt(p, f.pos)
	f.pos += n
	return n, err
}

func (f *memFile) WriteAt(p []byte, off int64) (int, error) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	return f.writeAt(p, int(off))
}

func (f *memFile) writeAt(p []byte, off int) (int, error) {
	switch {
	case f.closed:
		return 0, fail("write", f.name, fs.ErrClosed)
	case !f.writable:
		return 0, fail("write", f.name, syscall.EBADF)
	}
	f.n.data = put(f.n.data, p, off)
	f.n.dirty = append(f.n.dirty, [2]int{off, off + len(p)})
	return len(p), nil
}

func (f *memFile) Sync() error {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	if f.closed {
		return fail("sync", f.name, fs.ErrClosed)
	}
	n := f.n
	for _, d := range n.dirty {
		if end := min(d[1], len(n.data)); d[0] < end {
			n.disk = put(n.disk, n.data[d[0]:end], d[0])
		}
	}
	n.dirty = nil
	n.disk = fit(n.disk, len(n.data))
	return nil
}

// fit makes data size bytes long, with zeros at the end.
func fit(data []byte, size int) []byte {
	if len(data) >= size {
		return data[:size:size]
	}
	return put(data, nil, size)
}

// forgetDirty is what the system does when writing back has failed: the bytes stay readable, but no Sync will write them.
func (f *memFile) forgetDirty() {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	f.n.dirty = nil
}

func (n *node) truncate(size int) {
	n.data = fit(n.data, size)
	for i, d := range n.dirty {
		n.dirty[i][1] = min(d[1], size)
	}
}

func (f *memFile) Truncate(size int64) error {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	if !f.writable || f.closed {
		return fail("truncate", f.name, syscall.EINVAL)
	}
	f.n.truncate(int(size))
	return nil
}

func (f *memFile) Size() (int64, error) {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	return int64(len(f.n.data)), nil
}

func (f *memFile) Close() error {
	f.m.mu.Lock()
	defer f.m.mu.Unlock()
	if f.closed {
		return fail("close", f.name, fs.ErrClosed)
	}
	f.closed = true
	return nil
}
