package config

import (
	"reflect"
	"strings"
	"testing"
)

// TestTable checks what every row must have.
func TestTable(t *testing.T) {
	names := map[string]bool{}
	for _, d := range rows() {
		for _, name := range []string{d.name, d.alias} {
			if names[name] && name != "" {
				t.Errorf("%s stands twice in the table", name)
			}
			names[name] = true
			if name != strings.ToLower(name) || fileOnly(name) || deprecatedName(name) {
				t.Errorf("bad name %q", name)
			}
		}
		if d.name == "" || d.init == nil || d.set == nil || d.get == nil {
			t.Errorf("row %q is not complete", d.name)
		}
		if d.unsupported != nil && d.effect != works {
			t.Errorf("%s refuses values although it has no effect", d.name)
		}
	}
}

// TestOwnField sets every directive to another value and checks that exactly
// one field changes, which no other directive has.
func TestOwnField(t *testing.T) {
	owners := map[string]string{}
	for _, d := range rows() {
		e := fakeEnv(map[string]string{"/other/x": ""})
		base := newConfig(e, nil).Load()
		v := *base
		for _, arg := range []string{"yes", "no", "3", "17", "5mb", "other", "/other", "C", "everysec 1 2", "A", "local", "json", "hostname", "debug", "local3",
			"always", "absolute", "swapdb", "optional", "auto", "now", "allkeys-lru", "allchannels", "panic", "clients", "7 8 9", "normal 1 2 3", "host 5", "7 8", "2048"} {
			args := []string{arg}
			if d.flags&multi != 0 {
				args = strings.Split(arg, " ")
			}
			next := *base
			if d.set(&setting{v: &next, args: args, env: e}) == nil && d.get(&next) != d.get(base) {
				v = next
				break
			}
		}
		changed := changedFields(reflect.ValueOf(*base), reflect.ValueOf(v), "")
		if d.name == "replicaof" && len(changed) == 2 { // host and port
			changed = changed[:1]
		}
		if len(changed) != 1 {
			t.Errorf("%s changes %v", d.name, changed)
			continue
		}
		if other := owners[changed[0]]; other != "" {
			t.Errorf("%s and %s both change %s", d.name, other, changed[0])
		}
		owners[changed[0]] = d.name
	}
	if n := countFields(reflect.TypeFor[Values]()); n != len(owners)+1 {
		t.Errorf("%d fields, of which directives own %d", n, len(owners)+1)
	}
}

func changedFields(a, b reflect.Value, path string) []string {
	var out []string
	for i := range a.NumField() {
		f := a.Type().Field(i)
		if f.Anonymous {
			out = append(out, changedFields(a.Field(i), b.Field(i), path+f.Name+".")...)
		} else if !reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()) {
			out = append(out, path+f.Name)
		}
	}
	return out
}

func countFields(t reflect.Type) int {
	n := 0
	for i := range t.NumField() {
		if f := t.Field(i); f.Anonymous {
			n += countFields(f.Type)
		} else {
			n++
		}
	}
	return n
}
