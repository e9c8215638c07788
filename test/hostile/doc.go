// Package hostile tests what clients can do that mean harm, or are broken: bytes that are no requests,
// lengths that lie, connections that end anywhere, that send half a request and wait, or do not read what
// they asked for. The server must stay alive, give back what it took, and let nobody else wait.
package hostile
