package server

import (
	"bytes"
	"fmt"
	"strings"

	"radish/command"
)

// What a client is told at the gates. The texts are Redis's.
const (
	errNoAuth    command.Error = "NOAUTH Authentication required."
	errOOM       command.Error = "OOM command not allowed when used memory > 'maxmemory'."
	errLoading   command.Error = "LOADING Redis is loading the dataset in memory"
	errMonitor   command.Error = "ERR Replica can't interact with the keyspace"
	errNoMulti   command.Error = "ERR Command not allowed inside a transaction"
	errDebugOff  command.Error = "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server."
	errModuleOff command.Error = "ERR MODULE command not allowed. If the enable-module-command option is set to \"local\", you can run it from a local connection, otherwise you need to set this option in the configuration file, and then restart the server."
)

func unknownCommand(args [][]byte) error {
	var b strings.Builder
	for _, a := range args[1:] {
		if b.Len() >= 128 {
			break
		}
		fmt.Fprintf(&b, "'%s' ", cString(a, 128-b.Len()))
	}
	return command.Error(fmt.Sprintf("ERR unknown command '%s', with args beginning with: %s", cString(args[0], 128), b.String()))
}

// cString is what C's "%.*s" prints of b: up to most bytes, and none from the first NUL on.
func cString(b []byte, most int) []byte {
	b = b[:min(len(b), most)]
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	return b
}

func unknownSubcommand(args [][]byte) error {
	return command.Error(fmt.Sprintf("ERR unknown subcommand '%s'. Try %s HELP.", cString(args[1], 128), strings.ToUpper(string(cString(args[0], 128)))))
}

func wrongArity(spec *command.Spec) error {
	return command.Error("ERR wrong number of arguments for '" + spec.FullName() + "' command")
}

// gate asks, in Redis's order, everything that can keep a command from running now. pass says that it
// runs; else the outcome is given and the client has been answered, queued or paused.
func (l *eventLoop) gate(cl *Client, r *request) (outcome, bool) {
	spec := r.spec
	gates := cl.gates | gateBits(l.srv.gates.Load())
	if spec.Flags&command.Protected != 0 {
		if err := l.protected(cl, spec); err != nil {
			return l.refuse(cl, spec, err), false
		}
	}
	if gates&gateAuth != 0 && spec.Flags&command.NoAuth == 0 && l.srv.cfg.Load().RequirePass != "" {
		return l.refuse(cl, spec, errNoAuth), false
	}
	if gates&gateMulti != 0 && spec.Flags&command.NoMulti != 0 {
		return l.refuse(cl, spec, errNoMulti), false
	}
	if gates&gateClientMem != 0 {
		l.srv.evictClients(l.srv.cfg.Load())
		if cl.conn != nil && cl.conn.Closed() {
			return done, false
		}
	}
	if gates&gateMaxMemory != 0 && !l.makeRoom() && needsRoom(cl, spec) {
		return l.refuse(cl, spec, errOOM), false
	}
	if gates&(gateUnsaved|gateLogFails) != 0 && writes(cl, spec) {
		if gates&gateUnsaved != 0 {
			return l.refuse(cl, spec, errCannotWrite), false
		}
		if err := l.srv.aof.Err(); err != nil {
			return l.refuse(cl, spec, misconfOf(err)), false
		}
	}
	if gates&gatesPushes != 0 && l.srv.hub.Pending(l.index) {
		l.deliverTo(cl)
	}
	if gates&gateSubscribe != 0 && cl.proto == 2 && !allowedWhileSubscribed(spec) {
		return l.refuse(cl, spec, command.Error(fmt.Sprintf("ERR Can't execute '%s': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context", spec.FullName()))), false
	}
	if gates&gateLoading != 0 && !runsWhileLoading(cl, spec) {
		return l.refuse(cl, spec, errLoading), false
	}
	if gates&gatePause != 0 && l.pausedFor(cl, spec) {
		l.pause(cl)
		return again, false
	}
	if gates&gateMonitor != 0 && !worksForMonitor(spec) {
		return l.refuse(cl, spec, errMonitor), false
	}
	if gates&gateMulti != 0 && !runsInsideMulti(spec) {
		l.queue(cl, r)
		return done, false
	}
	return done, true
}

