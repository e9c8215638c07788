package main

import "testing"

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		name                   string
		command                string
		pushed, pushing, taken int64
		moved, queued          []int64
		ok                     bool
	}{
		{"all there", "BLMOVE", 5, 5, 2, []int64{1, 2}, []int64{3, 4, 5}, true},
		{"one more moved", "BLMOVE", 5, 5, 2, []int64{1, 2, 3}, []int64{4, 5}, true},
		{"two more moved", "BLMOVE", 5, 5, 2, []int64{1, 2, 3, 4}, []int64{5}, false},
		{"in both", "BLMOVE", 5, 5, 2, []int64{1, 2}, []int64{2, 3, 4, 5}, false},
		{"in none", "BLMOVE", 5, 5, 2, []int64{1, 2}, []int64{4, 5}, false},
		{"a move lost", "BLMOVE", 5, 5, 2, []int64{1}, []int64{2, 3, 4, 5}, false},
		{"a push lost", "BLMOVE", 5, 5, 2, []int64{1, 2}, []int64{3, 4}, false},
		{"a push more", "BLMOVE", 5, 7, 2, []int64{1, 2}, []int64{3, 4, 5, 6, 7}, true},
		{"a push that never was", "BLMOVE", 5, 7, 2, []int64{1, 2}, []int64{3, 4, 5, 6, 7, 8}, false},
		{"popped", "BLPOP", 5, 5, 2, nil, []int64{3, 4, 5}, true},
		{"popped one more", "BLPOP", 5, 5, 2, nil, []int64{4, 5}, true},
		{"popped and there", "BLPOP", 5, 5, 2, nil, []int64{2, 3, 4, 5}, false},
		{"a gap", "BLPOP", 5, 5, 2, nil, []int64{3, 5}, false},
		{"empty", "BLPOP", 5, 5, 5, nil, nil, true},
		{"empty, one not told", "BLPOP", 5, 5, 4, nil, nil, true},
		{"empty, two not told", "BLPOP", 5, 5, 3, nil, nil, false},
		{"pushed and popped before the push was answered", "BLPOP", 5, 7, 6, nil, []int64{7}, true},
	} {
		q := newQueue(c.command, 0, nil)
		q.pushed, q.pushing, q.taken = c.pushed, c.pushing, c.taken
		if err := q.judge(c.moved, c.queued); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
