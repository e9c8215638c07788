package command

import (
	"fmt"
	"strings"
	"testing"

	"radish/resp"
)

// A long list is read, searched and changed like a slice, on a worker where that takes long.
func TestLongList(t *testing.T) {
	h := newHarness(t)
	var vals []string
	for i := range 150_000 {
		v := fmt.Sprintf("element %d", i)
		switch i % 5 {
		case 1:
			v = fmt.Sprint(i)
		case 2:
			v = strings.Repeat("x", i%80)
		}
		vals = append(vals, v)
	}
	h.rpush("k", vals)
	want := func(line string, part []string) {
		t.Helper()
		w := &resp.Writer{Proto: 2}
		w.Array(len(part))
		for _, v := range part {
			w.BulkString(v)
		}
		if got := h.run(strings.Fields(line)...); got != string(w.Buf) {
			t.Errorf("%s: %d bytes, want %d", line, len(got), len(w.Buf))
		}
	}
	want("LRANGE k 0 -1", vals)
	want("LRANGE k 0 599", vals[:600])
	want("LRANGE k 77777 77999", vals[77777:78000])
	want("LRANGE k -300 -2", vals[len(vals)-300:len(vals)-1])
	for _, i := range []int{0, 1, 1000, 75_000, 149_999} {
		h.want(fmt.Sprintf("LINDEX k %d", i), fmt.Sprintf("$%d %s", len(vals[i]), vals[i]))
	}
	h.want("LPOS k 100001", ":100001")
	h.want("LPOS k 100001 RANK -1", ":100001")
	h.want("LPOS k 100001 MAXLEN 100001", "$-1")
	h.want("LPOS k 100001 MAXLEN 100002", ":100001")
	h.want("LPOS k 100001 RANK -1 MAXLEN 49998", "$-1")
	h.want("LPOS k 100001 RANK -1 MAXLEN 49999", ":100001")
	h.want("LINSERT k AFTER 100001 here", ":150001")
	h.want("LINDEX k 100002", "$4 here")
	h.want("LREM k -1 here", ":1")
	h.want("LSET k 75000 there", "+OK")
	h.want("LPOS k there", ":75000")
	vals[75000] = "there"
	h.want("LTRIM k 10 -11", "+OK")
	vals = vals[10 : len(vals)-10]
	want("LPOP k 3", vals[:3])
	vals = vals[3:]
	n := len(vals)
	want("RPOP k 2", []string{vals[n-1], vals[n-2]})
	want("LRANGE k 0 -1", vals[:n-2])
	h.want("LTRIM k 5 4", "+OK")
	h.want("EXISTS k", ":0")
	h.store.WaitLazyFree()
}
