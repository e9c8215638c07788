//go:build linux

package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	snapshotKeys    = 5_000_000
	snapshotMembers = 2_000_000
	snapshotClients = 20
	snapshotRuns    = 3 // of each: BGSAVE alone and under load, loading
	loadWarmUp      = 2 * time.Second
	quietTime       = 5 * time.Second
	memoryEvery     = 1000 * time.Millisecond // summing up the pages of a gigabyte takes 10 ms of CPU
	jobEvery        = 20 * time.Millisecond
	jobLimit        = 5 * time.Minute
	longestChange   = 10 // ms
	peakLimit       = 1.06
	rateLimit       = 0.80
)

// job is something long that a server does in the background.
type job struct {
	name    string // the command that begins it
	running string // the field of INFO persistence that is 1 meanwhile
	status  string // the one that is "ok" afterwards
}

func saveJob() job { return job{"BGSAVE", "rdb_bgsave_in_progress", "rdb_last_bgsave_status"} }

// run begins the job and waits for its end. each is called meanwhile, and may be nil.
func (j job) run(c *client, each func() error) error {
	if _, err := c.do(j.name); err != nil {
		return err
	}
	for deadline := time.Now().Add(jobLimit); time.Now().Before(deadline); time.Sleep(jobEvery) {
		rep, err := c.do("INFO", "persistence")
		if err != nil {
			return err
		}
		fields := infoFields(rep.text)
		if fields[j.running] == "0" {
			if fields[j.status] != "ok" {
				return fmt.Errorf("%s: %s is %q", j.name, j.status, fields[j.status])
			}
			return nil
		}
		if each != nil {
			if err := each(); err != nil {
				return err
			}
		}
	}
	return fmt.Errorf("%s is not done after %v", j.name, jobLimit)
}

// duringJob is what a job does to a server whose clients write at full speed.
type duringJob struct {
	quiet, during span
	before, peak  int64 // bytes of the server and its children
	took          time.Duration
	cpu           [2]float64 // processors that the server itself used, without children: quiet, during
}

func (d duringJob) growth() float64 { return float64(d.peak) / float64(d.before) }

func (d duringJob) kept() float64 { return d.during.rate / d.quiet.rate }

// duringJobs are the runs of one job. The machine may stop everybody for as long as a job may (a program that only looks at the clock on both processors
// of a virtual one sees 10 to 20 ms within half a minute), so rates and longest commands are those of the middle run; memory is the most of all.
type duringJobs []duringJob

func (d duringJobs) middle(of func(duringJob) float64) float64 {
	var all []float64
	for _, j := range d {
		all = append(all, of(j))
	}
	return median(all)
}

func (d duringJobs) kept() float64 { return d.middle(duringJob.kept) }

func (d duringJobs) growth() float64 {
	return slices.MaxFunc(d, func(a, b duringJob) int { return cmp.Compare(a.growth(), b.growth()) }).growth()
}

func (d duringJobs) quietRate() float64 {
	return d.middle(func(j duringJob) float64 { return j.quiet.rate })
}

func (d duringJobs) longest() float64 {
	return d.middle(func(j duringJob) float64 { return milliseconds(j.during.longest) })
}

func (d duringJobs) took() float64 {
	return d.middle(func(j duringJob) float64 { return j.took.Seconds() })
}

// eachLongest lists the longest commands of all runs, in ms: while the job ran, and when all was quiet.
func (d duringJobs) eachLongest() (during, quiet string) {
	var a, b []string
	for _, j := range d {
		a = append(a, fmt.Sprintf("%.1f", milliseconds(j.during.longest)))
		b = append(b, fmt.Sprintf("%.1f", milliseconds(j.quiet.longest)))
	}
	return strings.Join(a, " "), strings.Join(b, " ")
}

// longestNote says how the longest commands of both servers varied.
func longestNote(d [2]duringJobs) string {
	o, oq := d[ours].eachLongest()
	t, tq := d[theirs].eachLongest()
	return fmt.Sprintf("middle of %s and of %s ms; when quiet %s and %s ms", o, t, oq, tq)
}

