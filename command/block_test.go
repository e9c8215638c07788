package command

import (
	"testing"

	"radish/store"
)

// waits sets Env.Block to note who waits for what.
func (h *harness) waits() *[]Wait {
	var list []Wait
	h.env.Block = func(_ *Ctx, w Wait) { list = append(list, w) }
	return &list
}

func TestTimeouts(t *testing.T) {
	h := newHarness(t)
	waits := h.waits()
	for text, ms := range map[string]int64{"0": 0, "1": 1000, "0.0001": 1, "1.5": 1500, "-0.0001": 0, "1e3": 1000000, "0x1": 1000, "9223370336854775": 9223370336854775000} {
		*waits = nil
		h.want("BLPOP k "+text, "-BLOCKED")
		if len(*waits) != 1 || (*waits)[0].TimeoutMs != ms {
			t.Errorf("BLPOP k %s waits %+v, want %d ms", text, *waits, ms)
		}
	}
	*waits = nil
	for text, err := range map[string]Error{
		"": errTimeoutFloat, "a": errTimeoutFloat, "1a": errTimeoutFloat, "nan": errTimeoutFloat, "-1": errTimeoutNegative, "-inf": errTimeoutNegative, "-1e300": errTimeoutNegative,
		"inf": errTimeoutRange, "9223372036854776": errTimeoutRange, "9223372036854775": errTimeoutRange,
	} {
		if got := short(h.run("BLPOP", "k", text)); got != "-"+string(err) {
			t.Errorf("BLPOP k %q: %s, want %s", text, got, err)
		}
	}
	if *waits != nil {
		t.Errorf("an error makes somebody wait: %v", *waits)
	}
}

func TestWhatBlockingCommandsWaitFor(t *testing.T) {
	h := newHarness(t)
	waits := h.waits()
	for _, c := range []struct {
		line  string
		typ   store.Type
		keys  string
		after string // inside EXEC
	}{
		{"BLPOP a b a 0", store.TypeList, "aba", "*-1"},
		{"BRPOP a 0", store.TypeList, "a", "*-1"},
		{"BLMPOP 0 2 a b LEFT COUNT 2", store.TypeList, "ab", "*-1"},
		{"BLMOVE a b LEFT RIGHT 0", store.TypeList, "a", "$-1"},
		{"BRPOPLPUSH a b 0", store.TypeList, "a", "$-1"},
		{"BZPOPMIN a b 0", store.TypeZSet, "ab", "*-1"},
		{"BZPOPMAX a 0", store.TypeZSet, "a", "*-1"},
		{"BZMPOP 0 1 a MAX", store.TypeZSet, "a", "*-1"},
	} {
		*waits = nil
		h.want(c.line, "-BLOCKED")
		if len(*waits) != 1 {
			t.Fatalf("%s: %v", c.line, *waits)
		}
		w, keys := (*waits)[0], ""
		for _, k := range w.Keys {
			keys += string(k.B)
		}
		if w.Type != c.typ || keys != c.keys {
			t.Errorf("%s waits for %v of %s, want %v of %s", c.line, w.Type, keys, c.typ, c.keys)
		}
		h.deny = true
		h.want(c.line, c.after)
		h.deny = false
	}
}
