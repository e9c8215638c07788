package server

import "testing"

func TestRateWindowKeepsTheLastSamples(t *testing.T) {
	var r rateWindow
	for i := range int64(40) {
		oldest := r.add(rateSample{at: i, ops: 10 * i, turns: i})
		if want := max(0, i-15); oldest.at != want || oldest.ops != 10*want {
			t.Fatalf("sample %d: the oldest is of %d, want %d", i, oldest.at, want)
		}
	}
	if oldest := r.add(rateSample{at: 40, ops: 5, turns: 5}); oldest.at != 40 {
		t.Fatalf("after a reset the oldest is of %d, want 40", oldest.at)
	}
}

func TestSampleRates(t *testing.T) {
	s, _ := newTestServer(t, 2)
	var r rateWindow
	r.add(rateSample{at: s.monotonic() - 2e9})
	for _, l := range s.loops {
		l.stats.commands, l.stats.netOut = 1000, 1<<20
		for range 10 {
			l.stats.turned(1500)
		}
		l.publish()
	}
	s.sampleRates(&r)
	near := func(name string, got, want int64) {
		t.Helper()
		if got > want || got < want*8/10 {
			t.Errorf("%s: %d, want about %d", name, got, want)
		}
	}
	near("ops", s.rates.ops.Load(), 1000)
	near("out", s.rates.out.Load(), 1<<20)
	near("turns", s.rates.turns.Load(), 10)
	if us := s.rates.turnUs.Load(); us != 2 {
		t.Errorf("a turn takes %d µs, want 2", us)
	}
	for _, l := range s.loops {
		l.stats = loopStats{}
		l.publish()
	}
	s.sampleRates(&r)
	if n := s.rates.ops.Load() + s.rates.turnUs.Load(); n != 0 {
		t.Errorf("after a reset the rates are not zero")
	}
}
