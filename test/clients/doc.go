// Package clients runs real clients against the server: redis-cli, redis-benchmark, Python's redis and
// ioredis from here, go-redis in a module of its own below (goredis), so that ours stays small.
//
// The scripts of python/ and ioredis/ are programs that get the server's port and say what fails with
// their exit code. They ask for a restart of the server by printing the line "RESTART", and wait for a
// line on their standard input that says it is done.
package clients
