package command

// Error is an error text as a client sees it, code first ("ERR syntax error").
type Error string

func (e Error) Error() string { return string(e) }

// What handlers of more than one group answer. The texts are Redis's.
const (
	ErrSyntax       Error = "ERR syntax error"
	ErrWrongType    Error = "WRONGTYPE Operation against a key holding the wrong kind of value"
	ErrNotInteger   Error = "ERR value is not an integer or out of range"
	ErrNotInt32     Error = "ERR value is out of range, value must between -2147483648 and 2147483647"
	ErrNotPositive  Error = "ERR value is out of range, must be positive"
	ErrNotFloat     Error = "ERR value is not a valid float"
	ErrNoSuchKey    Error = "ERR no such key"
	ErrOffset       Error = "ERR offset is out of range"
	ErrStringTooBig Error = "ERR string exceeds maximum allowed size (proto-max-bulk-len)"
	ErrIndex        Error = "ERR index out of range"
	ErrDBIndex      Error = "ERR DB index is out of range"
	// ErrKeys says that the arguments do not tell where the keys are; COMMAND GETKEYS replies it.
	ErrKeys       Error = "ERR Invalid arguments specified for command"
	ErrSameObject Error = "ERR source and destination objects are the same"

	// ErrOffload never reaches a client: a handler that runs on an event loop and finds, before it
	// touched anything, that its work is long returns it, and is run again on a worker.
	ErrOffload Error = "OFFLOAD"
	// ErrBlocked never reaches a client either: see Ctx.Block.
	ErrBlocked Error = "BLOCKED"
)

// What Table.Rename answers; the configuration shows the texts of a bad rename-command directive.
const (
	ErrRenameUnknown Error = "No such command in rename-command"
	ErrRenameTaken   Error = "Target command name already exists"
)
