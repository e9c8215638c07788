package server

import (
	"strings"
	"testing"

	"radish/command"
)

// TestFewestArguments runs each command that may run here with as few arguments as its row allows, and with some more that make little sense: with a reply or
// not, the server goes on. So do the same commands inside EXEC.
func TestFewestArguments(t *testing.T) {
	s, addr := startServer(t, "--enable-debug-command", "no", "--appendonly", "yes")
	if err := s.LoadData(); err != nil {
		t.Fatal(err)
	}
	w := dial(t, addr)
	w.do("PFADD hll a")
	w.do("RPUSH list a")
	for _, multi := range []bool{false, true} {
		for spec := range s.table.All() {
			const not = command.Admin | command.Blocking | command.PubSub
			if spec.Flags&not != 0 || spec.Flags&(command.Write|command.ReadOnly|command.MayReplicate) == 0 || spec.Handler == nil {
				continue
			}
			least := max(spec.Arity, -spec.Arity)
			for _, arg := range []string{"none", "hll", "list", "0", "1"} {
				for extra := range 4 {
					if spec.Arity > 0 && extra > 0 {
						break
					}
					line := strings.ReplaceAll(spec.FullName(), "|", " ")
					line += strings.Repeat(" "+arg, least+extra-strings.Count(line, " ")-1)
					if multi {
						w.do("MULTI")
						w.do(line)
						line = "EXEC"
					}
					w.do(line)
				}
			}
		}
	}
	want(t, "PING", w.do("PING"), "+PONG\r\n")
}
