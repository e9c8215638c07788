package store

import "testing"

func TestIdleTime(t *testing.T) {
	s := newStore(t, 1, 1)
	db := s.DB(0, testNow)
	k := db.Key([]byte("k"))
	db.SetString(k, []byte("v"), 0)
	db.Now += 10_000
	db.Clock = db.Now
	if ms := db.Peek(k).IdleMs(db.Now); ms != 10_000 {
		t.Fatalf("idle for %d ms", ms)
	}
	db.NoTouch = true
	db.Lookup(k)
	db.SetString(k, []byte("w"), 0)
	if ms := db.Peek(k).IdleMs(db.Now); ms != 10_000 {
		t.Fatalf("idle for %d ms after reading and writing without touch", ms)
	}
	db.NoTouch = false
	if ms := db.Lookup(k).IdleMs(db.Now); ms != 0 {
		t.Fatalf("idle for %d ms after an access", ms)
	}
	db.SetIdle(k, 1234)
	if ms := db.Peek(k).IdleMs(db.Now); ms != 1_234_000 {
		t.Fatalf("idle for %d ms after SetIdle", ms)
	}
	db.SetDeadline(k, testNow*2)
	if ms := db.Peek(k).IdleMs(db.Now); ms != 1_234_000 {
		t.Fatalf("idle for %d ms after SetDeadline", ms)
	}
	to := db.Key([]byte("new name"))
	db.Rename(k, to)
	if ms := db.Peek(to).IdleMs(db.Now); ms != 0 {
		t.Fatalf("idle for %d ms after Rename, which makes the key anew", ms)
	}
}

func TestFrequency(t *testing.T) {
	s := newStore(t, 1, 1)
	s.SetLRU(true, 10, 1)
	db := s.DB(0, testNow)
	k := db.Key([]byte("k"))
	db.SetString(k, []byte("v"), 0)
	if f := db.Peek(k).Freq(&db); f != lfuInit {
		t.Fatalf("a new key has %d", f)
	}
	// redis.conf: factor 10 gives about 142 after 100 K hits. Of one key the standard deviation is 7.
	const keys = 16
	sum := 0
	for i := range keys {
		k := db.Key([]byte{byte(i)})
		db.SetString(k, []byte("v"), 0)
		for range 100_000 {
			db.Lookup(k)
		}
		sum += int(db.Peek(k).Freq(&db))
	}
	if sum < 136*keys || sum > 155*keys {
		t.Fatalf("after 100,000 accesses: %d on average", sum/keys)
	}
	for range 100_000 {
		db.Lookup(k)
	}
	f := db.Peek(k).Freq(&db)
	db.Now += 60_000 * 7
	db.Clock = db.Now
	if g := db.Peek(k).Freq(&db); g != f-7 {
		t.Fatalf("after 7 minutes: %d, before %d", g, f)
	}
	db.Now += 60_000 * 200
	db.Clock = db.Now
	if g := db.Peek(k).Freq(&db); g != 0 {
		t.Fatalf("after 207 minutes: %d", g)
	}
	db.SetFreq(k, 77)
	if g := db.Peek(k).Freq(&db); g != 77 {
		t.Fatalf("after SetFreq: %d", g)
	}
	s.SetLRU(true, 0, 0)
	for range 300 {
		db.Lookup(k)
	}
	db.Now += 60_000 * 200
	db.Clock = db.Now
	if g := db.Peek(k).Freq(&db); g != 255 {
		t.Fatalf("without decay, and with factor 0: %d", g)
	}
}
