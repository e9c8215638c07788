package resp

import "strconv"

// BeginBlock and EndBlock are MULTI and EXEC as requests. In a log the commands between them count as a whole or not at all.
const (
	BeginBlock = "*1\r\n$5\r\nMULTI\r\n"
	EndBlock   = "*1\r\n$4\r\nEXEC\r\n"
)

// AppendRequest appends a command with its arguments to dst as clients send it: an array of bulk strings. A log holds commands in the same form.
func AppendRequest(dst []byte, args ...[]byte) []byte {
	dst = strconv.AppendInt(append(dst, '*'), int64(len(args)), 10)
	for _, a := range args {
		dst = strconv.AppendInt(append(dst, "\r\n$"...), int64(len(a)), 10)
		dst = append(append(dst, "\r\n"...), a...)
	}
	return append(dst, "\r\n"...)
}
