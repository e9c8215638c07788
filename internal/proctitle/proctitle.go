// Package proctitle changes what ps shows of the process.
//
// On Linux the command line that ps shows is memory of the process: the arguments that the kernel put there,
// with the environment behind them. When the byte at the end of the arguments is not zero, ps shows what is
// there up to the first zero byte, be it in the environment. The Go runtime makes os.Args of that memory
// without copying it, so these strings must be replaced before anybody keeps a part of them. Of the
// environment it keeps copies; the C library, where there is one, does not.
package proctitle

// Title is the memory that ps looks at.
type Title struct {
	area []byte // nil: there is none, or it cannot be written to
}

// Set shows another title, as much of it as there is room for.
func (t *Title) Set(title string) {
	if len(t.area) == 0 {
		return
	}
	n := copy(t.area[:len(t.area)-1], title)
	clear(t.area[n:])
}
