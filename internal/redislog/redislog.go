package redislog

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
)

// Level is the weight of a message. The numbers are those of Redis.
type Level int32

// The levels, ascending. Nothing is a threshold only: no message reaches it.
const (
	Debug Level = iota
	Verbose
	Notice
	Warning
	Nothing
)

// MaxMessage is the longest message in bytes; the rest is cut off.
const MaxMessage = 1023

// The letters that stand for what the process is doing.
const (
	RoleMaster   = 'M'
	RoleReplica  = 'S'
	RoleChild    = 'C'
	RoleSentinel = 'X'
)

// String is the level's name in JSON lines and in redis.conf.
func (l Level) String() string {
	if l < Debug || l > Nothing {
		return "unknown"
	}
	return [...]string{"debug", "verbose", "notice", "warning", "nothing"}[l]
}

// mark is the character of the level in a line of the Redis format.
func mark(name string) string {
	switch name {
	case "debug":
		return "."
	case "verbose":
		return "-"
	case "notice":
		return "*"
	default:
		return "#"
	}
}

// Options say where lines go and how they look. The zero value writes
// everything to standard output in the Redis format.
type Options struct {
	Level  Level     // messages below it are dropped
	JSON   bool      // one JSON object a line
	File   string    // path to append to; "" is Stdout
	Stdout io.Writer // nil is os.Stdout
	// Opened is called with the file when it is opened, and again when the path names another one. It must not log.
	Opened func(*os.File)

	Syslog   bool
	Ident    string // how syslog names the program
	Facility int    // RFC 5424 number: 1 user, 16 to 23 local0 to local7
}

// Logger writes log lines. Its methods may be called from any goroutine; a
// line is written at once and whole.
type Logger struct {
	level  atomic.Int32
	role   atomic.Int32
	json   bool
	pid    int
	zl     zerolog.Logger
	out    io.Writer
	file   *rotatingFile // nil: standard output
	syslog *syslogSink   // nil: not wanted
	now    func() time.Time
}

// New opens the log. An error is that of the file, with its path.
func New(o Options) (*Logger, error) {
	l := &Logger{json: o.JSON, pid: os.Getpid(), now: time.Now}
	l.level.Store(int32(o.Level))
	l.role.Store(RoleMaster)
	switch {
	case o.File != "":
		f, err := openRotating(o.File, o.Opened)
		if err != nil {
			return nil, err
		}
		l.file, l.out = f, f
	case o.Stdout != nil:
		l.out = &lockedWriter{w: o.Stdout}
	default:
		l.out = &lockedWriter{w: os.Stdout}
	}
	if o.JSON {
		l.zl = zerolog.New(l.out)
	} else {
		l.zl = zerolog.New(redisLines(l.out))
	}
	if o.Syslog {
		l.syslog = &syslogSink{ident: o.Ident, facility: o.Facility}
	}
	return l, nil
}

// redisLines is a writer that turns zerolog's events into lines of the Redis
// format. Fields beyond the known ones follow the message as name=value.
func redisLines(out io.Writer) io.Writer {
	text := func(v any) string {
		s, _ := v.(string)
		return s
	}
	return zerolog.ConsoleWriter{
		Out:     out,
		NoColor: true,
		FormatPrepare: func(ev map[string]any) error {
			ev["process"] = fmt.Sprintf("%v:%v", ev["pid"], ev["role"])
			return nil
		},
		PartsOrder: []string{
			"process", zerolog.TimestampFieldName, zerolog.LevelFieldName, zerolog.MessageFieldName,
		},
		FieldsExclude:         []string{"process", "pid", "role"},
		FormatPartValueByName: func(v any, _ string) string { return text(v) },
		FormatTimestamp:       text,
		FormatLevel:           func(v any) string { return mark(text(v)) },
		FormatMessage:         text,
	}
}

// lockedWriter keeps lines of several goroutines apart.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (w *lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.w.Write(p)
}

// Enabled says whether a message of this level would be written, for callers
// whose arguments are costly to make.
func (l *Logger) Enabled(level Level) bool {
	return level < Nothing && level >= Level(l.level.Load())
}

// SetLevel changes the threshold.
func (l *Logger) SetLevel(level Level) { l.level.Store(int32(level)) }

// SetRole changes the letter after the process number, one of the Role constants.
func (l *Logger) SetRole(role byte) { l.role.Store(int32(role)) }

// SetPID changes the process number, for a process that became a daemon. Nobody
// else may be logging at that moment.
func (l *Logger) SetPID(pid int) { l.pid = pid }

// Log writes one message, cut to MaxMessage bytes. What cannot be written is
// lost: a log that fails must not stop the server.
func (l *Logger) Log(level Level, msg string) {
	if !l.Enabled(level) {
		return
	}
	if len(msg) > MaxMessage {
		msg = msg[:MaxMessage]
	}
	stamp := l.now()
	layout := "02 Jan 2006 15:04:05.000"
	if l.json {
		layout = "2006-01-02T15:04:05.000Z07:00"
	}
	l.zl.Log().
		Str(zerolog.LevelFieldName, level.String()).
		Int("pid", l.pid).
		Str("role", string(rune(l.role.Load()))).
		Str(zerolog.TimestampFieldName, stamp.Format(layout)).
		Msg(msg)
	if l.syslog != nil {
		l.syslog.write(level, msg)
	}
}

// Logf is Log with a format as of fmt.Sprintf.
func (l *Logger) Logf(level Level, format string, args ...any) {
	if l.Enabled(level) {
		l.Log(level, fmt.Sprintf(format, args...))
	}
}

// Debugf logs what only a developer wants to see.
func (l *Logger) Debugf(format string, args ...any) { l.Logf(Debug, format, args...) }

// Verbosef logs what happens often and seldom matters.
func (l *Logger) Verbosef(format string, args ...any) { l.Logf(Verbose, format, args...) }

// Noticef logs what an operator wants to see in production.
func (l *Logger) Noticef(format string, args ...any) { l.Logf(Notice, format, args...) }

// Warningf logs what somebody should act upon.
func (l *Logger) Warningf(format string, args ...any) { l.Logf(Warning, format, args...) }

// Raw writes text as it is, without the head of a line: for the logo, and for stacks.
// In JSON format every line of it becomes a message.
func (l *Logger) Raw(level Level, text string) {
	if !l.Enabled(level) {
		return
	}
	if l.json {
		for line := range strings.Lines(text) {
			l.Log(level, strings.TrimRight(line, "\n"))
		}
		return
	}
	_, _ = io.WriteString(l.out, text) // see Log
	if l.syslog != nil {
		l.syslog.write(level, text)
	}
}

// Close closes the file and the connection to syslog.
func (l *Logger) Close() error {
	if l.syslog != nil {
		l.syslog.close()
	}
	if l.file != nil {
		return l.file.Close()
	}
	return nil
}
