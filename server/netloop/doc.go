// Package netloop runs event loops: each loop owns connections, reads what has arrived, hands it to a
// Handler and writes what the Handler answers, all on one goroutine.
//
// On Linux a loop waits in epoll and reads and writes with raw system calls. Elsewhere, and for streams
// that are not plain sockets (TLS), a connection has a goroutine that reads and one that writes, and the
// loop's goroutine still is the only one that calls the Handler: see [Loop.AddStream].
//
// Rules that hold everywhere:
//   - every method of Handler and every method of Conn runs on the goroutine of the connection's loop;
//   - any goroutine may call Loop.Post, which is how others reach what a loop owns;
//   - bytes given to Handler.Data are valid until it returns.
package netloop
