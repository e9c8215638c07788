package config

import (
	"errors"
	"strings"
	"testing"
)

func TestChecks(t *testing.T) {
	v := &Values{}
	withSocket := &Values{}
	withSocket.UnixSocket = "/s"
	for _, c := range []struct {
		check func(string, *Values) error
		arg   string
		v     *Values
		want  error
	}{
		{checkProcTitle, "{title} {listen-addr} {server-mode}", v, nil},
		{checkProcTitle, "{{", v, nil},
		{checkProcTitle, "x{{title}", v, nil},
		{checkProcTitle, "{config-file}{port}{tls-port}", v, nil},
		{checkProcTitle, "{unixsocket}", withSocket, nil},
		{checkProcTitle, "{unixsocket}", v, errProcTitle},
		{checkProcTitle, "", v, errProcTitle},
		{checkProcTitle, " {title} ", v, errProcTitle},
		{checkProcTitle, "x {", v, errProcTitle},
		{checkProcTitle, "x {title", v, errProcTitle},
		{checkProcTitle, "x {Title}", v, errProcTitle},
		{checkProcTitle, "x {}", v, errProcTitle},
		{checkHostname, "", v, nil},
		{checkHostname, "A-z.09", v, nil},
		{checkHostname, strings.Repeat("a", 255), v, nil},
		{checkHostname, strings.Repeat("a", 256), v, errHostnameLength},
		{checkHostname, "a b", v, errHostnameChar},
		{checkNodename, "a_b-c.d/e\xff", v, nil},
		{checkNodename, "a:b", v, errNodenameChar},
		{checkNodename, "a~", v, errNodenameChar},
		{checkLocale, "", v, nil},
		{checkLocale, "C", v, nil},
		{checkLocale, "xx_YY", v, errLocale},
		{baseName(nil, errDBFilenamePath), "", v, nil},
		{baseName(errAOFNameEmpty, errAOFNamePath), "", v, errAOFNameEmpty},
		{baseName(errAOFNameEmpty, errAOFNamePath), "a.aof", v, nil},
		{baseName(errAOFNameEmpty, errAOFNamePath), "../a", v, errAOFNamePath},
	} {
		if got := c.check(c.arg, c.v); !errors.Is(got, c.want) {
			t.Errorf("check of %q: %v, want %v", c.arg, got, c.want)
		}
	}
}
