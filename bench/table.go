package main

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// verdict says whether a row's limit holds.
type verdict int

const (
	noLimit verdict = iota
	holds
	broken
	unmeasured // the row has a limit, but there is no figure
)

func (v verdict) String() string { return [...]string{"", "yes", "NO", "not measured"}[v] }

// row is one line of the table. Cells are ready to print.
type row struct {
	what         string
	ours, theirs string // with the unit
	ratio        string
	limit        string
	verdict      verdict
	note         string
}

var columns = []string{"", "radish", "redis-server", "ratio", "must be", "holds", "notes"}

func (r row) cells() []string {
	return []string{r.what, r.ours, r.theirs, r.ratio, r.limit, r.verdict.String(), r.note}
}

// ratioRow compares two figures of one unit; ours over theirs must be at most limit. ratio is given
// where it is not simply the quotient of the two (a median of ratios, say), else 0.
func ratioRow(what, unit string, ours, theirs, ratio, limit float64, note string) row {
	if ratio == 0 && theirs != 0 {
		ratio = ours / theirs
	}
	r := row{what: what, ours: figure(ours, unit), theirs: figure(theirs, unit), ratio: fmt.Sprintf("%.2f", ratio),
		limit: fmt.Sprintf("ratio ≤ %.2f", limit), verdict: broken, note: note}
	if ratio <= limit {
		r.verdict = holds
	}
	return r
}

// absoluteRow is about a limit of ours alone; theirs stands beside it for comparison.
func absoluteRow(what, unit string, ours, theirs, limit float64, note string) row {
	r := row{what: what, ours: figure(ours, unit), theirs: figure(theirs, unit),
		limit: "≤ " + figure(limit, unit), verdict: broken, note: note}
	if ours <= limit {
		r.verdict = holds
	}
	return r
}

// atLeastRow is absoluteRow for a limit from below.
func atLeastRow(what, unit string, ours, theirs, limit float64, note string) row {
	r := absoluteRow(what, unit, ours, theirs, limit, note)
	r.limit, r.verdict = "≥ "+figure(limit, unit), broken
	if ours >= limit {
		r.verdict = holds
	}
	return r
}

// unmeasuredRow is a row without figures and why.
func unmeasuredRow(what, limit, why string) row {
	return row{what: what, limit: limit, verdict: unmeasured, note: why}
}

// figure prints a number with three significant digits, or all digits of its whole part if it has more,
// in groups of three, and the unit.
func figure(v float64, unit string) string {
	digits := 0
	switch {
	case v == 0 || v >= 100 || v <= -100:
	case v >= 10 || v <= -10:
		digits = 1
	default:
		digits = 2
	}
	text := strconv.FormatFloat(v, 'f', digits, 64)
	whole, fraction, _ := strings.Cut(text, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	text = sign + whole
	if fraction != "" {
		text += "." + fraction
	}
	if unit == "" {
		return text
	}
	return text + " " + unit
}

// format is how the table is printed.
type format int

const (
	formatText format = iota
	formatMarkdown
	formatCSV
)

// writeTable prints the rows under one header.
func writeTable(w io.Writer, rows []row, f format) error {
	switch f {
	case formatCSV:
		return writeCSV(w, rows)
	case formatMarkdown:
		return writeMarkdown(w, rows)
	}
	return writeText(w, rows)
}

func writeCSV(w io.Writer, rows []row) error {
	out := csv.NewWriter(w)
	if err := out.Write(append([]string{"what"}, columns[1:]...)); err != nil {
		return err
	}
	for _, r := range rows {
		if err := out.Write(r.cells()); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func writeMarkdown(w io.Writer, rows []row) error {
	var b strings.Builder
	line := func(cells []string) {
		b.WriteString("|")
		for _, c := range cells {
			b.WriteString(" " + strings.ReplaceAll(c, "|", `\|`) + " |")
		}
		b.WriteString("\n")
	}
	line(columns)
	b.WriteString("|---|--:|--:|--:|---|---|---|\n")
	for _, r := range rows {
		line(r.cells())
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeText(w io.Writer, rows []row) error {
	widths := make([]int, len(columns))
	grow := func(cells []string) {
		for i, c := range cells {
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	grow(columns)
	for _, r := range rows {
		grow(r.cells())
	}
	var b strings.Builder
	line := func(cells []string) {
		var l strings.Builder
		for i, c := range cells {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c))
			if i >= 1 && i <= 3 {
				l.WriteString(pad + c)
			} else {
				l.WriteString(c + pad)
			}
			l.WriteString("  ")
		}
		b.WriteString(strings.TrimRight(l.String(), " ") + "\n")
	}
	line(columns)
	for _, r := range rows {
		line(r.cells())
	}
	_, err := io.WriteString(w, b.String())
	return err
}
