package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// plan is what a run does: rounds of each policy, or as many as there is time for.
type plan struct {
	policies []string
	rounds   int
	limit    time.Duration // 0: none
	seed     uint64
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code, err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "crash:", err)
	}
	os.Exit(code)
}

// run is the program; the code is 0 if nothing was found, 1 if something was, and 2 if it could not look. When ctx is
// done it ends after the round that it is in, and reports.
func run(ctx context.Context, args []string, out io.Writer) (int, error) {
	flags := flag.NewFlagSet("crash", flag.ContinueOnError)
	flags.SetOutput(out)
	server := flags.String("server", "bin/radish-server", "the server, as a path or a name in PATH")
	options := flags.String("options", "--io-threads 4", "more options for the server")
	policies := flags.String("policies", "always,everysec,no", "values of appendfsync, one after the other")
	rounds := flags.Int("rounds", 200, "kills for each policy")
	limit := flags.Duration("for", 0, "instead of -rounds: go on for this long, with all policies in turn")
	seed := flags.Uint64("seed", rand.Uint64()%1e6, "of all that is random; the times still differ")
	dir := flags.String("dir", "", "where folders are made, and left if something is wrong (default: the system's folder for temporary files)")
	writers := flags.Int("clients", 8, "connections that write to keys of their own")
	keys := flags.Int("ballast", 20000, "keys that nobody changes")
	work := flags.Duration("work", 400*time.Millisecond, "how long clients write before a kill, at the most")
	money := flags.Duration("money", 0, "instead: move money between accounts for this long, with as many kills as -rounds says (10 if it does not)")
	if err := flags.Parse(args); err != nil {
		return 2, err
	}
	path, err := exec.LookPath(*server)
	if err != nil {
		return 2, err
	}
	if path, err = filepath.Abs(path); err != nil {
		return 2, err
	}
	cfg := config{server: path, options: strings.Fields(*options), dir: *dir, writers: *writers, ballast: *keys, work: *work, log: out}
	p := plan{policies: strings.Split(*policies, ","), rounds: *rounds, limit: *limit, seed: *seed}
	fmt.Fprintf(out, "%s, seed %d\n", path, *seed)
	if *money > 0 && *rounds > 0 {
		kills := 10
		flags.Visit(func(f *flag.Flag) {
			if f.Name == "rounds" {
				kills = *rounds
			}
		})
		return runMoney(cfg, p, *money, kills)
	}
	return p.run(ctx, cfg)
}

// tooMuch is after how many things wrong a campaign ends.
const tooMuch = 100

func (p plan) run(ctx context.Context, cfg config) (int, error) {
	var campaigns []*campaign
	for i, policy := range p.policies {
		c, err := newCampaign(cfg, policy, p.seed+uint64(i))
		if err != nil {
			return 2, err
		}
		campaigns = append(campaigns, c)
	}
	begin := time.Now()
	for n := 0; ctx.Err() == nil && (p.limit > 0 && time.Since(begin) < p.limit || p.limit == 0 && n < p.rounds); n++ {
		for _, c := range campaigns {
			if c.bad() >= tooMuch {
				continue
			}
			if err := c.round(); err != nil {
				return 2, fmt.Errorf("%s, round %d: %w", c.policy, c.rounds, err)
			}
		}
	}
	code := 0
	for _, c := range campaigns {
		if err := c.finish(); err != nil {
			return 2, err
		}
		if c.bad() > 0 {
			code = 1
		}
	}
	return code, table(cfg.log, campaigns)
}
