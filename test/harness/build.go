package harness

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Program is a server that tests can start.
type Program struct {
	Name string // for messages: "radish" or "redis"
	Path string
	Args []string // come before those of Start
}

// Main runs the tests of a package and then removes what was built for them. The result is the exit code.
func Main(m *testing.M) int {
	defer func() {
		if dir := buildDir(); dir != "" {
			_ = os.RemoveAll(dir)
		}
	}()
	return m.Run()
}

// Radish is our server: RADISH_BINARY if set, else built from the module around the working directory.
func Radish(t testing.TB) Program {
	t.Helper()
	path, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return Program{Name: "radish", Path: path, Args: []string{"--enable-debug-command", "yes"}}
}

// Redis is the reference server. A machine without it fails the test: what has not been compared has not
// been tested.
func Redis(t testing.TB) Program {
	t.Helper()
	name := os.Getenv("REDIS_SERVER")
	if name == "" {
		name = "redis-server"
	}
	path := Tool(t, name, "redis-server")
	return Program{Name: "redis", Path: path, Args: []string{"--enable-debug-command", "yes"}}
}

// Tool is the path of a program that a test needs. If it is missing the test fails and names the Debian
// package that has it.
func Tool(t testing.TB, name, debianPackage string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is needed here (Debian package %s): %v", name, debianPackage, err)
	}
	return path
}

var (
	// buildDir is where the binary of this test process lies; "" if it cannot be made.
	buildDir = sync.OnceValue(func() string {
		dir, err := os.MkdirTemp("", "radish-test-")
		if err != nil {
			return ""
		}
		return dir
	})
	// build gives the path of our server.
	build = sync.OnceValues(func() (string, error) {
		if path := os.Getenv("RADISH_BINARY"); path != "" {
			return exec.LookPath(path)
		}
		root, err := Root()
		if err != nil {
			return "", err
		}
		path := filepath.Join(buildDir(), "radish-server")
		args := append([]string{"build"}, strings.Fields(os.Getenv("RADISH_BUILD_FLAGS"))...)
		cmd := exec.Command("go", append(args, "-o", path, "./cmd/radish-server")...)
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("go build ./cmd/radish-server: %w\n%s", err, out)
		}
		return path, nil
	})
)

// Root is the directory of module radish: the nearest one above the working directory whose go.mod says
// so (test/clients/goredis has a module of its own).
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(text), "module radish\n") {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("no go.mod of module radish above the working directory")
		}
		dir = parent
	}
}
