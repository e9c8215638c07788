package main

import (
	"fmt"
	"io"
	"strings"
)

// progress reads r and shows on w, a terminal, which part of size bytes has been read.
type progress struct {
	r    io.Reader
	w    io.Writer
	size int64

	read  int64
	shown int // percent + 1; 0: nothing yet
}

const barWidth = 50

// Read reads and shows how far it is.
func (p *progress) Read(b []byte) (n int, err error) {
	n, err = p.r.Read(b)
	p.read += int64(n)
	percent := 100
	if p.size > 0 {
		percent = int(min(p.read*100/p.size, 100))
	}
	if percent+1 != p.shown {
		p.shown = percent + 1
		done := percent * barWidth / 100
		fmt.Fprintf(p.w, "\r[%s%s] %3d%%", strings.Repeat("=", done), strings.Repeat(" ", barWidth-done), percent)
	}
	return n, err
}

// clear takes the bar away.
func (p *progress) clear() {
	if p.shown > 0 {
		fmt.Fprintf(p.w, "\r%s\r", strings.Repeat(" ", barWidth+7))
	}
}
