package clock

// counter is the processor's time stamp counter.
func counter() uint64

// invariant says whether the counter runs at a constant rate in all states of the processor: CPUID 80000007H, EDX bit 8
// (Intel SDM volume 3, "Invariant TSC"; AMD APM volume 3).
func invariant() bool

var steady = invariant()
