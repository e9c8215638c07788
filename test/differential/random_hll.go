package differential

import (
	"fmt"
	"slices"
	"strings"

	"radish/test/harness"
)

// hll runs a command on HyperLogLogs. With a damaged one ours differs on purpose: it refuses runs beyond the last register, as Redis does since
// 7.2.10, and a PFADD that meets damage changes nothing. Where that is so the command's keys are deleted.
func (r *runner) hll(o operation) (string, error) {
	replies, err := r.both(o.args...)
	if err != nil {
		return "", err
	}
	diff := r.compare(o.check, replies)
	if !strings.HasPrefix(string(replies[1].Text), "INVALIDOBJ") || !replies[1].IsError() {
		return diff, nil
	}
	keys := o.args[1:]
	switch o.args[0] {
	case "PFADD":
		keys = o.args[1:2]
	case "PFDEBUG":
		keys = o.args[2:]
	}
	damaged := false
	for _, key := range keys {
		value, err := r.conns[1].Try("GETRANGE", key, "0", "-1")
		if err != nil {
			return "", fmt.Errorf("%s: %w", key, err)
		}
		damaged = damaged || hllDamaged(value)
	}
	if diff != "" && !damaged {
		return diff, nil
	}
	return r.run(operation{args: slices.Concat([]string{"DEL"}, keys), check: Check{Mode: Shape}}) // theirs may have made the destination
}

// hllDamaged reports whether a value is a sparse HyperLogLog whose runs do not end with the last register.
func hllDamaged(value harness.Reply) bool {
	const header, registers = 16, 16384
	b := value.Text
	if len(b) < header || string(b[:4]) != "HYLL" || b[4] != 1 {
		return false
	}
	n := 0
	for b = b[header:]; len(b) > 0; b = b[1:] {
		switch {
		case b[0] >= 0x80: // up to 4 registers of a value
			n += int(b[0]&3) + 1
		case b[0] < 0x40: // up to 64 of zero
			n += int(b[0]) + 1
		default: // more of them, in 14 bits
			n += int(b[0]&63)<<8 + 1
			if len(b) > 1 {
				n += int(b[1])
				b = b[1:]
			}
		}
	}
	return n != registers
}
