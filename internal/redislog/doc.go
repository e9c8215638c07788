// Package redislog writes the server's log through zerolog, by default in the
// line format that tools around Redis parse:
//
//	pid:role dd Mon yyyy hh:mm:ss.mmm level message
//
// role is one letter: M (master), S (replica), C (background writer) or X
// (sentinel). level is one of . (debug) - (verbose) * (notice) # (warning). The
// time is local. In JSON format a line is one object:
//
//	{"level":"notice","pid":1,"role":"M","time":"2026-01-02T15:04:05.678Z","message":"..."}
//
// Lines go to standard output or are appended to a file, and beside that to
// syslog if asked for. A file that was renamed or removed by log rotation is
// opened anew under its name before the next line, without a signal.
package redislog
