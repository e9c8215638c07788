package persist

import "time"

// A pacer has a thread rest while others want the processors that it works on: after each turn of work for as long as that turn took. A low priority alone does not
// keep a thread from them. The kernel gives it every moment in which a processor would be idle, though the other half of a core, the caches and whoever is
// woken in the next moment suffer from it.
type pacer struct {
	ran   func() time.Duration // the time that the thread has had a processor
	sleep func(time.Duration)

	work, waited time.Duration // of the last turns, each counting for half of the next: what they took, and how much of it without a processor
}

const (
	restFrom = 10 // per cent of the time without a processor, from which on others want it
	restMost = 5 * time.Millisecond
)

func newPacer(ran func() time.Duration, sleep func(time.Duration)) *pacer {
	return &pacer{ran: ran, sleep: sleep}
}

// turn does some work, of about a millisecond, and rests then if that is right and nobody is in a hurry.
func (p *pacer) turn(work func(), hurry bool) {
	begin, ran := time.Now(), p.ran()
	work()
	took := time.Since(begin)
	p.work = p.work/2 + took
	p.waited = p.waited/2 + max(took-(p.ran()-ran), 0)
	if !hurry && p.waited*100 > p.work*restFrom {
		p.sleep(min(took, restMost))
	}
}
