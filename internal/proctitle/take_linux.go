package proctitle

import (
	"os"
	"strconv"
	"strings"
	"unsafe"
)

// Take finds the memory and gives os.Args copies of its strings. It must be called before anybody keeps a
// part of one.
func Take() *Title {
	t := &Title{}
	if len(os.Args) == 0 || len(os.Args[0]) == 0 {
		return t
	}
	start := unsafe.StringData(os.Args[0])
	args := 0
	for _, a := range os.Args {
		if unsafe.StringData(a) != (*byte)(unsafe.Add(unsafe.Pointer(start), args)) && len(a) > 0 {
			return t // not in one piece: somebody replaced them
		}
		args += len(a) + 1
	}
	from, to, envFrom, envTo, ok := areas()
	if !ok || from != uintptr(unsafe.Pointer(start)) || to != from+uintptr(args) {
		return t
	}
	for i, a := range os.Args {
		os.Args[i] = strings.Clone(a)
	}
	size := args
	if useEnvironment && envFrom == to && envTo > envFrom {
		size += int(envTo - envFrom)
	}
	t.area = unsafe.Slice(start, size)
	return t
}

// areas are the places of arguments and environment, as the kernel knows them.
func areas() (argFrom, argTo, envFrom, envTo uintptr, ok bool) {
	b, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0, 0, 0, 0, false
	}
	// The second field is the name in brackets, which may contain anything.
	stat := string(b)
	f := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	const first = 48 - 3 // arg_start is field 48, counted from 1; f begins with field 3
	if len(f) < first+4 {
		return 0, 0, 0, 0, false
	}
	var at [4]uintptr
	for i := range at {
		n, err := strconv.ParseUint(f[first+i], 10, 64)
		if err != nil || n == 0 {
			return 0, 0, 0, 0, false
		}
		at[i] = uintptr(n)
	}
	return at[0], at[1], at[2], at[3], true
}
