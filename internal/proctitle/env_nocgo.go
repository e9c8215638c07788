//go:build linux && !cgo

package proctitle

// useEnvironment: nobody but the Go runtime reads the environment, and it has copies.
const useEnvironment = true
