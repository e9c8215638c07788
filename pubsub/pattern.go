package pubsub

import (
	"bytes"
	"strings"
	"sync"

	"radish/internal/glob"
	"radish/internal/prefixtree"
)

// patternTable is all patterns. They are grouped by the text that they begin with, so that a message is compared only with those that
// begin like its channel.
type patternTable struct {
	mu     sync.RWMutex
	m      map[string]*topic
	groups prefixtree.Tree[*globGroup]
}

// globGroup is the patterns that begin with the same text.
type globGroup struct {
	prefix string
	list   []*topic
}

// globTopic is what a topic that is a pattern has beside.
type globTopic struct {
	pattern []byte
	head    []byte // of its messages in RESP2
	group   *globGroup
	at      int // in group.list
	// A channel matches only if it ends so, and is at least so long.
	suffix []byte
	least  int
	// A channel matches only if it has this somewhere.
	needs []byte
	// whole: the pattern has no special bytes. open: it has just a star at its end. In both cases the group's prefix says all else.
	whole, open bool
}

func newGlob(pattern []byte) (g *globTopic, prefix string) {
	g = &globTopic{pattern: bytes.Clone(pattern)}
	g.head = appendBulk([]byte(pmessageHead), pattern)
	special := bytes.IndexAny(pattern, `*?[\`)
	if special < 0 {
		g.whole, g.least = true, len(pattern)
		return g, string(pattern)
	}
	g.open = special == len(pattern)-1 && pattern[special] == '*'
	if !bytes.ContainsAny(pattern, `[\`) {
		last := bytes.LastIndexAny(pattern, "*?")
		g.suffix = g.pattern[last+1:]
		g.least = len(pattern) - bytes.Count(pattern, []byte("*"))
	}
	if g.needs = glob.Needs(g.pattern); len(g.needs) <= special {
		g.needs = nil // the group's prefix says it
	}
	return g, string(pattern[:special])
}

// matches says whether a channel that begins with the group's prefix matches.
func (g *globTopic) matches(channel []byte) bool {
	switch {
	case len(channel) < g.least:
		return false
	case g.whole:
		return len(channel) == g.least
	case g.open:
		return len(channel) > 0 // as in Redis, the star alone does not match the empty string
	}
	return bytes.HasSuffix(channel, g.suffix) && bytes.Contains(channel, g.needs) && glob.Match(g.pattern, channel, false)
}

// add makes the topic of a pattern. The table is locked.
func (p *patternTable) add(pattern []byte) *topic {
	g, prefix := newGlob(pattern)
	tp := &topic{kind: Pattern, name: string(pattern), glob: g}
	group, ok := p.groups.Get(prefix)
	if !ok {
		group = &globGroup{prefix: strings.Clone(prefix)}
		p.groups.Set(group.prefix, group)
	}
	g.group, g.at = group, len(group.list)
	group.list = append(group.list, tp)
	p.m[tp.name] = tp
	return tp
}

// remove forgets a pattern. The table is locked.
func (p *patternTable) remove(tp *topic) {
	delete(p.m, tp.name)
	g := tp.glob.group
	last := len(g.list) - 1
	g.list[tp.glob.at] = g.list[last]
	g.list[tp.glob.at].glob.at = tp.glob.at
	g.list[last] = nil
	g.list = g.list[:last]
	if last == 0 {
		p.groups.Delete(g.prefix)
	}
}
