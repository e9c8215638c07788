package main

import (
	"slices"
	"testing"
	"time"
)

func TestPercentile(t *testing.T) {
	million := make([]int64, 1_000_000)
	for i := range million {
		million[i] = int64(i + 1)
	}
	for _, c := range []struct {
		sorted []int64
		p      float64
		want   int64
	}{
		{nil, 50, 0},
		{[]int64{7}, 0, 7},
		{[]int64{7}, 100, 7},
		{[]int64{1, 2, 3, 4}, 50, 2},
		{[]int64{1, 2, 3, 4}, 51, 3},
		{[]int64{1, 2, 3, 4}, 100, 4},
		{million, 99.99, 999_900},
		{million, 99.9999, 999_999},
		{million, 100, 1_000_000},
	} {
		if got := percentile(c.sorted, c.p); got != c.want {
			t.Errorf("percentile %v of %d samples: %d, want %d", c.p, len(c.sorted), got, c.want)
		}
	}
}

func TestMedian(t *testing.T) {
	samples := []float64{9, 1, 5}
	if got := median(samples); got != 5 {
		t.Errorf("median of three: %v", got)
	}
	if !slices.Equal(samples, []float64{9, 1, 5}) {
		t.Errorf("median sorted its argument: %v", samples)
	}
	if got := median([]time.Duration{4, 2, 8, 6}); got != 5 {
		t.Errorf("median of four: %v", got)
	}
	if got := median[float64](nil); got != 0 {
		t.Errorf("median of nothing: %v", got)
	}
}

func TestRatiosAndMean(t *testing.T) {
	if got := ratios([]float64{1, 6}, []float64{2, 3}); !slices.Equal(got, []float64{0.5, 2}) {
		t.Errorf("ratios: %v", got)
	}
	if got := mean([]float64{1, 2, 6}); got != 3 {
		t.Errorf("mean: %v", got)
	}
	if got := mean(nil); got != 0 {
		t.Errorf("mean of nothing: %v", got)
	}
}

func TestUnits(t *testing.T) {
	d := 1500 * time.Microsecond
	if milliseconds(d) != 1.5 || microseconds(d) != 1500 {
		t.Errorf("%v is %v ms and %v µs", d, milliseconds(d), microseconds(d))
	}
}
