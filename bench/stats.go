package main

import (
	"slices"
	"time"
)

// number is what a sample may consist of.
type number interface {
	~int64 | ~float64
}

// percentile returns the smallest sample that at least p percent of the samples do not exceed
// (nearest-rank definition; p in 0..100). sorted must be in ascending order. Without samples it is 0.
func percentile[T number](sorted []T, p float64) T {
	if len(sorted) == 0 {
		return 0
	}
	exact := p / 100 * float64(len(sorted))
	rank := int(exact)
	// A product such as 99.99/100*1e6 may come out a hair above the whole number that it is.
	if exact-float64(rank) > 1e-6 {
		rank++
	}
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// median returns the middle sample, or the mean of the two middle ones. It leaves samples as they are.
func median[T number](samples []T) T {
	if len(samples) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(samples))
	mid := len(s) / 2
	if len(s)%2 == 1 {
		return s[mid]
	}
	return (s[mid-1] + s[mid]) / 2
}

// ratios divides a[i] by b[i]. Both have the same length and b no zeros.
func ratios(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] / b[i]
	}
	return out
}

// mean returns the arithmetic mean, 0 without samples.
func mean(samples []float64) float64 {
	if len(samples) == 0 {
		return 0
	}
	sum := 0.0
	for _, s := range samples {
		sum += s
	}
	return sum / float64(len(samples))
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
