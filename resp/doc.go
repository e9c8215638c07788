// Package resp reads requests and writes replies of the Redis protocol.
//
// Parser finds requests, multibulk and inline, in the bytes of a connection and returns views of their arguments. Writer
// appends replies, RESP2 or RESP3, to a buffer. Neither knows sockets: the caller owns both buffers.
//
// The formats are those of https://redis.io/docs/latest/develop/reference/protocol-spec/. Limits, error texts and what a
// malformed request leads to follow Redis 7.2.
package resp
