// Package differential sends the same commands to redis-server and to ours and compares the replies: the
// scripts of testdata/differential, each in RESP2 and in RESP3, and random sequences.
//
// # Scripts
//
// A line is a command, quoted as for redis-cli. It goes to both servers, and the replies must be equal to
// the byte. "## ..." is a comment. "=== title" opens a section: the databases are emptied and all
// connections are new. A section runs twice, the second time after HELLO 3.
//
//	@b GET k            on connection b (a without a name; they are opened when first used)
//	!send GET k         sends and does not read
//	!read               reads a reply that is due, and compares
//	!push               reads a push message that is due, and compares
//	!message            the same for what is a push in RESP3 only, as messages of channels are
//	!closed             the server must close the connection now
//	!sleep 20ms
//	!let id .* CLIENT ID    a variable: the match (or first group) of a pattern in the reply, for each
//	                    server its own; ${id} in later lines
//	!raw closes "*x\r\n"    bytes on a new connection: the server answers and closes
//	!raw stays "PING\r\n"   it answers and goes on
//	!raw eof "PING\r\n"     it answers and closes when we have closed our direction
//
// Directives stand before the line that they are for:
//
//	# unordered         elements in any order
//	# pairs             name, value, name, value, ... with the pairs in any order
//	# doubles           0.1 passes where a reference before 7.2 says 0.10000000000000001
//	# distances         numbers with four decimals may differ by one in the last
//	# type              only the first byte is compared
//	# shape             only kinds and lengths of aggregates
//	# help              type and first element
//	# lines             all lines of the reference's text are in ours
//	# about 2           integers of at least two digits may differ by 2
//	# mask RE           what RE (its first group, if it has one) matches in strings and numbers is not
//	                    compared; "masks": from here to the end of the section
//	# 7.2: +OK          what Redis 7.2 answers (wire format without the last CR LF; \r\n inside is an
//	                    escape) where 7.0 answers something else; "7.2 resp3: ..." in one protocol only
//	# ours: +OK         what ours answers on purpose
//	# proto 3           (first in a section) only in this protocol
//	# options --maxclients 10    (first in a file) options of both servers
//	# password secret   (first in a file) they want this password
//
// "7.2" is checked to be true: a reference server of that version must answer so, an older one must not.
//
// # Random sequences
//
// See generator.go. RADISH_SEED repeats a sequence, RADISH_COMMANDS sets its length, RADISH_GROUPS names
// the groups of commands that it is made of.
package differential