// repeatDuringJob measures a job some times.
func (b *bench) repeatDuringJob(s *server, c *client, j job, keys, members int) (d duringJobs, err error) {
	for range snapshotRuns {
		time.Sleep(time.Duration(b.scaled(int(settleTime), 5)))
		one, err := b.measureDuringJob(s, c, j, keys, members)
		if err != nil {
			return d, err
		}
		b.logDuring(s.kind, one)
		d = append(d, one)
	}
	return d, nil
}

// measureDuringJob lets clients write for a while, and then while the job runs.
func (b *bench) measureDuringJob(s *server, c *client, j job, keys, members int) (d duringJob, err error) {
	g, err := dialLoad(s.addr, snapshotClients, false)
	if err != nil {
		return d, err
	}
	defer g.close()
	src := newChanges(keys, members, snapshotClients)
	sleep := func(length time.Duration) func() error {
		return func() error { time.Sleep(length); return nil }
	}
	if _, err := measureSpan(g, src, sleep(time.Duration(b.scaled(int(loadWarmUp), 5)))); err != nil {
		return d, err
	}
	if d.quiet, d.cpu[0], err = measureSpanCPU(s, g, src, sleep(time.Duration(b.scaled(int(quietTime), 5)))); err != nil {
		return d, err
	}
	if d.before, err = groupMemory(s.pid); err != nil {
		return d, err
	}
	if err := resetPeak(s.pid); err != nil {
		return d, err
	}
	begin := time.Now()
	d.during, d.cpu[1], err = measureSpanCPU(s, g, src, func() error { return j.run(c, watchMemory(s.pid, &d.peak)) })
	if err != nil {
		return d, err
	}
	d.took = time.Since(begin)
	own, err := highestRSS(s.pid)
	d.peak = max(d.peak, own)
	return d, err
}

// measureSpanCPU is measureSpan, with the processors that the server itself used.
func measureSpanCPU(s *server, g *loadgen, src source, run func() error) (sp span, processors float64, err error) {
	begin := time.Now()
	from, err := cpuTime(s.pid)
	if err != nil {
		return sp, 0, err
	}
	if sp, err = measureSpan(g, src, run); err != nil {
		return sp, 0, err
	}
	to, err := cpuTime(s.pid)
	return sp, float64(to-from) / float64(time.Since(begin)), err
}

// watchMemory returns a function that now and then looks what a process and its children take, and keeps the most. It does not look at a process that has no
// children, as the kernel keeps the most of that (highestRSS): to look keeps a processor from everybody else for 10 ms.
func watchMemory(pid int, most *int64) func() error {
	var last time.Time
	return func() error {
		if time.Since(last) < memoryEvery {
			return nil
		}
		last = time.Now()
		if pids, err := children(pid); err != nil || len(pids) == 0 {
			return err
		}
		n, err := groupMemory(pid)
		*most = max(*most, n)
		return err
	}
}

// snapshotFigures are those of one server.
type snapshotFigures struct {
	alone, loading time.Duration
	file           string // what the server saved when it was alone
	plain, zset    duringJobs
}

// snapshotsSection measures what BGSAVE does to clients that write at full speed, and how long saving and loading take.
func snapshotsSection(b *bench) ([]row, error) {
	keys, members := b.scaled(snapshotKeys, 20), b.scaled(snapshotMembers, 20)
	var f [2]snapshotFigures
	for _, k := range []kind{ours, theirs} {
		if err := b.measureSnapshots(k, keys, members, &f[k]); err != nil {
			return nil, fmt.Errorf("%v: %w", k, err)
		}
	}
	for round := range snapshotRuns {
		for _, k := range []kind{ours, theirs} {
			took, err := b.measureLoading(k, f[theirs].file, keys)
			if err != nil {
				return nil, fmt.Errorf("%v: %w", k, err)
			}
			b.logf("%v: loading took %v", k, took)
			if round == 0 || took < f[k].loading {
				f[k].loading = took
			}
		}
	}
	what := fmt.Sprintf("%d keys of %d B, SET by %d clients during BGSAVE", keys, bigValue, snapshotClients)
	rows := duringRows(what, [2]duringJobs{f[ours].plain, f[theirs].plain})
	what = fmt.Sprintf("the same, one of them writing to a sorted set of %d", members)
	rows = append(rows, duringRows(what, [2]duringJobs{f[ours].zset, f[theirs].zset})...)
	note := fmt.Sprintf("shortest of %d", snapshotRuns)
	return append(rows,
		ratioRow("time of BGSAVE alone", "ms", milliseconds(f[ours].alone), milliseconds(f[theirs].alone), 0, 0.8, note),
		ratioRow("time of loading that file, start-up included", "ms", milliseconds(f[ours].loading), milliseconds(f[theirs].loading), 0, 0.7, note)), nil
}

