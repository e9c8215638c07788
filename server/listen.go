package server

import (
	"errors"
	"fmt"
	"sync"
	"syscall"

	"radish/config"
	"radish/server/netloop"
)

// listen binds what the configuration asks for.
func (s *Server) listen() error {
	v := s.cfg.Load()
	if v.Port == 0 && v.UnixSocket == "" {
		return errors.New("Configured to not listen anywhere, exiting.")
	}
	tcp, err := s.bindTCP(v)
	if err != nil {
		return err
	}
	var local []*netloop.Listener
	if v.UnixSocket != "" {
		ln, err := netloop.ListenUnix(v.UnixSocket, v.UnixSocketPerm, v.TCPBacklog)
		if err != nil {
			closeAll(tcp)
			return fmt.Errorf("Failed opening Unix socket: bind: %w", plain(err))
		}
		local = append(local, ln)
	}
	s.lnMu.Lock()
	s.tcp, s.unix = tcp, local
	s.lnMu.Unlock()
	for _, ln := range append(tcp, local...) {
		s.accept(ln)
	}
	return nil
}

// relisten moves the TCP listeners to what v says; when that fails, what was bound before is bound again.
func (s *Server) relisten(old, v *config.Values) error {
	s.lnMu.Lock()
	defer s.lnMu.Unlock()
	closeAll(s.tcp)
	s.tcp = nil
	tcp, err := s.bindTCP(v)
	if err != nil {
		if tcp, err2 := s.bindTCP(old); err2 == nil {
			s.tcp = tcp
			for _, ln := range tcp {
				s.accept(ln)
			}
		}
		return err
	}
	s.tcp = tcp
	for _, ln := range tcp {
		s.accept(ln)
	}
	return nil
}

func (s *Server) accept(ln *netloop.Listener) {
	ln.Start(s.loops[0].nl, s.deal, s.admit, func(fd int) { keepAlive(fd, s.cfg.Load().TCPKeepAlive) })
}

// admit counts a new connection, or refuses it when there are maxclients. Connections are counted here, in the
// order in which they come, and not by the loops they are dealt out to.
func (s *Server) admit() []byte {
	if n := s.connected.Add(1); n > int64(s.cfg.Load().MaxClients) {
		s.connected.Add(-1)
		s.rejectedConns.Add(1)
		return []byte("-ERR max number of clients reached\r\n")
	}
	return nil
}

// bindTCP binds all addresses of `bind`. One with a "-" may fail because it is not there; any may fail
// because the system does not know its family.
func (s *Server) bindTCP(v *config.Values) ([]*netloop.Listener, error) {
	if v.Port == 0 {
		return nil, nil
	}
	failed := fmt.Errorf("Failed listening on port %d (tcp), aborting.", v.Port)
	var lns []*netloop.Listener
	for _, addr := range v.Bind {
		host, optional := addr, false
		if host != "" && host[0] == '-' {
			host, optional = host[1:], true
		}
		if host == "::*" {
			host = "::"
		}
		ln, err := netloop.ListenTCP(host, v.Port, netloop.ListenOptions{Backlog: v.TCPBacklog, Mark: v.SocketMarkID})
		if err == nil {
			lns = append(lns, ln)
			continue
		}
		s.log.Warningf("Warning: Could not create server TCP listening socket %s:%d: bind: %v", addr, v.Port, plain(err))
		if optional && errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT) ||
			errors.Is(err, syscall.EPROTONOSUPPORT) || errors.Is(err, syscall.ENOPROTOOPT) {
			continue
		}
		closeAll(lns)
		return nil, failed
	}
	if len(lns) == 0 && len(v.Bind) > 0 {
		return nil, failed
	}
	return lns, nil
}

// closeAll closes listeners and returns when their addresses are free.
func closeAll(lns []*netloop.Listener) {
	var wg sync.WaitGroup
	for _, ln := range lns {
		wg.Add(1)
		ln.Close(wg.Done)
	}
	wg.Wait()
}

// plain is the system's own word for an error, without Go's prefixes.
func plain(err error) error {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errors.New(sentence(errno.Error()))
	}
	return err
}

// sentence gives Go's words for system errors the capital that C's have: people search logs for them.
func sentence(s string) string {
	if s != "" && 'a' <= s[0] && s[0] <= 'z' {
		return string(s[0]-'a'+'A') + s[1:]
	}
	return s
}
