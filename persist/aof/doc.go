// Package aof is the append only file: the log of effects that outlives the process. It writes and reads Redis's own files, those
// of 7.0 to 7.2, and knows neither server nor store: it is handed bytes to append, and hands over commands to run.
//
// # Files
//
// All lie in one folder (appenddirname, below the working folder), their names begin with appendfilename:
//
//	appendonly.aof.2.base.rdb    BASE: the data at one moment, as RDB (or as RESP: .base.aof); none or one
//	appendonly.aof.5.incr.aof    INCR: the effects since; any number, replayed by ascending sequence
//	appendonly.aof.manifest      which of the files count, and in which order
//	temp-appendonly.aof.manifest the next manifest, until it is renamed
//	temp-appendonly.aof.incr     INCR while appendonly is being turned on and there is no BASE yet
//
// A file that the manifest does not list has no meaning. The manifest is lines of text:
//
//	file <name> seq <number> type <b|h|i>
//
// one for each file: b is BASE, i is INCR, h (history) was replaced by a rewrite and waits for being removed. A name with blanks
// or bytes that do not print stands in double quotes with Redis's escapes. Keys may come in any order, unknown keys with
// their values are skipped; a line that starts with # is a comment.
//
// INCR files, and BASE files as RESP, are requests of the protocol, one after the other, and annotations:
//
//	*<arguments>\r\n$<bytes>\r\n<argument>\r\n...   an effect
//	#TS:<unix time in seconds>\r\n                  (aof-timestamp-enabled) what follows was done then, or later
//
// Effects apply to the database that the last SELECT in the same file has chosen, 0 at its start. Between MULTI and EXEC stands
// what counts as a whole or not at all. A file of a Redis before 7 is a single one with that contents, with or without an RDB
// file in front ("preamble"); it becomes the BASE of the first manifest ([Log.Load]).
//
// # Appending
//
// [Log.Append] only copies bytes into memory; it is called with the locks of the changed keys held, so the order of
// the log is the order of the changes. [Log.Commit] asks for what a reply has to wait for: the bytes are handed to the system
// (appendfsync everysec and no: a killed process loses nothing), or are on disk (always). See there.
//
// # When the disk fails
//
// A write that fails, or falls short, is undone by truncating the file to the last whole effect. All that was not written stays
// in memory, in order, and is written when the disk can again; retries come every second.
//
// After a failed fsync the system may have dropped what it could not write, and may say of the next fsync that all is well. So
// the bytes since the last good fsync are kept in memory (up to 16 MB; above 8 MB an fsync begins without waiting for its
// second). After a failure they are written again, at the same place in the file, before the next fsync: what was readable
// stays so meanwhile, and an fsync that succeeds then speaks the truth. If they are too many to be kept, only a new BASE can
// make good: [Status].NeedRewrite says so. With appendfsync no nothing is kept.
//
// From the first failure until all is well again [Log.Err] is not nil and the server should refuse writes (MISCONF). Effects
// whose commit has failed are not forgotten: they are part of the data, and in the log as soon as it can be written.
//
// # Rewriting
//
// A rewrite begins a new INCR file at an exact place in the log ([Log.Prepare], [Rewrite.Switch]), while somebody writes
// the data of that moment as the new BASE; [Rewrite.Finish] makes both count. The order on disk:
//
//  1. the new INCR file is made, and the next manifest, which lists it, written under its temporary name and synced
//  2. Switch: all shards are stopped, so no effect is cut; what is appended from here on is meant for the new file
//  3. the rest of the old file is written and synced
//  4. the manifest is renamed; only now the new file is written to
//  5. Finish: the BASE gets its name, the manifest lists it and makes the older files history; these are removed
//
// Step 3 before step 4: only the last file of a manifest may end in the middle of an effect. Between 2 and 4 no event loop waits:
// Commit says that it will tell later. If 3 or 4 fails the rewrite has failed and the old file is continued; but should the new
// BASE be complete before the old file can be written again, Finish does without its rest, which the BASE holds: so a rewrite can
// free a full disk.
package aof