// duringRows are the rows of what a job did to others.
func duringRows(what string, d [2]duringJobs) []row {
	note := fmt.Sprintf("it took %.1f and %.1f s", d[ours].took(), d[theirs].took())
	memory := absoluteRow(what+": peak memory", "of before", d[ours].growth(), d[theirs].growth(), peakLimit,
		fmt.Sprintf("before %.0f and %.0f MB; children included", float64(d[ours][0].before)/megabyte, float64(d[theirs][0].before)/megabyte))
	rate := atLeastRow(what+": throughput", "of quiet", d[ours].kept(), d[theirs].kept(), rateLimit,
		fmt.Sprintf("quiet %s and %s; %s", figure(d[ours].quietRate(), "/s"), figure(d[theirs].quietRate(), "/s"), note))
	longest := absoluteRow(what+": longest command", "ms", d[ours].longest(), d[theirs].longest(), longestChange, longestNote(d))
	return []row{memory, rate, longest}
}

// measureSnapshots measures BGSAVE on one server: alone, and under load.
func (b *bench) measureSnapshots(k kind, keys, members int, f *snapshotFigures) error {
	s, c, stop, err := b.startFilled(k, options{}, keys)
	if err != nil {
		return err
	}
	defer stop()
	settle := func() { time.Sleep(time.Duration(b.scaled(int(settleTime), 5))) }
	for round := range snapshotRuns {
		settle()
		begin := time.Now()
		if err := saveJob().run(c, nil); err != nil {
			return err
		}
		took := time.Since(begin)
		b.logf("%v: BGSAVE alone took %v", k, took)
		if round == 0 || took < f.alone {
			f.alone = took
		}
	}
	if f.file, err = s.keepFile("dump.rdb"); err != nil {
		return err
	}
	if f.plain, err = b.repeatDuringJob(s, c, saveJob(), keys, 0); err != nil {
		return err
	}
	if err := fillZSet(s, members); err != nil {
		return err
	}
	f.zset, err = b.repeatDuringJob(s, c, saveJob(), keys, members)
	return err
}

func (b *bench) logDuring(k kind, d duringJob) {
	b.logf("%v: quiet %v, %.2f CPUs; during %v, %.2f CPUs, of %.1f s: throughput %.2f, memory %.3f", k, d.quiet, d.cpu[0], d.during, d.cpu[1],
		d.took.Seconds(), d.kept(), d.growth())
}

// keepFile puts a file of the server's folder where the server does not write to, and returns its name.
func (s *server) keepFile(name string) (string, error) {
	dir := filepath.Join(s.dir, "kept")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	kept := filepath.Join(dir, name)
	return kept, os.Rename(filepath.Join(s.dir, name), kept)
}

// measureLoading returns how long a server takes to start with a file.
func (b *bench) measureLoading(k kind, file string, keys int) (time.Duration, error) {
	begin := time.Now()
	s, err := b.fleet.start(k, options{args: []string{"--dir", filepath.Dir(file)}})
	if err != nil {
		return 0, err
	}
	took := time.Since(begin)
	defer s.stop()
	c, err := dial(s.addr)
	if err != nil {
		return 0, err
	}
	defer c.close()
	return took, c.expectKeys(keys)
}
