package command

import "testing"

type freed struct{ n int }

func (f *freed) Free() { f.n++ }

func TestPreparedIsFreedOnceAndOnlyByItsOwner(t *testing.T) {
	f := &freed{}
	p := Prepared{Value: f}
	if p.Take() != any(f) || p.Value != nil || p.Take() != nil {
		t.Error("Take did not take the value")
	}
	p.Drop()
	if f.n != 0 {
		t.Error("Drop freed what was taken")
	}
	p.Value = f
	p.Drop()
	p.Drop()
	if f.n != 1 {
		t.Errorf("freed %d times", f.n)
	}
	p.Value = "nothing to free"
	p.Drop()
}
