package server

import (
	"fmt"
	"testing"
)

func TestRoleAndLastsave(t *testing.T) {
	s, clients := newTestServer(t, 1)
	want(t, "ROLE", run(clients[0], "role"), "*3\r\n$6\r\nmaster\r\n:0\r\n*0\r\n")
	want(t, "LASTSAVE", run(clients[0], "lastsave"), fmt.Sprintf(":%d\r\n", s.started.Unix()))
}
