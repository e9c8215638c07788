package goredis

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"radish/test/harness"
)

// expect takes the next message.
func expect(t *testing.T, messages <-chan *redis.Message, channel, text string) {
	t.Helper()
	select {
	case m := <-messages:
		if m == nil || m.Channel != channel || m.Payload != text {
			t.Fatalf("%v, want %s: %s", m, channel, text)
		}
	case <-time.After(10 * time.Second):
		t.Fatalf("no message; want %s: %s", channel, text)
	}
}

// eventually waits until ok, for a few seconds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 1000 {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("never: " + what)
}

func TestPubSub(t *testing.T) {
	run(t, func(t *testing.T, s *harness.Server, r *redis.Client) {
		ctx := context.Background()
		sub := r.Subscribe(ctx, "a", "b")
		defer sub.Close()
		if _, err := sub.Receive(ctx); err != nil {
			t.Fatal(err)
		}
		messages := sub.Channel()
		eventually(t, "both are subscribed", func() bool { return len(r.PubSubChannels(ctx, "*").Val()) == 2 })
		is(t, r.Publish(ctx, "a", "1"), 1)
		is(t, r.Publish(ctx, "b", "2"), 1)
		expect(t, messages, "a", "1")
		expect(t, messages, "b", "2")
		if err := sub.PSubscribe(ctx, "n*"); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the pattern is subscribed", func() bool { return r.PubSubNumPat(ctx).Val() == 1 })
		is(t, r.Publish(ctx, "news", "3"), 1)
		expect(t, messages, "news", "3")
		if err := sub.Unsubscribe(ctx, "b"); err != nil {
			t.Fatal(err)
		}
		eventually(t, "b is not", func() bool { return r.PubSubNumSub(ctx, "b").Val()["b"] == 0 })
		shards := r.SSubscribe(ctx, "s")
		defer shards.Close()
		eventually(t, "the shard channel is subscribed", func() bool { return r.SPublish(ctx, "s", "4").Val() == 1 })
		expect(t, shards.Channel(), "s", "4")
		if n := r.PubSubShardNumSub(ctx, "s").Val()["s"]; n != 1 {
			t.Fatalf("%d subscribers", n)
		}
		// It subscribes again by itself when the server is back.
		s.Restart()
		eventually(t, "it is back", func() bool { return r.Publish(ctx, "a", "5").Val() == 1 })
		expect(t, messages, "a", "5")
		eventually(t, "the pattern is back", func() bool { return r.Publish(ctx, "next", "6").Val() == 1 })
		expect(t, messages, "next", "6")
	})
}

func TestNotifications(t *testing.T) {
	run(t, func(t *testing.T, _ *harness.Server, r *redis.Client) {
		ctx := context.Background()
		is(t, r.ConfigSet(ctx, "notify-keyspace-events", "KEA"), "OK")
		sub := r.PSubscribe(ctx, "__key*__:*")
		defer sub.Close()
		messages := sub.Channel()
		eventually(t, "it is subscribed", func() bool { return r.PubSubNumPat(ctx).Val() == 1 })
		is(t, r.Set(ctx, "k", "v", 0), "OK")
		expect(t, messages, "__keyspace@0__:k", "set")
		expect(t, messages, "__keyevent@0__:set", "k")
		is(t, r.PExpire(ctx, "k", 20*time.Millisecond), true)
		expect(t, messages, "__keyspace@0__:k", "expire")
		expect(t, messages, "__keyevent@0__:expire", "k")
		expect(t, messages, "__keyspace@0__:k", "expired")
		expect(t, messages, "__keyevent@0__:expired", "k")
	})
}

// TestManySubscribers: all get all, each publisher's messages in order.
func TestManySubscribers(t *testing.T) {
	run(t, func(t *testing.T, _ *harness.Server, r *redis.Client) {
		ctx := context.Background()
		const subscribers, publishers, each = 20, 4, 200
		var ready, done sync.WaitGroup
		ready.Add(subscribers)
		errs := make(chan error, subscribers)
		for range subscribers {
			done.Go(func() {
				sub := r.Subscribe(ctx, "c")
				defer sub.Close()
				_, err := sub.Receive(ctx)
				ready.Done()
				last := [publishers]int{}
				for range publishers * each {
					var m *redis.Message
					if m, err = sub.ReceiveMessage(ctx); err != nil {
						break
					}
					var p, n int
					fmt.Sscanf(m.Payload, "%d %d", &p, &n)
					if n != last[p] {
						err = fmt.Errorf("publisher %d: %d instead of %d", p, n, last[p])
						break
					}
					last[p]++
				}
				errs <- err
			})
		}
		ready.Wait()
		for p := range publishers {
			done.Go(func() {
				for n := range each {
					r.Publish(ctx, "c", fmt.Sprintf("%d %d", p, n))
				}
			})
		}
		done.Wait()
		for range subscribers {
			if err := <-errs; err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestClientSideCaching lets go-redis keep what it has read until the server tells that it has changed.
func TestClientSideCaching(t *testing.T) {
	s := harness.Start(t, harness.Radish(t))
	ctx := context.Background()
	cache := redis.NewLocalCache(redis.CacheConfig{MaxEntries: 1000})
	r := client(t, s, redis.Options{Protocol: 3, ClientSideCache: cache})
	w := client(t, s, redis.Options{Protocol: 3})
	is(t, w.Set(ctx, "k", "v", 0), "OK")
	is(t, r.Get(ctx, "k"), "v")
	eventually(t, "it is cached", func() bool { return cache.Len() == 1 })
	reads := func() int64 {
		var calls int64
		fmt.Sscanf(s.Conn(t).Info("cmdstat_get"), "calls=%d", &calls)
		return calls
	}
	before := reads()
	for range 100 {
		is(t, r.Get(ctx, "k"), "v")
	}
	if n := reads() - before; n != 0 {
		t.Fatalf("the server was asked %d times", n)
	}
	for i := range 50 {
		want := fmt.Sprint(i)
		is(t, w.Set(ctx, "k", want, 0), "OK")
		eventually(t, "the new value is seen", func() bool { return r.Get(ctx, "k").Val() == want })
	}
	is(t, w.FlushAll(ctx), "OK")
	eventually(t, "the flush is seen", func() bool { return r.Get(ctx, "k").Val() == "" })
	is(t, w.Set(ctx, "short", "v", 50*time.Millisecond), "OK")
	is(t, r.Get(ctx, "short"), "v")
	eventually(t, "the key lapses", func() bool { return r.Get(ctx, "short").Val() == "" })
	s.Restart()
	is(t, w.Set(ctx, "k", "after", 0), "OK")
	eventually(t, "the value of the new server is seen", func() bool { return r.Get(ctx, "k").Val() == "after" })
	is(t, w.Set(ctx, "k", "again", 0), "OK")
	eventually(t, "it is told again", func() bool { return r.Get(ctx, "k").Val() == "again" })
}
