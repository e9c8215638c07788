// Package prefetch asks the processor to bring memory into its cache, without waiting for it. A miss
// costs a hundred times what an instruction costs; whoever knows early what he will need next can have several
// misses under way at once.
package prefetch
