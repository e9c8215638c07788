package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// table prints what came of the campaigns, a column each.
func table(out io.Writer, campaigns []*campaign) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(name string, value func(c *campaign) any) {
		fmt.Fprint(w, name)
		for _, c := range campaigns {
			fmt.Fprint(w, "\t", value(c))
		}
		fmt.Fprintln(w)
	}
	row("appendfsync", func(c *campaign) any { return c.policy })
	row("rounds", func(c *campaign) any { return c.rounds })
	for m := range moments {
		row("  ended "+m.String(), func(c *campaign) any { return c.ended[m] })
	}
	row("killed within a rewrite or save", func(c *campaign) any { return c.cut })
	row("empty folders begun with", func(c *campaign) any { return c.folders })
	row("commands acknowledged", func(c *campaign) any { return c.tally.acked.Load() })
	row("unanswered, there afterwards", func(c *campaign) any { return c.tally.found.Load() })
	row("unanswered, not there", func(c *campaign) any { return c.tally.gone.Load() })
	row("mean time of a start", func(c *campaign) any { return (c.loading / time.Duration(max(1, c.loads))).Round(time.Millisecond) })
	row("keys with acknowledged writes lost, or wrong", func(c *campaign) any { return c.lostKeys })
	row("starts that failed", func(c *campaign) any { return c.refused })
	row("other faults", func(c *campaign) any { return c.faults })
	row("time", func(c *campaign) any { return c.took.Round(time.Second) })
	return w.Flush()
}
