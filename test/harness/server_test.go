package harness

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

func TestServer(t *testing.T) {
	for _, p := range []Program{Redis(t), Radish(t)} {
		t.Run(p.Name, func(t *testing.T) {
			s := Start(t, p, "--maxclients", "100")
			c := s.Conn(t)
			if got := c.Ok("CONFIG", "GET", "maxclients").Elems[1]; string(got.Text) != "100" {
				t.Errorf("maxclients is %s", got)
			}
			c.Ok("SET", "k", "v")
			if rss, peak := s.Memory(); rss < 1<<20 || peak < rss {
				t.Errorf("resident %d, peak %d", rss, peak)
			}
			if n := c.InfoInt("connected_clients"); n != 1 {
				t.Errorf("connected_clients is %d", n)
			}
			if !strings.Contains(s.Log(), "Ready to accept connections") {
				t.Errorf("log: %s", s.Log())
			}
			s.Restart()
			if _, err := c.Try("PING"); err == nil {
				t.Error("the connection outlived the server")
			}
			if n := s.Conn(t).Int("DBSIZE"); n != 0 {
				t.Errorf("DBSIZE is %d after the restart", n)
			}
			pid := s.Pid()
			s.Stop()
			if err := syscall.Kill(pid, 0); err != syscall.ESRCH || s.Alive() {
				t.Errorf("process %d after Stop: %v", pid, err)
			}
		})
	}
}

func TestPushesStandApart(t *testing.T) {
	c := Start(t, Redis(t)).Conn(t)
	c.Ok("HELLO", "3")
	if r := c.Do("DEBUG", "PROTOCOL", "push"); !strings.HasPrefix(string(r.Text), "Some real reply") {
		t.Errorf("%s", r)
	}
	c.Ok("PING")
	if len(c.Pushes) != 1 || len(c.Pushes[0].Elems) != 2 {
		t.Errorf("pushes: %v", c.Pushes)
	}
}

func TestProbe(t *testing.T) {
	s := Start(t, Redis(t))
	p := StartProbe(t, s)
	c := s.Conn(t)
	time.Sleep(20 * time.Millisecond)
	c.Ok("DEBUG", "SLEEP", "0.1")
	longest, median, err := p.Stop()
	if err != nil || longest < 80*time.Millisecond || median > 80*time.Millisecond {
		t.Errorf("longest %v, middle %v, %v", longest, median, err)
	}
}
