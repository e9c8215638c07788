package pubsub

import (
	"fmt"
	"testing"
)

type nowhere struct{}

func (nowhere) Resp3() bool          { return false }
func (nowhere) Receive([]byte, bool) {}

func BenchmarkPublish(b *testing.B) {
	for _, c := range []struct{ name, pattern string }{{"none", ""}, {"patterns", "news.%d.*"}, {"suffixes", "*.%d.news"}, {"classes", "*[0-9].%d.news"}} {
		b.Run(c.name, func(b *testing.B) {
			h, _ := newHub(1)
			s := h.NewSubscriber(0, nowhere{})
			s.Subscribe(Channel, []byte("channel:1"))
			for i := 0; i < 10000 && c.pattern != ""; i++ {
				s.Subscribe(Pattern, fmt.Appendf(nil, c.pattern, i))
			}
			channel, text := []byte("channel:1"), []byte("vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv")
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				h.Publish(0, Channel, channel, text)
				if i%16 == 15 {
					h.Deliver(0)
				}
			}
		})
	}
}

func BenchmarkDeliver1000(b *testing.B) {
	h, _ := newHub(1)
	for range 1000 {
		h.NewSubscriber(0, nowhere{}).Subscribe(Channel, []byte("channel:1"))
	}
	channel, text := []byte("channel:1"), []byte("vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv")
	for i := 0; b.Loop(); i++ {
		h.Publish(0, Channel, channel, text)
		if i%16 == 15 {
			h.Deliver(0)
		}
	}
}
