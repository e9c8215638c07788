package main

import (
	"os"
	"runtime"

	"radish/config"
	"radish/internal/redislog"
	"radish/internal/version"
)

// banner logs in what mode the server runs; with always-show-logo, or on a terminal with the log on
// standard output, with a picture.
func banner(v *config.Values, log *redislog.Logger) {
	tty := false
	if st, err := os.Stdout.Stat(); err == nil {
		tty = st.Mode()&os.ModeCharDevice != 0
	}
	if !v.AlwaysShowLogo && (!tty || v.LogFile != "" || v.SyslogEnabled || v.LogFormat == config.LogFormatJSON) {
		log.Noticef("Running mode=standalone, port=%d.", v.Port)
		return
	}
	log.Raw(redislog.Notice, logo(version.Radish, v.Port, os.Getpid(), runtime.GOARCH))
}
