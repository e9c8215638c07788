//go:build linux && cgo

package proctitle

// useEnvironment: the C library reads its environment where it is.
const useEnvironment = false
