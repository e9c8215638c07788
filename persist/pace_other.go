//go:build !unix

package persist

import "time"

// cpuTime is not known here: a snapshot does not rest.
func cpuTime() time.Duration { return 0 }
