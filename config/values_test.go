package config

import "testing"

func TestClientEvictionLimit(t *testing.T) {
	for _, c := range []struct{ clients, maxmemory, want int64 }{
		{0, 0, 0}, {0, 1 << 30, 0}, {1 << 20, 0, 1 << 20}, {1, 0, 128 << 10},
		{-5, 0, 0}, {-5, 100 << 20, 5 << 20}, {-100, 1 << 40, 1 << 40}, {-1, 1 << 20, 128 << 10},
	} {
		v := &Values{}
		v.MaxMemoryClients, v.MaxMemory = c.clients, c.maxmemory
		if got := v.ClientEvictionLimit(); got != c.want {
			t.Errorf("maxmemory-clients %d, maxmemory %d: %d, want %d", c.clients, c.maxmemory, got, c.want)
		}
	}
}
