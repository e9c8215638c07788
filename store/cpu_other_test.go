//go:build !linux

package store

import "time"

// threadCPU is not known here.
func threadCPU() time.Duration { return 0 }
