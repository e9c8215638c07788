// Command bench measures what Radish must hold against redis-server and prints one table, ours beside
// theirs, both measured in the same run on the same machine.
//
// Every row starts its own servers on free ports of 127.0.0.1, with empty directories and no saving to
// disk, and stops them again. The binary of ours is built first unless -binary names one; redis-server is
// the one in PATH (the rows of the README are against Debian's 7.0.15).
//
// How the figures come about:
//
//   - CPU per command is the server process's CPU clock (CLOCK_PROCESS_CPUTIME_ID of the other process:
//     user and system time of all its threads, in nanoseconds) over a window, divided by the commands done in
//     it. The server is pinned to one core before it starts, this program to another. Ours and theirs take
//     turns in short rounds; a row shows the medians, and its ratio is the median of the rounds' ratios.
//     A server that is not busy all the time pays for falling asleep and waking up, so rows say how busy
//     both were.
//   - Memory is Rss of /proc/PID/smaps_rollup, which is exact where VmRSS of /proc/PID/status is not.
//   - Latencies are taken around each single command, without histogram: percentiles are exact. Where server and
//     client have a core each, the time that other programs (also the kernel's own threads) had that core is taken off:
//     it is the machine's, and as long as what is looked for.
//   - Rows that must hold inside one process (allocations, two cores against one) run the Go tests and
//     benchmarks of package server and read what these print.
package main
