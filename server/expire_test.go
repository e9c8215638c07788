package server

import (
	"math"
	"strings"
	"testing"
	"time"
)

// TestLapseWait: the expirer sleeps at least a millisecond and at most an hour, whatever the deadline is.
func TestLapseWait(t *testing.T) {
	const now = 1_700_000_000_000
	for at, want := range map[int64]time.Duration{
		now: time.Millisecond, now - 5: time.Millisecond, now + 9: 10 * time.Millisecond,
		now + 3_600_000: time.Hour, math.MaxInt64 - 1: time.Hour, math.MaxInt64: time.Hour, 1 << 50: time.Hour,
	} {
		if got := lapseWait(at, now); got != want {
			t.Errorf("deadline %d: %v, want %v", at, got, want)
		}
	}
}

// Fields that lapsed before the expirer came are deleted by those who look for them, and counted.
func TestFieldsLapse(t *testing.T) {
	s, addr := startServer(t, "--enable-debug-command", "yes")
	w := dial(t, addr)
	want(t, "expirer", w.do("DEBUG SET-ACTIVE-EXPIRE 0"), "+OK\r\n")
	w.do("HSET h a 1 b 2 c 3")
	w.do("HPEXPIRE h 1 FIELDS 2 a b")
	if got := infoField(s.info([]string{"keyspace"}), "db0"); !strings.HasSuffix(got, ",subexpiry=1") {
		t.Errorf("keyspace: %s", got)
	}
	time.Sleep(5 * time.Millisecond)
	for _, c := range [][2]string{{"HLEN h", ":3"}, {"HGET h a", "$-1"}, {"HLEN h", ":2"}, {"HEXISTS h b", ":0"}, {"HLEN h", ":1"}} {
		want(t, c[0], w.do(c[0]), c[1]+"\r\n")
	}
	want(t, "expired_subkeys", infoField(s.info([]string{"stats"}), "expired_subkeys"), "2")
	w.do("HSET other a 1 b 2")
	want(t, "a deadline that has passed", w.do("HPEXPIREAT other 1 FIELDS 1 a"), "*1\r\n:2\r\n")
	want(t, "expired_subkeys", infoField(s.info([]string{"stats"}), "expired_subkeys"), "3")
	w.do("HPEXPIRE h 1 FIELDS 1 c")
	time.Sleep(5 * time.Millisecond)
	want(t, "EXISTS", w.do("EXISTS h"), ":1\r\n")
	w.do("DEBUG SET-ACTIVE-EXPIRE 1")
	eventually(t, "the hash is gone", func() bool { return w.do("EXISTS h") == ":0\r\n" })
}

// CONFIG SET changes up to where hashes are compact.
func TestLimitsAtRunTime(t *testing.T) {
	_, addr := startServer(t)
	w := dial(t, addr)
	w.do("HSET h a 1 b 2")
	want(t, "at first", w.do("OBJECT ENCODING h"), "$8\r\nlistpack\r\n")
	want(t, "CONFIG SET", w.do("CONFIG SET hash-max-listpack-entries 1"), "+OK\r\n")
	w.do("HSET h a 1 b 2")
	want(t, "with a limit of 1", w.do("OBJECT ENCODING h"), "$9\r\nhashtable\r\n")
}