// needsRoom says whether a command is refused while memory is short: one that may need memory, one that
// would be queued, which needs some too, MULTI and WATCH where they are out of place, as in Redis, and EXEC
// with a queued command that may need some.
func needsRoom(cl *Client, spec *command.Spec) bool {
	switch {
	case spec.Flags&command.DenyOOM != 0:
		return true
	case cl.gates&gateMulti == 0:
		return false
	case isExec(spec):
		return cl.tx.queue.Has(command.DenyOOM)
	}
	return !endsMulti(spec)
}

// writes says whether a command is refused while what it changes may be lost. PING is one of them, so that whoever watches the server hears of it.
func writes(cl *Client, spec *command.Spec) bool {
	if isExec(spec) {
		return cl.tx.queue.Has(command.Write)
	}
	return spec.Flags&command.Write != 0 || spec.Name == "ping" && spec.Parent() == nil
}

// runsWhileLoading says whether a command may run although the data are being loaded; EXEC, if all that is queued may.
func runsWhileLoading(cl *Client, spec *command.Spec) bool {
	return spec.Flags&command.Loading != 0 && !(isExec(spec) && cl.gates&gateMulti != 0 && cl.tx.queue.Lacks(command.Loading))
}

func isExec(spec *command.Spec) bool { return spec.Name == "exec" && spec.Parent() == nil }

// protected guards DEBUG and MODULE by enable-debug-command and enable-module-command.
func (l *eventLoop) protected(cl *Client, spec *command.Spec) error {
	v := l.srv.cfg.Load()
	name := spec.Name
	if p := spec.Parent(); p != nil {
		name = p.Name
	}
	if name == "debug" && !v.EnableDebugCommand.Permits(cl.isLocal()) {
		return errDebugOff
	}
	if name == "module" && !v.EnableModuleCommand.Permits(cl.isLocal()) {
		return errModuleOff
	}
	return nil
}

func allowedWhileSubscribed(spec *command.Spec) bool {
	switch spec.Name {
	case "ping", "subscribe", "ssubscribe", "sunsubscribe", "unsubscribe", "psubscribe", "punsubscribe", "quit", "reset":
		return spec.Parent() == nil
	}
	return false
}

// worksForMonitor: a monitor may do what touches no data.
func worksForMonitor(spec *command.Spec) bool {
	return spec.Flags&(command.Write|command.ReadOnly|command.MayReplicate) == 0
}

// runsInsideMulti says which commands run at once although the client queues.
func runsInsideMulti(spec *command.Spec) bool {
	switch spec.Name {
	case "multi", "watch":
		return spec.Parent() == nil
	}
	return endsMulti(spec)
}

// endsMulti says which commands end the queueing.
func endsMulti(spec *command.Spec) bool {
	switch spec.Name {
	case "exec", "discard", "quit", "reset":
		return spec.Parent() == nil
	}
	return false
}

// looksLikeHTTP: a web page can make a browser send a request here. Redis ends such a connection at once,
// before a later line of the request is taken for a command.
func looksLikeHTTP(name []byte) bool {
	return command.EqualFold(name, "post") || command.EqualFold(name, "host:")
}

func (l *eventLoop) attacked(cl *Client) outcome {
	if now := l.mono; now-l.attackLogged > 60e9 || l.attackLogged == 0 {
		l.attackLogged = now
		l.srv.log.Warningf("Possible SECURITY ATTACK detected. It looks like somebody is sending POST or Host: commands to Redis. This is likely due to an attacker attempting to use Cross Protocol Scripting to compromise your Redis instance. Connection from %s aborted.", cl.addr)
	}
	if cl.conn != nil {
		cl.conn.CloseNow()
	}
	return refused
}
