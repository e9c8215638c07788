package command

import (
	"math"
)

// What the commands that pop from several keys answer.
const (
	errNumKeys  Error = "ERR numkeys should be greater than 0"
	errPopCount Error = "ERR count should be greater than 0"
)

// mpopOpts are the options of LMPOP, ZMPOP and their blocking kin.
type mpopOpts struct {
	numKeys int
	first   bool // from the end that is named first: LEFT, MIN
	count   int
}

// parseMPop reads numkeys key [key ...] <first|last> [COUNT count], beginning at argument at. first and last are the
// words of the two ends, in lower case.
func parseMPop(c *Ctx, at int, first, last string) (o mpopOpts, err error) {
	n, err := c.Int(at)
	if err != nil || n <= 0 {
		return o, errNumKeys
	}
	if n >= int64(len(c.Args)-at-1) {
		return o, ErrSyntax
	}
	o.numKeys, o.count = int(n), 1
	i := at + 1 + o.numKeys
	switch {
	case c.Is(i, first):
		o.first = true
	case !c.Is(i, last):
		return o, ErrSyntax
	}
	counted := false
	for i++; i < len(c.Args); i++ {
		if counted || !c.Is(i, "count") || i+1 == len(c.Args) {
			return o, ErrSyntax
		}
		i++
		n, err := c.Int(i)
		if err != nil || n <= 0 {
			return o, errPopCount
		}
		o.count, counted = int(min(n, math.MaxInt32)), true
	}
	return o, nil
}
