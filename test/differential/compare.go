package differential

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"radish/test/harness"
)

// mask stands for what a mask matched: its first group, if it has one.
const mask = "<masked>"

// compare says how our reply differs from what it should be; "" if it passes. theirs72 says that the
// reference is Redis 7.2 or later.
func (ck Check) compare(theirs, ours harness.Reply, proto int, theirs72 bool) string {
	ck.Doubles = ck.Doubles && !theirs72
	if want, ok := ck.Ours[proto]; ok {
		return ck.fixed("ours must be", want, ours)
	}
	if want, ok := ck.Want72[proto]; ok {
		diff := ck.fixed("Redis 7.2", want, ours)
		theirDiff := ck.fixed("Redis 7.2", want, theirs)
		if theirs72 && theirDiff != "" {
			return "the directive is wrong of Redis 7.2: " + theirDiff
		}
		if !theirs72 && theirDiff == "" {
			return "the directive is not needed: Redis 7.0 answers the same"
		}
		return diff
	}
	return ck.differ(theirs, ours)
}

// fixed compares a reply with a written one.
func (ck Check) fixed(what, want string, got harness.Reply) string {
	if ck.Mode == Exact && !ck.loose() {
		if want == string(got.Raw) {
			return ""
		}
		return fmt.Sprintf("%s: %q\nbut got: %q", what, want, got.Raw)
	}
	v, _, err := harness.NewReader(strings.NewReader(want)).Read()
	if err != nil {
		return fmt.Sprintf("the expected reply is not RESP: %v", err)
	}
	return ck.differ(harness.Reply{Value: v, Raw: []byte(want)}, got)
}

// differ compares two replies as the mode says.
func (ck Check) differ(theirs, ours harness.Reply) string {
	equal := false
	t, o := ck.masked(theirs.Value), ck.masked(ours.Value)
	switch ck.Mode {
	case SameType:
		equal = t.Kind == o.Kind
	case Help:
		equal = t.Kind == o.Kind && len(t.Elems) > 0 && len(o.Elems) > 1 &&
			bytes.Equal(t.Elems[0].AppendWire(nil), o.Elems[0].AppendWire(nil))
	case Lines:
		missing := missingLines(string(t.Text), string(o.Text))
		if t.Kind == o.Kind && len(missing) > 0 {
			return fmt.Sprintf("lines that ours has not: %q", missing)
		}
		equal = t.Kind == o.Kind
	case Nullness:
		equal = t.Kind == o.Kind && t.Null == o.Null
	case Shape:
		equal = sameShape(t, o)
	case Unordered:
		order(&t)
		order(&o)
		equal = ck.near(t, o)
	case Pairs:
		orderPairs(&t)
		orderPairs(&o)
		equal = ck.near(t, o)
	case Exact:
		equal = bytes.Equal(theirs.Raw, ours.Raw) || ck.loose() && ck.near(t, o)
	}
	if equal {
		return ""
	}
	if len(theirs.Raw)+len(ours.Raw) < 600 {
		return fmt.Sprintf("theirs: %q\nours:   %q", theirs.Raw, ours.Raw)
	}
	return ck.firstDifference("", t, o)
}

// firstDifference shows where two big values differ first: the path of indexes, and what stands there.
func (ck Check) firstDifference(path string, t, o harness.Value) string {
	if t.Kind == o.Kind && len(t.Elems) == len(o.Elems) {
		for i := range t.Elems {
			if !ck.near(t.Elems[i], o.Elems[i]) {
				return ck.firstDifference(fmt.Sprintf("%s[%d]", path, i), t.Elems[i], o.Elems[i])
			}
		}
	}
	a, b := t.String(), o.String()
	from := 0
	for from < min(len(a), len(b)) && a[from] == b[from] {
		from++
	}
	from = max(0, from-100)
	cut := func(s string) string { return s[min(from, len(s)):min(from+300, len(s))] }
	return fmt.Sprintf("at %s, from byte %d\ntheirs: %s\nours:   %s", path, from, cut(a), cut(b))
}

// masked replaces what the masks match in all scalars.
func (ck Check) masked(v harness.Value) harness.Value {
	if len(ck.Masks) == 0 {
		return v
	}
	v.Text = maskText(v.Text, ck.Masks)
	v.Elems = slices.Clone(v.Elems)
	for i := range v.Elems {
		v.Elems[i] = ck.masked(v.Elems[i])
	}
	return v
}

