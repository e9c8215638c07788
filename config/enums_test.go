package config

import "testing"

func TestEnumWords(t *testing.T) {
	all := shutdownFlags()
	for _, c := range []struct {
		words []string
		bits  bool
		want  ShutdownFlags
		ok    bool
		text  string
	}{
		{[]string{"default"}, true, 0, true, "default"},
		{[]string{"FORCE", "nosave"}, true, ShutdownForce | ShutdownNoSave, true, "nosave force"},
		{[]string{"now", "now"}, true, ShutdownNow, true, "now"},
		{[]string{"now"}, false, ShutdownNow, true, "now"},
		{[]string{"now", "save"}, false, 0, false, ""},
		{[]string{"now", ""}, true, 0, false, ""},
		{nil, true, 0, false, ""},
	} {
		got, ok := valueOf(all, c.words, c.bits)
		if got != c.want || ok != c.ok {
			t.Errorf("%q: %d, %v", c.words, got, ok)
		}
		if text := wordOf(all, got, c.bits); ok && text != c.text {
			t.Errorf("%q: written %q, want %q", c.words, text, c.text)
		}
	}
	if got := wordOf(all, ShutdownNow|1<<9, true); got != "unknown" {
		t.Errorf("a value without a word is %q", got)
	}
	if got := wordOf(all, ShutdownNow|ShutdownForce, false); got != "unknown" {
		t.Errorf("two words where one may be: %q", got)
	}
}

func TestEvictionPolicy(t *testing.T) {
	for _, c := range evictionPolicies() {
		if c.value.String() != c.word || c.value.LFU() != (c.word == "allkeys-lfu" || c.word == "volatile-lfu") {
			t.Errorf("policy %s is %s, LFU %v", c.word, c.value, c.value.LFU())
		}
	}
}

func TestAllow(t *testing.T) {
	for _, c := range []struct {
		a           Allow
		far, nearby bool
	}{{AllowNo, false, false}, {AllowYes, true, true}, {AllowLocal, false, true}} {
		if c.a.Permits(false) != c.far || c.a.Permits(true) != c.nearby {
			t.Errorf("%d permits %v and %v", c.a, c.a.Permits(false), c.a.Permits(true))
		}
	}
}

func TestClientClassNames(t *testing.T) {
	for i, want := range []string{"normal", "slave", "pubsub"} {
		if got := ClientClass(i).String(); got != want {
			t.Errorf("class %d is %s", i, got)
		}
	}
}
