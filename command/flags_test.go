package command

import (
	"slices"
	"strings"
	"testing"
)

func TestCategoryNames(t *testing.T) {
	for _, n := range categoryNames() {
		if c := CategoryByName([]byte(strings.ToUpper(n.name))); uint64(c) != n.flag {
			t.Errorf("%s is %#x, want %#x", n.name, c, n.flag)
		}
	}
	if CategoryByName([]byte("@read")) != 0 || CategoryByName(nil) != 0 {
		t.Error("a name that is none has a category")
	}
	got := slices.Collect((CatScripting | CatKeyspace | CatRead).Names())
	if want := []string{"keyspace", "read", "scripting"}; !slices.Equal(got, want) {
		t.Errorf("names %q, want %q", got, want)
	}
	for range (CatRead | CatWrite).Names() {
		break // ends early without harm
	}
}

// TestFlagNamesAreDistinct: each name and each bit stands once in each list.
func TestFlagNamesAreDistinct(t *testing.T) {
	for _, list := range [][]flagName{flagNames(), keyFlagNames(), docFlagNames(), categoryNames()} {
		names, bits := map[string]bool{}, uint64(0)
		for _, f := range list {
			if names[f.name] || bits&f.flag != 0 || f.flag&(f.flag-1) != 0 || f.flag == 0 {
				t.Errorf("%s (%#x) stands twice or is no bit", f.name, f.flag)
			}
			names[f.name], bits = true, bits|f.flag
		}
	}
}
