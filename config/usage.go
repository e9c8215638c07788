package config

import (
	"fmt"

	"radish/internal/version"
)

// special answers the arguments that are no configuration; nil when there are
// none of them.
func (l *Loader) special(args []string) *Exit {
	for _, arg := range args {
		if arg == "--sentinel" {
			return &Exit{Status: 1, Stderr: cannotSentinel + "\n"}
		}
	}
	switch args[0] {
	case "-v", "--version":
		// The first words are those that tools look for in redis-server's.
		return &Exit{Stdout: fmt.Sprintf("Redis server v=%s sha=00000000:0 malloc=slab bits=64 build=radish-%s\n",
			version.Redis, version.Radish)}
	case "-h", "--help":
		return &Exit{Status: 1, Stderr: l.usage()}
	case "--test-memory":
		return &Exit{Status: 1, Stderr: "There is no memory test here. memtester or memtest86+ test memory more thoroughly.\n"}
	case "--check-system":
		return &Exit{Status: 1, Stderr: "There is no system check here: what it looks for matters to servers that fork.\n"}
	}
	return nil
}

func (l *Loader) usage() string {
	p := l.program()
	return fmt.Sprintf(`Usage: %[1]s [FILE | -] [--directive value ...] [-]
       %[1]s -v | --version
       %[1]s -h | --help

FILE is a redis.conf; - reads one from standard input. A directive on the
command line takes the place of the same directive in the file.

Examples:
       %[1]s                                   the defaults, port 6379
       %[1]s /etc/redis/redis.conf
       %[1]s /etc/redis/redis.conf --loglevel verbose
       %[1]s --port 7777 --maxmemory 100mb
       echo 'maxmemory 128mb' | %[1]s -
`, p)
}
