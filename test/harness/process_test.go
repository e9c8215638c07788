package harness

import (
	"strings"
	"testing"
	"time"
)

func TestProcess(t *testing.T) {
	program, dir := Redis(t), t.TempDir()
	port, err := FreePort()
	if err != nil {
		t.Fatal(err)
	}
	start := func() (*Process, *Conn) { // on the same folder and port
		p, err := StartProcess(program.Path, dir, port, "--save", "", "--appendonly", "yes")
		if err != nil {
			t.Fatal(err)
		}
		if err := p.WaitReady(startTimeout); err != nil {
			t.Fatal(err)
		}
		c, err := Dial(t, p.Addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		return p, c
	}
	for range 2 {
		p, c := start()
		c.Ok("INCR", "n")
		if err := p.Kill(); err != nil || p.Alive() || p.Err() == nil {
			t.Errorf("after Kill: %v, alive %v, %v", err, p.Alive(), p.Err())
		}
	}
	p, c := start()
	if n := c.Int("GET", "n"); n != 2 {
		t.Errorf("n is %d after two rounds", n)
	}
	if err := p.Terminate(startTimeout); err != nil || p.Err() != nil {
		t.Errorf("after Terminate: %v, %v", err, p.Err())
	}
	if p, err = StartProcess(program.Path, dir, port, "--no-such-option", "1"); err != nil {
		t.Fatal(err)
	}
	if err := p.WaitReady(time.Minute); err == nil || !strings.Contains(err.Error(), "no-such-option") {
		t.Errorf("with a wrong option: %v", err)
	}
}
