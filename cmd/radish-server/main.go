// Command radish-server is the data store; the README says what it does.
//
//	radish-server [FILE | -] [--directive value ...]
//
// It takes the command line and the redis.conf of redis-server 7.2.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"sync/atomic"
	"syscall"

	"radish/config"
	"radish/internal/proctitle"
	"radish/internal/redislog"
	"radish/internal/version"
	"radish/server"
)

func main() {
	title := proctitle.Take()
	os.Exit(run(os.Args[1:], title))
}

func run(args []string, title *proctitle.Title) int {
	names, err := server.CommandNames()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	here, _ := os.Getwd()  // Load may change it
	var typed bytes.Buffer // what Load reads from the terminal, or a pipe
	loader := config.Loader{Stdin: io.TeeReader(os.Stdin, &typed), HasCommand: names, DefaultIOThreads: func() int { return runtime.NumCPU() }}
	cfg, err := loader.Load(args)
	if err != nil {
		return quit(err)
	}
	v := cfg.Load()
	if v.Daemonize {
		if child, err := daemonize(here, typed.Bytes()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		} else if !child {
			return 0
		}
	}
	crash := &crashReports{enabled: v.CrashLogEnabled}
	log, err := redislog.New(redislog.Options{Level: redislog.Level(v.LogLevel), JSON: v.LogFormat == config.LogFormatJSON,
		File: v.LogFile, Syslog: v.SyslogEnabled, Ident: v.SyslogIdent, Facility: int(v.SyslogFacility), Opened: crash.fileOpened})
	if err != nil {
		fmt.Fprintf(os.Stderr, "Can't open the log file: %v\n", err)
		return 1
	}
	defer log.Close()
	crash.log = log
	return serve(cfg, log, crash, title, len(args) == 0)
}

// quit prints what Load wants said and returns its status.
func quit(err error) int {
	var e *config.Exit
	if !errors.As(err, &e) {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Fprint(os.Stdout, e.Stdout)
	fmt.Fprint(os.Stderr, e.Stderr)
	if e.Log != "" {
		fmt.Fprintln(os.Stderr, e.Log)
	}
	return e.Status
}

// serve runs the server until it ends.
func serve(cfg *config.Config, log *redislog.Logger, crash *crashReports, title *proctitle.Title, noArgs bool) int {
	v := cfg.Load()
	log.SetRole(redislog.RoleChild)
	log.Noticef("oO0OoO0OoO0Oo Radish is starting oO0OoO0OoO0Oo")
	log.Noticef("Radish version=%s, Redis version=%s, bits=64, commit=%s, modified=0, pid=%d, just started", version.Radish, version.Redis, version.Commit(), os.Getpid())
	if noArgs {
		log.Warningf("Warning: no config file specified, using the default config. In order to specify a config file use radish-server /path/to/redis.conf")
	} else {
		log.Noticef("Configuration loaded")
	}
	log.SetRole(redislog.RoleMaster)
	for _, line := range cfg.StartupLog() {
		log.Logf(redislog.Level(line.Level), "%s", line.Text)
	}
	// Loops leave the Go scheduler only to sleep; workers and the expirer need processors of their own, which
	// the kernel then schedules.
	runtime.GOMAXPROCS(max(runtime.GOMAXPROCS(0), v.IOThreads) + 2)

	s, err := server.New(cfg, log)
	if err != nil {
		log.Warningf("%v", err)
		return 1
	}
	s.AwaitData() // a signal that ends the server must not save what is not there yet
	signals(s, log)
	if err := writePidFile(v, log); err != nil {
		log.Warningf("%v", err)
	}
	if err := showTitle(cfg, title); err != nil {
		log.Warningf("%v", err)
	}
	if err := crash.follow(cfg); err != nil {
		log.Warningf("%v", err)
	}
	banner(v, log)
	if err := s.Start(); err != nil {
		log.Warningf("%v", err)
		return 1
	}
	log.Noticef("Server initialized")
	if err := s.LoadData(); err != nil {
		if err != server.ErrLogged {
			log.Warningf("%v", err)
		}
		s.Shutdown(1)
		return s.Wait()
	}
	s.LogReady()
	notifySupervisor(v, log)
	status := s.Wait()
	log.Warningf("Radish is now ready to exit, bye bye...")
	return status
}

// signals has SIGTERM and SIGINT end the server cleanly. A SIGINT while that goes on ends it at once.
func signals(s *server.Server, log *redislog.Logger) {
	signal.Ignore(syscall.SIGPIPE, syscall.SIGHUP)
	c := make(chan os.Signal, 2)
	signal.Notify(c, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		var ending atomic.Bool
		for sig := range c {
			interrupt, name := sig == syscall.SIGINT, "SIGTERM"
			if interrupt {
				name = "SIGINT"
			}
			if ending.Load() && interrupt {
				log.Warningf("You insist... exiting now.")
				s.RemoveTemp()
				os.Exit(1)
			}
			log.Noticef("Received %s scheduling shutdown...", name)
			if !ending.Swap(true) {
				go func() {
					if !s.SignalShutdown(interrupt) {
						ending.Store(false)
					}
				}()
			}
		}
	}()
}
