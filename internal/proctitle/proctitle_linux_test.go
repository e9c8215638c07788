package proctitle

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
)

// TestMain plays the program whose title changes, when it is started for that: it must take the memory
// before package testing keeps parts of the arguments.
func TestMain(m *testing.M) {
	if title, ok := os.LookupEnv("PROCTITLE_TEST"); ok {
		Take().Set(title)
		shown, err := os.ReadFile("/proc/self/cmdline")
		fmt.Printf("%s|%s|%s|%v", strings.TrimRight(string(shown), "\x00"), strings.Join(os.Args[1:], " "), os.Getenv("PROCTITLE_OTHER"), err)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestSet(t *testing.T) {
	if runtime.GOOS != "linux" {
		Take().Set("something") // must do no harm
		return
	}
	for _, title := range []string{"short", "*:6379", strings.Repeat("long ", 20)} {
		cmd := exec.Command(os.Args[0], "some", "arguments")
		cmd.Env = append(os.Environ(), "PROCTITLE_TEST="+title, "PROCTITLE_OTHER=untouched")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		want := title
		if room := len(os.Args[0]) + len(" some arguments"); !useEnvironment && len(want) > room {
			want = want[:room]
		}
		if want += "|some arguments|untouched|<nil>"; string(out) != want {
			t.Errorf("got  %q\nwant %q", out, want)
		}
	}
}
