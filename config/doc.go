// Package config knows all directives of redis.conf: it reads them from a file,
// from standard input and from the command line, as redis-server 7.2 does and
// with its error texts, and serves CONFIG GET, SET and REWRITE.
//
// One table (rows, in table_*.go) holds everything about a directive: name and
// alias, flags, default, how a value is read, checked and written, and whether
// it has an effect in this server. redis.conf.example documents every row; a
// test compares the two.
//
// The values are a Values struct that never changes once it is published.
// Config.Load gives the present one in a single atomic load, so readers on a
// hot path pay nothing:
//
//	v := cfg.Load()
//	if v.MaxMemory > 0 { ... }
//
// Config.Set makes a changed copy, publishes it and runs the hooks that were
// registered with OnChange; if one of them fails, everything is taken back.
//
// Three kinds of directives are not simply done as they say. Those without
// effect are kept and shown, and StartupLog names those that somebody set.
// Values that cannot be had yet and that somebody relies upon (appendonly yes,
// replicaof, tls-port and the like) are errors, at start and in Set. What older
// versions had and 7.2 ignores is ignored.
//
// Formats and texts follow Redis 7.2.6 (config.c, and the start of main in
// server.c).
package config
