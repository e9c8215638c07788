package server

import (
	"math/rand/v2"
	"strings"

	"radish/command"
	"radish/internal/glob"
)

// DEBUG is one command whose subcommands are no rows of their own, as COMMAND shows it in Redis. It runs on
// a worker. It reaches keys that its row does not declare, so it locks them by itself, unless EXEC has
// locked all for it.

// debugSub is one subcommand.
type debugSub struct {
	name     string
	min, max int // arguments after the name; max -1: any number
	run      func(c *command.Ctx) error
	help     []string
}

func (s *Server) debugSpecs() []command.Spec {
	return []command.Spec{{Name: "debug", Arity: -2,
		Flags: command.Admin | command.NoScript | command.Loading | command.Stale | command.Protected | command.Worker | command.AllKeys,
		Group: command.GroupServer, Since: "1.0.0", Handler: s.cmdDebug, SysCmd: true,
		Summary: "Looks into the server, and makes it misbehave, for tests.", Complexity: "That of the subcommand."}}
}

func (s *Server) cmdDebug(c *command.Ctx) error {
	subs := s.debugSubs()
	if c.Is(1, "help") && len(c.Args) == 2 {
		var lines []string
		for _, sub := range subs {
			lines = append(lines, sub.help...)
		}
		return c.ReplyHelp(lines...)
	}
	n := len(c.Args) - 2
	for _, sub := range subs {
		if c.Is(1, sub.name) && n >= sub.min && (n <= sub.max || sub.max < 0) {
			return sub.run(c)
		}
	}
	return subcommandSyntax(c)
}

// debugSubs are the subcommands in the order of HELP.
func (s *Server) debugSubs() []debugSub {
	return []debugSub{
		{"aof-flush-sleep", 1, 1, s.debugFlushSleep, []string{"AOF-FLUSH-SLEEP <microsec>",
			"    Wait before each write to the append only file."}},
		{"assert", 0, -1, s.debugAssert, []string{"ASSERT", "    Crash as after a failed assertion."}},
		{"change-repl-id", 0, 0, s.debugChangeReplID, []string{"CHANGE-REPL-ID", "    Give the server another replication ID."}},
		{"client-eviction", 0, 0, s.debugClientEviction, []string{"CLIENT-EVICTION",
			"    Show how much memory clients hold, by size (needs maxmemory-clients)."}},
		{"config-rewrite-force-all", 0, 0, s.debugRewriteAll, []string{"CONFIG-REWRITE-FORCE-ALL",
			"    CONFIG REWRITE that writes defaults too."}},
		{"crash-and-recover", 0, -1, s.debugCrashAndRecover, []string{"CRASH-AND-RECOVER [<milliseconds>]",
			"    Start anew after some time (default 0), without any tidying up."}},
		{"digest", 0, 0, s.debugDigest, []string{"DIGEST", "    Show a digest of all data: equal data have equal digests."}},
		{"digest-value", 0, -1, s.debugDigestValue, []string{"DIGEST-VALUE <key> [<key> ...]", "    Show digests of the values of keys."}},
		{"error", 1, 1, debugError, []string{"ERROR <string>", "    Reply the error <string>, code first."}},
		{"htstats", 1, -1, s.debugHtstats, []string{"HTSTATS <dbid> [full]", "    Show how full the tables of a database are."}},
		{"htstats-key", 1, -1, s.debugHtstatsKey, []string{"HTSTATS-KEY <key> [full]", "    The same for the table that is the value of a key."}},
		{"listpack", 1, 1, s.debugListpack, []string{"LISTPACK <key>", "    Write the listpack that is the value of a key into the log."}},
		{"loadaof", 0, -1, s.debugLoadAOF, []string{"LOADAOF", "    Load the data from the append only file, in place of those that there are."}},
		{"log", 1, 1, s.debugLog, []string{"LOG <message>", "    Write <message> into the log."}},
		{"object", 1, 1, s.debugObject, []string{"OBJECT <key>", "    Show how a key and its value are stored."}},
		{"oom", 0, -1, s.debugOOM, []string{"OOM", "    Crash as without memory."}},
		{"panic", 0, -1, s.debugPanic, []string{"PANIC", "    Crash by a panic."}},
		{"pause-cron", 1, 1, s.debugPauseCron, []string{"PAUSE-CRON <0|1>", "    Stop what runs periodically, or let it go on."}},
		{"populate", 1, 3, s.debugPopulate, []string{"POPULATE <count> [<prefix>] [<size>]",
			"    Make keys <prefix>:0 and so on (default prefix: key) that are not there yet,",
			"    with values of <size> bytes (default: what \"value:<number>\" takes)."}},
		{"protocol", 1, 1, debugProtocol, []string{"PROTOCOL <type>", "    Reply something of a type: string, integer, double, bignum, null, array, set,",
			"    map, attrib, push, verbatim, true, false."}},
		{"quicklist", 1, 2, s.debugQuicklist, []string{"QUICKLIST <key> [<0|1>]",
			"    Write the nodes of a quicklist into the log; 1: their elements too."}},
		{"quicklist-packed-threshold", 1, 1, s.debugPackedThreshold, []string{"QUICKLIST-PACKED-THRESHOLD <size>",
			"    An element of a quicklist of at least <size> bytes has a node for itself;",
			"    0: the default."}},
		{"reload", 0, -1, s.debugReload, []string{"RELOAD [MERGE|NOFLUSH|NOSAVE ...]",
			"    Save the data, empty all databases, and load them again. NOSAVE: do not save.",
			"    NOFLUSH: do not empty them. MERGE: keys of the file replace those there are."}},
		{"replybuffer", 2, 2, debugReplyBuffer, []string{"REPLYBUFFER PEAK-RESET-TIME <NEVER|RESET|milliseconds>", "REPLYBUFFER RESIZING <0|1>",
			"    Without effect: a client has a reply buffer only while replies wait for it."}},
		{"restart", 0, -1, s.debugRestart, []string{"RESTART [<milliseconds>]",
			"    Rewrite the configuration file, end as SHUTDOWN does, and start anew after",
			"    some time (default 0)."}},
		{"sdslen", 1, 1, s.debugSdslen, []string{"SDSLEN <key>", "    Show the lengths of a key and its string, and the memory that they take."}},
		{"segfault", 0, -1, s.debugSegfault, []string{"SEGFAULT", "    Crash by an access to memory that is not there."}},
		{"set-active-expire", 1, 1, s.debugSetActiveExpire, []string{"SET-ACTIVE-EXPIRE <0|1>",
			"    0: keys that lapse are deleted only when somebody asks for them. 1: at once."}},
		{"set-skip-checksum-validation", 1, 1, s.debugSkipChecksum, []string{"SET-SKIP-CHECKSUM-VALIDATION <0|1>",
			"    1: RESTORE takes payloads whose checksum is wrong."}},
		{"sleep", 1, 1, s.debugSleep, []string{"SLEEP <seconds>", "    Serve nobody for some time; decimals are allowed."}},
		{"stringmatch-test", 0, 0, debugStringmatchTest, []string{"STRINGMATCH-TEST", "    Try the matching of patterns with random ones."}},
		{"structsize", 0, 0, debugStructsize, []string{"STRUCTSIZE", "    Show the sizes of structures, in bytes."}},
	}
}

