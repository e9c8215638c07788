package server

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"radish/command"
	"radish/config"
	"radish/internal/redislog"
	"radish/persist"
	"radish/persist/aof"
	"radish/persist/fsys"
	"radish/pubsub"
	"radish/resp"
	"radish/server/netloop"
	"radish/store"
	"radish/txn"
)

// Logger is where the server writes what happens; its levels are Redis's.
type Logger interface {
	Debugf(format string, args ...any)
	Verbosef(format string, args ...any)
	Noticef(format string, args ...any)
	Warningf(format string, args ...any)
	SetLevel(level redislog.Level)
}

// Server is one running data store. New makes it, Start lets clients in, Wait returns when it has ended.
type Server struct {
	cfg      *config.Config
	log      Logger
	table    *command.Table
	env      command.Env
	store    *store.Store
	loops    []*eventLoop
	txns     *txn.Watches
	waiting  *waiting
	hub      *pubsub.Hub
	tracking *tracking
	// replies lends memory to the replies of workers
	replies resp.Pool

	started   time.Time // with a monotonic reading: the zero of monotonic()
	runID     string
	replID    atomic.Pointer[string]
	lnMu      sync.Mutex
	tcp, unix []*netloop.Listener // guarded by lnMu
	nextLoop  atomic.Uint64
	spread    bool // see deal

	gates     atomic.Uint32 // gateBits of the server's side
	slowAbove atomic.Int64  // ns from which on a command is slow for somebody; see slow
	lapseAt   atomic.Int64  // unix ms at which the expirer wakes; see wakeExpirer
	lapseWake chan struct{}
	notified  atomic.Uint32 // see notify.go

	nextClientID    atomic.Uint64
	connected       atomic.Int64
	totalConns      atomic.Int64
	rejectedConns   atomic.Int64
	queryLimitHits  atomic.Int64
	outputLimitHits atomic.Int64
	evictedClients  atomic.Int64
	clientMem       atomic.Int64 // bytes that clients hold
	startMem        int64        // bytes that the process held before there were keys
	blocked         atomic.Int64 // clients that wait
	evictedKeys     atomic.Int64
	expiredKeys     atomic.Int64
	peakMem         atomic.Int64

	evicting        atomic.Bool
	exceededSince   atomic.Int64 // since when maxmemory is exceeded: ns, see monotonic; 0: it is not
	evictingClients atomic.Bool
	purging         atomic.Bool
	crowded         atomic.Bool // somebody waits for room in mailboxes; see throttle
	cronPaused      atomic.Bool // DEBUG PAUSE-CRON
	dumps           dumps
	links           migrateLinks
	sleepMu         sync.Mutex // DEBUG SLEEP: one after another
	watchMu         sync.Mutex // keeps env.Observed in step with txns and waiters
	waiters         int        // clients in blocking commands; guarded by watchMu

	oom               oomScore
	expireNs, purgeNs atomic.Int64 // spent in the expirer, in compacting
	exceededNs        atomic.Int64 // for which maxmemory was exceeded until exceededSince was 0 last
	cronNs            atomic.Int64 // spent in cron
	partial           atomic.Bool  // the store does not hold all of the data: see AwaitData
	endMu             sync.Mutex   // of endWith
	holdMu            sync.Mutex   // see holdWorkers
	authFailures      atomic.Int64
	pauses            pauseState
	monitors          monitorList
	slowlog           slowLog
	latency           latencyMonitor
	rates             rateSampler
	saving            saving
	aof               *aof.Log
	logging           logging

	workers chan struct{}
	stop    chan struct{}
	stopped sync.WaitGroup
	serving sync.Once // see serve
	exit    chan int  // exit status, once
	ending  atomic.Bool
	// endAsked: a signal has asked for the end, which has not begun.
	endAsked atomic.Bool
}

// shards is so many that two loops rarely meet, and as many as a shardSet can name.
const shards = maxShards

// New builds a server that does not listen yet.
func New(cfg *config.Config, log Logger) (*Server, error) { return newOn(fsys.OS(), cfg, log) }

