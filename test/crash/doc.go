// Command crash kills a server with SIGKILL while clients write to it, starts it again on the folder that is left,
// and compares what it has loaded with what it had acknowledged. It can run for hours:
//
//	make crash CRASHFLAGS='-for 1h'
//	go run ./test/crash -server redis-server -policies always,no -rounds 200 -seed 7
//
// A round is: start the server; compare; let the clients write for a while; kill it. The moment of the kill is
// random: amid the writes, shortly after BGREWRITEAOF or BGSAVE, or while the server loads; sometimes the server is
// told to end with SIGTERM instead. Rounds go on with the folder that survived, so that it collects files of many
// lives; now and then one begins with an empty folder. Options that change what the files look like differ from one
// start to the next.
//
// What must hold, with appendfsync always, everysec and no (the system's page cache survives the process):
//
//   - The server starts, and refuses no file that it has left.
//   - Of each connection all acknowledged commands are there, in order, and of those that it had sent without
//     having an answer some first ones: what is loaded is exactly a state that the connection has passed through.
//     So an EXEC is there as a whole or not at all, and no list has a gap or a duplicate. See [writer].
//   - An element that a blocked client was served is in one place, not in two or none. See [queue].
//   - Counters that several clients raise together have not lost an acknowledged step. See [counters].
//   - Keys lapse when they were meant to.
//
// With -money it moves money between accounts in transactions with WATCH, and the sum must never change, neither
// while it runs nor after a kill. See [bank].
//
// redis-server 7.0.15 keeps these promises with always and no. With everysec it may answer before it has written,
// while an fsync takes long.
package main
