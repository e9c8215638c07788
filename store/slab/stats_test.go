package slab

import "testing"

func TestClassesCountsWhatIsInUse(t *testing.T) {
	ps := NewPages()
	defer ps.Close()
	a := NewArena(ps)
	for range 10_000 {
		a.Alloc(24)
	}
	a.Alloc(3000)
	big := a.Alloc(MaxChunk + 1)
	var got []ClassUse
	a.Classes(func(u ClassUse) { got = append(got, u) })
	if len(got) != 2 || got[0].Size != 24 || got[0].Used != 10_000 || got[1].Used != 1 || got[1].Size != Size(3000) {
		t.Fatalf("classes: %+v", got)
	}
	for _, u := range got {
		if u.Used > u.Chunks || u.Chunks > u.Pages*u.Page/u.Size {
			t.Errorf("%+v: more chunks than fit", u)
		}
	}
	if a.Mapped() != int64(Size(MaxChunk+1)) {
		t.Errorf("%d bytes are mapped", a.Mapped())
	}
	a.Free(big, MaxChunk+1)
	if a.Mapped() != 0 {
		t.Errorf("%d bytes are mapped, want none", a.Mapped())
	}
}
