package store

import (
	"slices"
	"testing"
)

// TestCreatedTellsOfNewKeys: Hooks.Created hears of keys that were not there, and of those that were but had lapsed.
func TestCreatedTellsOfNewKeys(t *testing.T) {
	var told []string
	s, err := New(Options{Databases: 2, Shards: 4, Hooks: Hooks{
		Created: func(db int, key []byte) { told = append(told, string('0'+rune(db))+string(key)) },
		Expired: func(db int, key []byte) { told = append(told, "-"+string(key)) },
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	db := s.DB(1, 1000)
	do := func(what string, want ...string) {
		t.Helper()
		if !slices.Equal(told, want) {
			t.Errorf("%s: told %q, want %q", what, told, want)
		}
		told = nil
	}
	k := db.Key([]byte("k"))
	db.SetString(k, []byte("v"), 0)
	do("while nobody wants to hear")
	db.Delete(k)
	s.TellCreated(true)
	db.SetString(k, []byte("v"), 2000)
	do("SetString", "1k")
	db.SetString(k, []byte("w"), 2000)
	db.SetInt(k, 1)
	do("again")
	db.Now = 3000
	db.SetString(k, []byte("v"), 0)
	do("a lapsed key", "-k", "1k")
	n := db.Key([]byte("n"))
	db.SetInt(n, 5)
	do("SetInt", "1n")
	db.GrowString(db.Key([]byte("g")), 10)
	db.GrowString(db.Key([]byte("g")), 20)
	do("GrowString", "1g")
	db.SetAdd(db.Key([]byte("s")), []byte("m"))
	db.SetAdd(db.Key([]byte("s")), []byte("o"))
	do("a set", "1s")
	db.Rename(n, k)
	db.Copy(k, n, 1)
	do("Rename and Copy")
	db.Install(n, s.newDetachedBlock(TypeString, EncRaw, []byte("block")), 0)
	do("Install on a key")
	db.Delete(n)
	db.Install(n, s.newDetachedBlock(TypeString, EncRaw, []byte("block")), 0)
	do("Install", "1n")
}
