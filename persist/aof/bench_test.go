package aof

import (
	"fmt"
	"sync"
	"testing"

	"radish/persist/fsys"
	"radish/resp"
)

// What an effect of 60 bytes costs those who append: a turn of an event loop appends 1 or 16 and commits.
func BenchmarkAppendCommit(b *testing.B) {
	effect := resp.AppendRequest(nil, []byte("SET"), []byte("key:000000000001"), []byte("value-of-12b"))
	effect = effect[:len(effect):len(effect)]
	for _, loops := range []int{1, 2} {
		for _, turn := range []int{1, 16, 0} {
			b.Run(fmt.Sprintf("loops=%d/turn=%d", loops, turn), func(b *testing.B) {
				l, err := Open(Options{Dir: b.TempDir()})
				if err == nil {
					err = l.Start(func(f fsys.File) error { return nil })
				}
				if err != nil {
					b.Fatal(err)
				}
				defer l.Close()
				b.SetBytes(int64(len(effect)))
				b.ReportAllocs()
				b.ResetTimer()
				var wg sync.WaitGroup
				for range loops {
					wg.Go(func() {
						for i := 1; i <= b.N/loops; i++ {
							pos := l.Append(0, effect)
							if turn > 0 && i%turn == 0 || i%1000 == 0 {
								if _, err := l.Commit(pos); err != nil {
									b.Error(err)
								}
							}
						}
					})
				}
				wg.Wait()
			})
		}
	}
}

func BenchmarkRead(b *testing.B) {
	r := benchFile(b, 1<<20)
	b.ResetTimer()
	n := 0
	for n < b.N {
		n += r()
	}
}

// benchFile returns a function that reads a file of n commands, and returns n.
func benchFile(b *testing.B, n int) func() int {
	l, err := Open(Options{Dir: b.TempDir()})
	if err == nil {
		err = l.Start(func(f fsys.File) error { return nil })
	}
	if err != nil {
		b.Fatal(err)
	}
	for i := range n {
		l.Append(0, resp.AppendRequest(nil, []byte("SET"), fmt.Appendf(nil, "key:%012d", i), []byte("value-of-12b")))
	}
	if err := l.Disable(); err != nil {
		b.Fatal(err)
	}
	return func() int {
		got := 0
		_, err := l.Load(Loading{Command: func([][]byte) error { got++; return nil }})
		if err != nil || got < n {
			b.Fatal(got, err)
		}
		return got
	}
}

// Append alone: what is held while the shards of a command are locked.
func BenchmarkAppend(b *testing.B) {
	l, err := Open(Options{Dir: b.TempDir()})
	if err == nil {
		err = l.Start(func(f fsys.File) error { return nil })
	}
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	effect := resp.AppendRequest(nil, []byte("SET"), []byte("key:000000000001"), []byte("value-of-12b"))
	for i := range b.N {
		pos := l.Append(0, effect)
		if i%4000 == 0 {
			b.StopTimer()
			if err := l.Flush(pos); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
	}
}
