//go:build !race

package store

// raceBuild says that the race detector watches.
const raceBuild = false
