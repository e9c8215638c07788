package command

import (
	"testing"

	"radish/resp"
)

func TestHelp(t *testing.T) {
	w := resp.Writer{Proto: 2}
	Help(&Ctx{Args: [][]byte{[]byte("some"), []byte("help")}, Reply: &w}, "ONE", "    The first.")
	const want = "*5\r\n+SOME <subcommand> [<arg> [value] [opt] ...]. Subcommands are:\r\n+ONE\r\n+    The first.\r\n+HELP\r\n+    Print this help.\r\n"
	if string(w.Buf) != want {
		t.Errorf("got %q", w.Buf)
	}
}
