// Package fsys is what persistence asks of a file system: few operations, behind an interface, so that tests can make each of
// them fail (fsystest) and see what a crash leaves.
//
// OS is the real thing. Replace and its two halves, WriteTemp and Install, are the one way in which a file takes the place of
// another: written under a temporary name, synced, renamed, and the folder synced, so that at any moment a crash leaves the old
// file or the new one, whole.
package fsys