// newOn is New for a server whose data lie in a file system.
func newOn(files fsys.FS, cfg *config.Config, log Logger) (*Server, error) {
	s := &Server{cfg: cfg, log: log, started: time.Now(), lapseWake: make(chan struct{}, 1), spread: cfg.Given("io-threads"),
		workers: make(chan struct{}, max(4, runtime.NumCPU())), stop: make(chan struct{}), exit: make(chan int, 1)}
	s.runID = newRunID()
	replID := newRunID()
	s.replID.Store(&replID)
	s.lapseAt.Store(math.MaxInt64)
	table, err := command.NewTable(append(command.DataSpecs(), s.specs()...)...)
	if err != nil {
		return nil, err
	}
	for _, r := range cfg.Renamings() {
		if err := table.Rename(r.From, r.To); err != nil {
			return nil, fmt.Errorf("rename-command %s: %w", r.From, err)
		}
	}
	s.table, s.env.Table = table, table
	s.saving.fs, s.saving.rewriteS = files, -1
	s.saving.saver = persist.NewSaver(s.saving.fs)
	s.env.FlushedAll = s.flushedAll
	s.env.Record = func(c *command.Ctx) { s.record(c, 0) }
	s.logging.tx = make([]*command.Effects, shards)
	s.env.FlushSaves.Store(len(cfg.Load().Save) > 0)
	s.env.KeyEvent, s.env.Block, s.env.Flushed, s.env.Swapped = s.keyEvent, s.block, s.onFlushed, s.onSwapped
	v := cfg.Load()
	s.store, err = store.New(store.Options{Databases: v.Databases, Shards: shards,
		Hooks:        store.Hooks{Expired: s.onExpired, FieldsExpired: s.onFieldsExpired, Evicted: s.onEvicted, Created: s.onCreated, NewDeadline: s.newDeadline},
		OnLongUnlock: s.longUnlocked, NoMemory: s.noMemory})
	if err != nil {
		return nil, err
	}
	s.aof = s.newLog(v)
	s.txns = txn.NewWatches(s.store.Shards())
	s.waiting = newWaiting(s.store.Shards())
	s.hub = pubsub.New(v.IOThreads, s.hubHooks())
	s.tracking = newTracking(s.store.Shards())
	for i := 0; i < v.IOThreads; i++ {
		l, err := newEventLoop(s, i)
		if err != nil {
			return nil, err
		}
		s.loops = append(s.loops, l)
	}
	runtime.GC() // what starting up has left behind is not in use
	s.startMem = processMemory()
	if err := s.watchConfig(); err != nil {
		return nil, err
	}
	s.adjustMaxClients()
	if v.DisableTHP {
		if err := disableTHP(); err != nil {
			s.log.Warningf("Cannot disable transparent huge pages: %v", err)
		}
	}
	return s, nil
}

// adjustMaxClients makes sure that maxclients connections fit into the limit of open files; what does not
// fit is taken off maxclients.
func (s *Server) adjustMaxClients() {
	v := s.cfg.Load()
	n := openFilesFor(v.MaxClients)
	if n >= v.MaxClients {
		return
	}
	s.log.Warningf("You requested maxclients of %d requiring at least %d max file descriptors.", v.MaxClients, v.MaxClients+reservedFiles)
	s.log.Warningf("Current maximum open files is %d. maxclients has been reduced to %d to compensate for low ulimit. If you need higher maxclients increase 'ulimit -n'.", n+reservedFiles, n)
	if err := s.cfg.Set([][2]string{{"maxclients", strconv.Itoa(n)}}, config.SetOptions{Local: true}); err != nil {
		s.log.Warningf("%v", err)
	}
}

// monotonic is the ns since the server's start.
func (s *Server) monotonic() int64 { return int64(time.Since(s.started)) }

// Start listens and serves. After AwaitData those who connect wait before they are served: see unansweredLoading.
func (s *Server) Start() error {
	if err := s.listen(); err != nil {
		return err
	}
	if s.partial.Load() {
		time.AfterFunc(unansweredLoading, s.serve)
	} else {
		s.serve()
	}
	s.stopped.Add(2)
	go s.expirer()
	go s.cron()
	return nil
}

// serve has the loops run, if they do not yet.
func (s *Server) serve() {
	s.serving.Do(func() {
		for _, l := range s.loops {
			go l.nl.Run()
		}
	})
}

// Wait returns the exit status when the server has ended.
func (s *Server) Wait() int { return <-s.exit }

// Shutdown ends the server with a status: no new connections, loops stopped, files removed.
func (s *Server) Shutdown(status int) {
	if s.ending.Swap(true) {
		return
	}
	go func() {
		close(s.stop) // first, so that loops that DEBUG SLEEP holds go on
		s.serve()     // they end their own connections
		s.lnMu.Lock()
		closeAll(s.tcp)
		closeAll(s.unix)
		s.lnMu.Unlock()
		for _, l := range s.loops {
			l.nl.Post(l.lastFlush)
			l.nl.Stop()
			<-l.nl.Done()
		}
		v := s.cfg.Load()
		if v.UnixSocket != "" {
			os.Remove(v.UnixSocket)
		}
		if v.PidFile != "" {
			os.Remove(v.PidFile)
		}
		s.stopped.Wait()
		s.closeLog()
		s.exit <- status
	}()
}

// lastFlush sends what replies the sockets take before the loop ends.
func (l *eventLoop) lastFlush() {
	l.deliver()
	l.Leave()
	for _, cl := range l.clients {
		cl.conn.Flush()
	}
}

// longUnlocked is called when a long command has given back a shard that somebody wanted.
func (s *Server) longUnlocked(int) {
	for _, l := range s.loops {
		l.nl.Post(l.retryParked)
	}
}