func maskText(text []byte, masks []*regexp.Regexp) []byte {
	for _, re := range masks {
		var out []byte
		last := 0
		for _, m := range re.FindAllSubmatchIndex(text, -1) {
			from, to := m[0], m[1]
			if len(m) > 2 && m[2] >= 0 {
				from, to = m[2], m[3]
			}
			out = append(append(out, text[last:from]...), mask...)
			last = to
		}
		text = append(out, text[last:]...)
	}
	return text
}

// loose says that scalars may differ.
func (ck Check) loose() bool { return len(ck.Masks) > 0 || ck.About > 0 || ck.Doubles || ck.Distances }

// near says whether two values are equal, but for integers about as big and doubles written otherwise.
func (ck Check) near(a, b harness.Value) bool {
	if ck.About > 0 && a.Kind == b.Kind && (a.Kind == ':' || a.Kind == '$') && !a.Null && !b.Null {
		x, err := a.Int()
		y, err2 := b.Int()
		if err == nil && err2 == nil && x >= 10 && y >= 10 {
			return max(x-y, y-x) <= ck.About
		}
	}
	if a.Kind == b.Kind && !a.Null && !b.Null && (a.Kind == ',' || a.Kind == '$') &&
		(ck.Doubles && sameDouble(a.Text, b.Text) || ck.Distances && sameDistance(a.Text, b.Text)) {
		return true
	}
	if len(a.Elems) == 0 || len(a.Elems) != len(b.Elems) {
		return bytes.Equal(a.AppendWire(nil), b.AppendWire(nil))
	}
	if a.Kind != b.Kind {
		return false
	}
	return slices.EqualFunc(a.Elems, b.Elems, ck.near)
}

// sameDouble says whether two texts, that with 17 digits and the shortest, are the same double.
func sameDouble(theirs, ours []byte) bool {
	x, err := strconv.ParseFloat(string(theirs), 64)
	y, err2 := strconv.ParseFloat(string(ours), 64)
	return err == nil && err2 == nil && x == y
}

var fourDecimals = regexp.MustCompile(`^[0-9]+\.[0-9]{4}$`)

// sameDistance says whether two distances differ by no more than the last digit: sine and cosine of two
// libraries may differ in their last bit.
func sameDistance(theirs, ours []byte) bool {
	if !fourDecimals.Match(theirs) || !fourDecimals.Match(ours) {
		return false
	}
	x, err := strconv.ParseFloat(string(theirs), 64)
	y, err2 := strconv.ParseFloat(string(ours), 64)
	return err == nil && err2 == nil && math.Abs(x-y) < 0.00015
}

func sameShape(a, b harness.Value) bool {
	return a.Kind == b.Kind && a.Null == b.Null && slices.EqualFunc(a.Elems, b.Elems, sameShape)
}

// order sorts the elements of all aggregates; of maps the pairs.
func order(v *harness.Value) {
	for i := range v.Elems {
		order(&v.Elems[i])
	}
	if v.Kind != '%' {
		slices.SortFunc(v.Elems, compareWire)
		return
	}
	sortPairs(v)
}

// orderPairs sorts an array of name, value, name, value, ... (as RESP2 has a map) by names.
func orderPairs(v *harness.Value) {
	if len(v.Elems)%2 == 0 {
		sortPairs(v)
	}
}

func sortPairs(v *harness.Value) {
	pairs := slices.Collect(slices.Chunk(v.Elems, 2))
	slices.SortFunc(pairs, func(a, b []harness.Value) int {
		return cmp.Or(compareWire(a[0], b[0]), compareWire(a[1], b[1]))
	})
	v.Elems = slices.Concat(pairs...)
}

func compareWire(a, b harness.Value) int {
	return bytes.Compare(a.AppendWire(nil), b.AppendWire(nil))
}

// missingLines are the lines of want that got has not.
func missingLines(want, got string) []string {
	have := map[string]bool{}
	for line := range strings.Lines(got) {
		have[strings.TrimRight(line, "\r\n")] = true
	}
	var missing []string
	for line := range strings.Lines(want) {
		if line = strings.TrimRight(line, "\r\n"); !have[line] {
			missing = append(missing, line)
		}
	}
	return missing
}
