package config

import (
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// fakeEnv is an env whose files are those of a map and whose directories are
// /start, where it is at first, and all that files are in.
func fakeEnv(files map[string]string) *env {
	cwd := "/start"
	abs := func(p string) string {
		if !path.IsAbs(p) {
			p = cwd + "/" + p
		}
		return path.Clean(p)
	}
	isDir := func(dir string) bool {
		if dir == "/" || dir == "/start" {
			return true
		}
		for name := range files {
			if strings.HasPrefix(name, dir+"/") {
				return true
			}
		}
		return false
	}
	return &env{
		chdir: func(dir string) error {
			if dir = abs(dir); !isDir(dir) {
				return &fs.PathError{Op: "chdir", Path: dir, Err: syscall.ENOENT}
			}
			cwd = dir
			return nil
		},
		getwd: func() (string, error) { return cwd, nil },
		readFile: func(name string) ([]byte, error) {
			text, ok := files[abs(name)]
			if !ok {
				return nil, &fs.PathError{Op: "open", Path: name, Err: syscall.ENOENT}
			}
			return []byte(text), nil
		},
		glob: func(pattern string) []string {
			return globFiles(func(pattern string) ([]string, error) {
				var found []string
				for _, name := range slices.Sorted(maps.Keys(files)) {
					ok, err := path.Match(abs(pattern), name)
					if err != nil {
						return nil, err
					}
					if ok {
						found = append(found, name)
					}
				}
				return found, nil
			}, isDir, abs(pattern))
		},
		appendable: func(name string) error {
			if !isDir(path.Dir(abs(name))) {
				return &fs.PathError{Op: "open", Path: name, Err: syscall.ENOENT}
			}
			return nil
		},
	}
}

// load loads with the files of a map and standard input.
func load(files map[string]string, stdin string, args ...string) (*Config, error) {
	l := Loader{Stdin: strings.NewReader(stdin), DefaultIOThreads: func() int { return 3 }, env: fakeEnv(files)}
	return l.Load(args)
}

// mustLoad loads the text of a file, and options.
func mustLoad(t testing.TB, text string, options ...string) *Config {
	t.Helper()
	c, err := load(map[string]string{"/start/redis.conf": text}, "", append([]string{"redis.conf"}, options...)...)
	if err != nil {
		t.Fatalf("load failed: %v", err)
	}
	return c
}

// value is what CONFIG GET shows of a directive.
func value(t testing.TB, c *Config, name string) string {
	t.Helper()
	found := c.Get(name)
	if len(found) != 1 || found[0][0] != name {
		t.Fatalf("CONFIG GET %s gives %v", name, found)
	}
	return found[0][1]
}

// exitOf is the error of Load.
func exitOf(t testing.TB, err error) *Exit {
	t.Helper()
	var exit *Exit
	if !errors.As(err, &exit) {
		t.Fatalf("error %v (%T) is no *Exit", err, err)
	}
	return exit
}

func set(c *Config, name, value string) error {
	return c.Set([][2]string{{name, value}}, SetOptions{})
}
