// Package version says which version this is.
package version

import "runtime/debug"

const (
	// Radish is our own version.
	Radish = "0.1.0"
	// Redis is the version of Redis that clients and tools are told: they look at it to know what a server
	// can do.
	Redis = "7.4.0"
)

// Commit is the beginning of the commit that the program was built from, or zeros.
func Commit() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" && len(s.Value) >= 8 {
				return s.Value[:8]
			}
		}
	}
	return "00000000"
}
