package persist

import (
	"time"

	"radish/store"
)

// Pacer makes a snapshot go slower while the process has other work: half a second of computing for a million keys, spread over a second and a half, is
// felt less. Alone, it does not hold it up. The zero value is ready; it is for one snapshot, whose pause is its method Pause.
type Pacer struct {
	Snapshot *store.Snapshot
	cpu      func() time.Duration // computing time of the process; nil: cpuTime
	sleep    func(time.Duration)  // nil: time.Sleep

	last    time.Time // when it slept last, or looked
	lastCPU time.Duration
}

const (
	paceStep  = 2 * time.Millisecond // of work between two looks
	paceRest  = 2.5                  // so much longer it rests than it has worked
	paceIdle  = 0.1                  // others take less than so much of a processor: it is alone
	paceEager = 8 << 20              // from so many bytes that wait on it rests less
	paceNever = 24 << 20             // from so many on it does not rest: memory counts more
)

// Pause sleeps when it is time to. busy as in Snapshot.Run.
func (p *Pacer) Pause(busy bool) error {
	now := time.Now()
	worked := now.Sub(p.last)
	if worked < paceStep {
		return nil
	}
	if p.cpu == nil {
		p.cpu, p.sleep = cpuTime, time.Sleep
	}
	cpu := p.cpu()
	others := cpu - p.lastCPU - worked
	first := p.last.IsZero()
	p.last, p.lastCPU = now, cpu
	if first || busy || float64(others) < paceIdle*float64(worked) {
		return nil
	}
	if rest := p.rest(worked); rest > 0 {
		p.sleep(rest)
		p.last, p.lastCPU = time.Now(), p.cpu()
	}
	return nil
}

// rest is how long to sleep after so much work.
func (p *Pacer) rest(worked time.Duration) time.Duration {
	waiting := p.Snapshot.Waiting()
	if waiting >= paceNever {
		return 0
	}
	rest := paceRest * float64(min(worked, 5*paceStep))
	if waiting > paceEager {
		rest *= float64(paceNever-waiting) / (paceNever - paceEager)
	}
	return time.Duration(rest)
}
