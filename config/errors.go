package config

import (
	"errors"
	"fmt"
	"syscall"
	"unicode"
	"unicode/utf8"
)

// reason is the text of an error.
type reason string

func (r reason) Error() string { return string(r) }

func reasonf(format string, args ...any) reason { return reason(fmt.Sprintf(format, args...)) }

// Reasons why a value is refused, in Redis's words.
const (
	errNotYesNo           = reason("argument must be 'yes' or 'no'")
	errNotInteger         = reason("argument couldn't be parsed into an integer")
	errNotMemory          = reason("argument must be a memory value")
	errNotMemoryOrPercent = reason("argument must be a memory or percent value")
	errNotOctal           = reason("argument couldn't be parsed as an octal number")
	errArgCount           = reason("wrong number of arguments")
	errDBFilenamePath     = reason("dbfilename can't be a path, just a filename")
	errAOFNameEmpty       = reason("appendfilename can't be empty")
	errAOFNamePath        = reason("appendfilename can't be a path, just a filename")
	errAOFDirEmpty        = reason("appenddirname can't be empty")
	errAOFDirPath         = reason("appenddirname can't be a path, just a dirname")
	errSaveAndNoSave      = reason("shutdown options SAVE and NOSAVE can't be used simultaneously")
	errNodenameChar       = reason("Announced human node name contained invalid character")
	errHostnameLength     = reason("Hostnames must be less than 256 characters")
	errHostnameChar       = reason("Hostnames may only contain alphanumeric characters, hyphens or dots")
	errProcTitle          = reason("template format is invalid or contains unknown variables")
	errLocale             = reason("Invalid locale name")
	errSave               = reason("Invalid save parameters")
	errLimitCount         = reason("Wrong number of arguments in buffer limit configuration.")
	errLimitClass         = reason("Invalid client class specified in buffer limit configuration.")
	errLimitValue         = reason("Error in hard, soft or soft_seconds setting in buffer limit configuration.")
	errOOMValues          = reason("Invalid oom-score-adj-values, elements must be between -2000 and 2000.")
	errNotifyClass        = reason("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.")
	errTooManyBinds       = reason("Too many bind addresses specified.")
	errMasterPort         = reason("Invalid master port")
	errPercentile         = reason("Invalid latency-tracking-info-percentiles parameters")
	errPercentileRange    = reason("latency-tracking-info-percentiles parameters should sit between [0.0,100.0]")
)

// Reasons why a line of a configuration file is refused.
const (
	errQuotes          = reason("Unbalanced quotes in configuration line")
	errBadDirective    = reason("Bad directive or wrong number of arguments")
	errNoSuchCommand   = reason("No such command in rename-command")
	errRenameTaken     = reason("Target command name already exists")
	errModuleNoValue   = reason("Module config specified without value")
	errSentinelOnly    = reason("sentinel directive while not in sentinel mode")
	errIncludeTooDeep  = reason("include directives nested too deep")
	errTooManyIncludes = reason("too many include directives")
	errModuleDirective = reason("Module Configuration(s) detected without loadmodule directive or no ApplyConfig call: aborting")
)

// Reasons why CONFIG SET refuses a directive.
const (
	errImmutable = reason("can't set immutable config")
	errProtected = reason("can't set protected config")
	errDuplicate = reason("duplicate parameter")
)

// Errors of CONFIG SET and REWRITE as a client gets them.
const (
	// ErrLoading is CONFIG SET of a directive that must not change while data loads.
	ErrLoading = reason("LOADING Redis is loading the dataset in memory")
	// ErrNoFile is CONFIG REWRITE of a server that was started without a file.
	ErrNoFile = reason("ERR The server is running without a config file")
)

func errUnknownOption(name string) error {
	return reasonf("ERR Unknown option or number of arguments for CONFIG SET - '%s'", name)
}

func errSetFailed(name string, why error) error {
	if text := why.Error(); text != "" {
		return reasonf("ERR CONFIG SET failed (possibly related to argument '%s') - %s", name, text)
	}
	return reasonf("ERR CONFIG SET failed (possibly related to argument '%s')", name)
}

// strerror is the text that C has for the system error in err, without path
// and name of the call: Go's texts begin with a small letter.
func strerror(err error) string {
	var errno syscall.Errno
	text := err.Error()
	if errors.As(err, &errno) {
		text = errno.Error()
	}
	first, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(first)) + text[size:]
}
