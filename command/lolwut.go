package command

import (
	"math/rand/v2"
	"radish/internal/version"
	"strings"
)

// The bed of radishes that lolwutCommand draws: its size in characters, and the largest size of each side.
const (
	bedWidth, bedHeight = 60, 8
	maxBedSide          = 1000
)

// lolwutCommand draws radishes in their bed: LOLWUT [VERSION version [columns [rows]]]. The version is
// read, but there is one picture only.
func lolwutCommand(c *Ctx) error {
	size := [2]int{bedWidth, bedHeight}
	if len(c.Args) >= 3 && c.Is(1, "version") {
		if _, err := c.Int(2); err != nil {
			return err
		}
		for i := 3; i < len(c.Args) && i-3 < len(size); i++ {
			n, err := c.Int(i)
			if err != nil {
				return err
			}
			size[i-3] = int(min(max(n, 1), maxBedSide))
		}
	}
	bed := drawBed(size[0], size[1], rand.IntN)
	c.Reply.VerbatimString("txt", bed+"\nRedis ver. "+version.Redis+"\n")
	return nil
}

// drawBed draws radishes side by side: leaves above the ground, roots of different length below it. intN
// gives random numbers below n.
func drawBed(width, height int, intN func(n int) int) string {
	rows := make([][]byte, height+4)
	for y := range rows {
		rows[y] = []byte(strings.Repeat(" ", width))
	}
	const leaves, ground = 2, 3
	for x := range width {
		rows[ground][x] = '~'
	}
	put := func(x, y int, s string) {
		if y < len(rows) && x >= 0 && x+len(s) <= width {
			copy(rows[y][x:], s)
		}
	}
	for x := 1 + intN(3); x+7 <= width; x += 7 + intN(4) {
		put(x, leaves-1-intN(2), []string{`\\ | //`, ` \|/ /`, `\ \|/`}[intN(3)])
		put(x, leaves, ` \\|//`)
		put(x, ground, ` .-"-.`)
		put(x, ground+1, `(     )`)
		put(x, ground+2, ` \   /`)
		put(x, ground+3, "  `v'")
		for y := range intN(max(height-2, 1)) {
			put(x+3, ground+4+y, "|,;'"[intN(4):][:1])
		}
	}
	var b strings.Builder
	for _, row := range rows {
		b.WriteString(strings.TrimRight(string(row), " "))
		b.WriteByte('\n')
	}
	return b.String()
}
