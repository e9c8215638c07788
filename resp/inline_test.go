package resp

import "testing"

func TestInline(t *testing.T) {
	tests := []struct {
		in   string
		want [][]string
		rest int
	}{
		{"PING\r\n", [][]string{{"PING"}}, 0},
		{"PING\n", [][]string{{"PING"}}, 0},
		{"PING", nil, 4},
		{"PING\r", nil, 5},
		{"SET\tk  v \v\f\r\n", [][]string{{"SET", "k", "v"}}, 0},
		{"a\vb\fc d\re\n", [][]string{{"a\vb\fc", "d", "e"}}, 0},
		{"\r\r\n", [][]string{nil}, 0},
		{`SET k ""` + "\n", [][]string{{"SET", "k", ""}}, 0},
		{`SET k "a b" 'c d'` + "\n", [][]string{{"SET", "k", "a b", "c d"}}, 0},
		{`x"a b" y'c d'` + "\n", [][]string{{"xa b", "yc d"}}, 0},
		{`"\n\r\t\b\a\x41\xfF\q\"\\" 'it\'s \n "'` + "\n", [][]string{{"\n\r\t\b\aA\xffq\"\\", `it's \n "`}}, 0},
		{`"\x4" "\xg1" "\x"` + "\n", [][]string{{"x4", "xg1", "x"}}, 0},
		{`a\nb \x41` + "\n", [][]string{{`a\nb`, `\x41`}}, 0},
		{"\"a\"\v\"b\"\n", [][]string{{"a", "b"}}, 0},
		{"$3\r\n", [][]string{{"$3"}}, 0},
	}
	for _, tt := range tests {
		o := everySplit(t, func() *Parser { return new(Parser) }, []byte(tt.in))
		if want := (outcome{tt.want, nil, tt.rest}); !o.equal(want) {
			t.Errorf("%q: got %v, want %v", tt.in, o, want)
		}
	}
}

func TestInlineDoesNotAllocate(t *testing.T) {
	var p Parser
	in := []byte("SET key \"a\\x41\" 'b c'\r\n")
	if n := testing.AllocsPerRun(100, func() { p.Next(in) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
