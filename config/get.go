package config

import (
	"strings"

	"radish/internal/glob"
)

// Get returns the names and values that patterns select, each name once. A
// pattern without [, * and ? is a name: the answer then shows it as it was
// spelled. Others are matched, in any case of letters, with all names and
// aliases that are not hidden.
func (c *Config) Get(patterns ...string) [][2]string {
	v := c.Load()
	var found [][2]string
	seen := map[string]bool{}
	add := func(name string, d *directive) {
		if key := strings.ToLower(name); !seen[key] {
			seen[key] = true
			found = append(found, [2]string{name, d.get(v)})
		}
	}
	for _, pattern := range patterns {
		if !strings.ContainsAny(pattern, "[*?") {
			if e, ok := c.lookup(pattern); ok {
				add(pattern, e.d)
			}
			continue
		}
		for i := range c.rows {
			d := &c.rows[i]
			if d.flags&hidden != 0 {
				continue
			}
			for _, name := range []string{d.name, d.alias} {
				if name != "" && glob.Match([]byte(pattern), []byte(name), true) {
					add(name, d)
				}
			}
		}
	}
	return found
}
