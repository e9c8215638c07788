package config

import "testing"

func TestProcTitle(t *testing.T) {
	for _, c := range []struct {
		set  [][2]string
		file string
		want string
	}{
		{nil, "", "srv *:6379"},
		{[][2]string{{"bind", "127.0.0.1 ::1"}}, "", "srv 127.0.0.1:6379"},
		{[][2]string{{"proc-title-template", "{{x {title} {port} {tls-port} [{unixsocket}] {config-file} "}}, "/a/b.conf", "{x srv 6379 0 [] /a/b.conf"},
		{[][2]string{{"proc-title-template", "{config-file}"}}, "", "-"},
	} {
		cfg := Default()
		if err := cfg.Set(c.set, SetOptions{Local: true}); c.set != nil && err != nil {
			t.Fatal(err)
		}
		if got := cfg.Load().ProcTitle("srv", c.file); got != c.want {
			t.Errorf("%v: %q, want %q", c.set, got, c.want)
		}
	}
}
