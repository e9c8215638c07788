// Package pubsub carries messages from those who publish to those who have subscribed. It knows no sockets: a [Subscriber] belongs to an
// event loop, which has a number, and what it gets is handed to its [Receiver] on that loop's goroutine.
//
// Topics (channels, shard channels, patterns) stand in tables that every loop may look at, under short locks; there a topic knows how many
// subscribers each loop has. Who those are only the loop itself knows. To publish is to count them, and to put the message, which is
// encoded once, into the mailboxes of the loops that have some: nobody writes to a socket under a lock, or for another loop. A loop
// empties its mailbox by [Hub.Deliver], and gives each of its subscribers all that it gets in one piece.
//
// It always holds that
//   - messages of one channel reach all subscribers in the same order, as its table's lock is held while they are put into mailboxes;
//   - messages that are published one after another reach a subscriber in that order, whatever their channels are;
//   - a subscriber gets exactly the messages that are published between its subscription and its end, as both empty the mailbox under the
//     topic's lock.
//
// Locks: a table's, then the patterns', then a mailbox's. Nothing else is locked, and nobody called, while one is held.
package pubsub
