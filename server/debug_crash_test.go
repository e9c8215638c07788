package server

import (
	"testing"
	"time"

	"radish/command"
)

func TestDebugCrashes(t *testing.T) {
	s, _ := newTestServer(t, 1)
	for _, name := range []string{"panic", "assert", "oom"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s does not crash", name)
				}
			}()
			c, _ := debugCtx(s, "debug", name)
			_ = s.cmdDebug(c)
		}()
	}
}

func TestRestartDelay(t *testing.T) {
	s, _ := newTestServer(t, 1)
	for _, c := range []struct {
		args []string
		want time.Duration
		err  error
	}{
		{[]string{"debug", "restart"}, 0, nil},
		{[]string{"debug", "restart", "1500"}, 1500 * time.Millisecond, nil},
		{[]string{"debug", "restart", "-5"}, 0, nil},
		{[]string{"debug", "restart", "x"}, 0, command.ErrNotInteger},
	} {
		ctx, _ := debugCtx(s, c.args...)
		if d, err := restartDelay(ctx); d != c.want || err != c.err {
			t.Errorf("%v: %v, %v", c.args, d, err)
		}
	}
}
