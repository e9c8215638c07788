package server

import (
	"strconv"
	"time"

	"radish/command"
	"radish/config"
	"radish/pubsub"
)

// Keyspace notifications: every change of a key is published, on a channel named after the key and one named after the event. That
// happens while the key's shard is locked, so that those who listen hear of the changes of a key in the order in which they were made, whichever
// loops made them. It costs a lock of the hub's, and not even that while nobody has subscribed to anything.

// Server.notified is notify-keyspace-events: bits of command.EventClass, and above them on which channels events are published.
const (
	notifyKeyspace = 1 << 30
	notifyKeyevent = 1 << 31
)

// notifyBits is Server.notified; 0 when nothing is to be published.
func notifyBits(f config.NotifyFlags) (bits uint32) {
	for _, c := range []struct {
		flag  config.NotifyFlags
		class command.EventClass
	}{
		{config.NotifyGeneric, command.EventGeneric}, {config.NotifyString, command.EventString}, {config.NotifyList, command.EventList},
		{config.NotifySet, command.EventSet}, {config.NotifyHash, command.EventHash}, {config.NotifyZSet, command.EventZSet},
		{config.NotifyExpired, command.EventExpired}, {config.NotifyEvicted, command.EventEvicted}, {config.NotifyStream, command.EventStream},
		{config.NotifyKeyMiss, command.EventKeyMiss}, {config.NotifyModule, command.EventModule}, {config.NotifyNew, command.EventNew},
	} {
		if f&c.flag != 0 {
			bits |= uint32(c.class)
		}
	}
	if bits == 0 || f&(config.NotifyKeyspace|config.NotifyKeyevent) == 0 {
		return 0
	}
	if f&config.NotifyKeyspace != 0 {
		bits |= notifyKeyspace
	}
	if f&config.NotifyKeyevent != 0 {
		bits |= notifyKeyevent
	}
	return bits
}

// setNotify puts notify-keyspace-events in force.
func (s *Server) setNotify(f config.NotifyFlags) {
	s.watchMu.Lock()
	defer s.watchMu.Unlock()
	s.notified.Store(notifyBits(f))
	s.observeLocked()
	s.store.TellCreated(s.notifies(command.EventNew))
}

// notifies says whether events of a class are published.
func (s *Server) notifies(class command.EventClass) bool { return s.notified.Load()&uint32(class) != 0 }

// notify publishes an event of a key. c is nil if no command made it.
func (s *Server) notify(c *command.Ctx, db int, key []byte, event string) {
	if s.hub.Quiet() {
		return
	}
	from := s.loopOf(c)
	var buf, text [128]byte
	bits := s.notified.Load()
	if bits&notifyKeyspace != 0 {
		s.hub.Publish(from, pubsub.Channel, append(eventChannel(buf[:0], "__keyspace@", db), key...), append(text[:0], event...))
	}
	if bits&notifyKeyevent != 0 {
		s.hub.Publish(from, pubsub.Channel, append(eventChannel(buf[:0], "__keyevent@", db), event...), key)
	}
	s.throttleFor(c, from)
}

func eventChannel(b []byte, kind string, db int) []byte {
	return append(strconv.AppendInt(append(b, kind...), int64(db), 10), "__:"...)
}

// onCreated hears of a key that is about to be made; its shard is locked.
func (s *Server) onCreated(db int, key []byte) {
	if s.notifies(command.EventNew) {
		s.notify(nil, db, key, "new")
	}
}

// awaitRoom holds a background goroutine that has locked nothing while some loop cannot keep up with messages.
func (s *Server) awaitRoom() {
	for s.hub.Full() && !s.ending.Load() {
		time.Sleep(time.Millisecond)
	}
}
