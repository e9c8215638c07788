package store

import "testing"

func TestVersionChangesWithTheValue(t *testing.T) {
	s, err := New(Options{Databases: 1, Shards: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	db := s.DB(0, 1)
	k := db.Key([]byte("k"))
	if v := db.Version(k); v != 0 {
		t.Errorf("no key has version %d", v)
	}
	seen := map[uint64]string{0: "no key"}
	for _, val := range []string{"", "1", "12", "a", "b"} {
		db.SetString(k, []byte(val), 0)
		v := db.Version(k)
		if was, ok := seen[v]; ok {
			t.Errorf("%q has the version of %q", val, was)
		}
		seen[v] = val
		if db.Version(k) != v {
			t.Errorf("the version of %q is another one without a change", val)
		}
	}
}
