package server

import (
	"fmt"
	"strings"
)

// LATENCY GRAPH draws samples as columns, oldest first, in rows of text: the higher a column, the longer it
// took. Below stands how long ago each was, written downwards.

const (
	graphWidth  = 80 // columns in a block; more samples begin another
	graphHeight = 4  // rows of a block
	// graphTips are the ends of columns by how much of the row they fill; graphStem is a row that is full.
	graphTips = "_o#"
	graphStem = '|'
)

// graph is the reply of LATENCY GRAPH.
func (e *latencyEvent) graph(now int64) string {
	var b strings.Builder
	sum := e.summary(now)
	fmt.Fprintf(&b, "%s - high %d ms, low %d ms (all time high %d ms)\n", e.name, sum.high, sum.low, e.worst)
	b.WriteString(strings.Repeat("-", graphWidth) + "\n")
	for i := 0; i < len(e.samples); i += graphWidth {
		if i > 0 {
			b.WriteByte('\n')
		}
		part := e.samples[i:min(i+graphWidth, len(e.samples))]
		drawColumns(&b, part, sum.low, sum.high)
		b.WriteString(strings.Repeat(" ", len(part)) + "\n")
		drawAges(&b, part, now)
	}
	return b.String()
}

// drawColumns draws one column a sample: low has the height of one step, high fills all rows.
func drawColumns(b *strings.Builder, samples []latencySample, low, high int64) {
	steps := int64(graphHeight * len(graphTips))
	for row := graphHeight - 1; row >= 0; row-- {
		below := int64(row * len(graphTips)) // steps of the rows below
		for _, x := range samples {
			step := min((x.ms-low)*steps/max(1, high-low), steps-1)
			switch {
			case step < below:
				b.WriteByte(' ')
			case step < below+int64(len(graphTips)):
				b.WriteByte(graphTips[step-below])
			default:
				b.WriteByte(graphStem)
			}
		}
		b.WriteByte('\n')
	}
}

// drawAges writes below each column how long ago it was.
func drawAges(b *strings.Builder, samples []latencySample, now int64) {
	ages := make([]string, len(samples))
	rows := 0
	for i, x := range samples {
		ages[i] = age(now - x.unix)
		rows = max(rows, len(ages[i]))
	}
	for row := range rows {
		for _, a := range ages {
			if row < len(a) {
				b.WriteByte(a[row])
			} else {
				b.WriteByte(' ')
			}
		}
		b.WriteByte('\n')
	}
}

// age is a number of seconds in its largest unit.
func age(s int64) string {
	switch {
	case s < 60:
		return fmt.Sprintf("%ds", s)
	case s < 3600:
		return fmt.Sprintf("%dm", s/60)
	case s < 86400:
		return fmt.Sprintf("%dh", s/3600)
	}
	return fmt.Sprintf("%dd", s/86400)
}