// debugError replies the text as it is: it is not counted as an error, as in Redis.
func debugError(c *command.Ctx) error {
	c.Reply.Error(c.Arg(2))
	return nil
}

func (s *Server) debugLog(c *command.Ctx) error {
	s.log.Warningf("DEBUG LOG: %s", cText(c.Args[2]))
	c.Reply.OK()
	return nil
}

func (s *Server) debugChangeReplID(c *command.Ctx) error {
	s.log.Noticef("Changing replication IDs after receiving DEBUG change-repl-id")
	id := newRunID()
	s.replID.Store(&id)
	c.Reply.OK()
	return nil
}

func (s *Server) debugRewriteAll(c *command.Ctx) error {
	if err := s.cfg.Rewrite(true); err != nil {
		return command.Error("ERR CONFIG-REWRITE-FORCE-ALL failed: " + strings.TrimPrefix(err.Error(), "ERR "))
	}
	c.Reply.OK()
	return nil
}

// debugReplyBuffer is about the reply buffer that a Redis client keeps between replies. Here there is none:
// replies are made in a buffer of the event loop, and what the peer does not take at once is held only
// until it does.
func debugReplyBuffer(c *command.Ctx) error {
	switch {
	case c.Is(2, "peak-reset-time"):
		if _, err := c.Int(3); err != nil && !c.Is(3, "never") && !c.Is(3, "reset") {
			return err
		}
	case c.Is(2, "resizing"):
	default:
		return subcommandSyntax(c)
	}
	c.Reply.OK()
	return nil
}

// debugStringmatchTest matches random patterns with random strings: a pattern of the worst kind must not
// take long, and none may fail.
func debugStringmatchTest(c *command.Ctx) error {
	const rounds = 100_000
	pattern, text := make([]byte, 32), make([]byte, 32)
	const letters = "*?[]^-\\ab"
	for range rounds {
		for i := range pattern {
			pattern[i] = letters[rand.IntN(len(letters))]
		}
		for i := range text {
			text[i] = byte('a' + rand.IntN(2))
		}
		glob.Match(pattern[:rand.IntN(len(pattern))], text[:rand.IntN(len(text))], rand.IntN(2) == 0)
	}
	c.Reply.SimpleString("No pattern made the server crash: test passed")
	return nil
}
