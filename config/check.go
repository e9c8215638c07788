package config

import "strings"

// when makes a check of unsupported values out of a condition.
func when(unsupported func(v *Values) bool, reason string) func(v *Values) string {
	return func(v *Values) string {
		if unsupported(v) {
			return reason
		}
		return ""
	}
}

// capHz brings hz into its range: it is a hint, so no value is an error.
func capHz(v *Values) error {
	v.Hz = min(max(v.Hz, 1), 500)
	return nil
}

// raiseBacklog brings repl-backlog-size to the least that is of use, 16 KB.
func raiseBacklog(v *Values) error {
	v.ReplBacklogSize = max(v.ReplBacklogSize, 16<<10)
	return nil
}

func checkShutdown(f ShutdownFlags) error {
	if f&ShutdownSave != 0 && f&ShutdownNoSave != 0 {
		return errSaveAndNoSave
	}
	return nil
}

// baseName checks a file name that must not lead to another directory; empty
// may be nil when an empty name is fine.
func baseName(empty, path error) func(string, *Values) error {
	return func(name string, _ *Values) error {
		if name == "" {
			return empty
		}
		if strings.ContainsAny(name, `/\`) {
			return path
		}
		return nil
	}
}

func checkHostname(name string, _ *Values) error {
	if len(name) >= 256 {
		return errHostnameLength
	}
	for _, c := range []byte(name) {
		if !isAlnum(c) && c != '-' && c != '.' {
			return errHostnameChar
		}
	}
	return nil
}

func checkNodename(name string, _ *Values) error {
	if strings.ContainsAny(name, "!#$%&()*+:;<>?@[]^{|}~") {
		return errNodenameChar
	}
	return nil
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// checkLocale takes the locales that order strings by their bytes: there is no
// other order here.
func checkLocale(name string, _ *Values) error {
	switch name {
	case "", "C", "POSIX", "C.UTF-8", "C.utf8":
		return nil
	}
	return errLocale
}
