package main

import (
	"os"
	"runtime/debug"

	"radish/config"
)

// crashLog has the Go runtime write the report of a crash into the log file too, as long as
// crash-log-enabled is set: standard error may lead nowhere.
func crashLog(cfg *config.Config) error {
	if err := crashOutput(cfg.Load()); err != nil {
		return err
	}
	return cfg.OnChangeOf([]string{"crash-log-enabled"}, func(_, v *config.Values) error { return crashOutput(v) })
}

func crashOutput(v *config.Values) error {
	if v.LogFile == "" || !v.CrashLogEnabled {
		return debug.SetCrashOutput(nil, debug.CrashOptions{})
	}
	f, err := os.OpenFile(v.LogFile, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer f.Close() // the runtime has a descriptor of its own
	return debug.SetCrashOutput(f, debug.CrashOptions{})
}
