package server

import (
	"crypto/sha256"
	"crypto/subtle"

	"radish/command"
	"radish/internal/version"
)

// protectedModeText is what a client from another host is told in protected mode. The words are Redis's:
// tools and people look for them.
const protectedModeText = "-DENIED Redis is running in protected mode because protected mode is enabled and no password is " +
	"set for the default user. In this mode connections are only accepted from the loopback interface. If you want to connect " +
	"from external computers to Redis you may adopt one of the following solutions: 1) Just disable protected mode sending the " +
	"command 'CONFIG SET protected-mode no' from the loopback interface by connecting to Redis from the same host the server " +
	"is running, however MAKE SURE Redis is not publicly accessible from internet if you do so. Use CONFIG REWRITE to make this " +
	"change permanent. 2) Alternatively you can just disable the protected mode by editing the Redis configuration file, and " +
	"setting the protected mode option to 'no', and then restarting the server. 3) If you started the server manually just for " +
	"testing, restart it with the '--protected-mode no' option. 4) Set up an authentication password for the default user. " +
	"NOTE: You only need to do one of the above things in order for the server to start accepting connections from the outside.\r\n"

// What AUTH and HELLO answer. The texts are Redis's.
const (
	errNoPassword  command.Error = "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?"
	errWrongPass   command.Error = "WRONGPASS invalid username-password pair or user is disabled."
	errProtover    command.Error = "ERR Protocol version is not an integer or out of range"
	errNoProto     command.Error = "NOPROTO unsupported protocol version"
	errHelloNoAuth command.Error = "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time"
	errClientName  command.Error = "ERR Client names cannot contain spaces, newlines or special characters."
)

// defaultUser is the only user.
const defaultUser = "default"

// authenticate lets the client in if the password is the user's. A client that is in stays in whatever
// comes of it.
func (s *Server) authenticate(cl *Client, user, password []byte) bool {
	if string(user) != defaultUser || !passwordFits(s.cfg.Load().RequirePass, password) {
		s.authFailures.Add(1)
		return false
	}
	cl.own(func() { cl.setAuthenticated(true) })
	return true
}

// passwordFits says whether got is the password that is required, in a time that tells nothing about it.
func passwordFits(want string, got []byte) bool {
	a, b := sha256.Sum256([]byte(want)), sha256.Sum256(got)
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1 || want == ""
}

// loseAuthentication puts the client back where a new connection stands.
func (s *Server) loseAuthentication(cl *Client) {
	cl.setAuthenticated(s.cfg.Load().RequirePass == "")
}

func (c *Client) setAuthenticated(yes bool) {
	c.authenticated, c.parser.Unauthenticated = yes, !yes
	if yes {
		c.gates &^= gateAuth
	} else {
		c.gates |= gateAuth
	}
}

func (s *Server) cmdAuth(c *command.Ctx) error {
	user, password := []byte(defaultUser), c.Args[1]
	switch {
	case len(c.Args) > 3:
		return command.ErrSyntax
	case len(c.Args) == 3:
		user, password = c.Args[1], c.Args[2]
	case s.cfg.Load().RequirePass == "":
		return errNoPassword
	}
	if !s.authenticate(c.Client.(*Client), user, password) {
		return errWrongPass
	}
	c.Reply.OK()
	return nil
}

// helloOptions are the arguments of HELLO.
type helloOptions struct {
	proto          int // 0: as it is
	auth, named    bool
	user, password []byte
	name           []byte
}

func parseHello(c *command.Ctx) (o helloOptions, err error) {
	if len(c.Args) == 1 {
		return o, nil
	}
	v, err := c.Int(1)
	if err != nil {
		return o, errProtover
	}
	if v < 2 || v > 3 {
		return o, errNoProto
	}
	o.proto = int(v)
	for i := 2; i < len(c.Args); i++ {
		switch more := len(c.Args) - 1 - i; {
		case c.Is(i, "auth") && more >= 2:
			o.auth, o.user, o.password = true, c.Args[i+1], c.Args[i+2]
			i += 2
		case c.Is(i, "setname") && more >= 1:
			o.named, o.name = true, c.Args[i+1]
			if !validAttribute(o.name) {
				return o, errClientName
			}
			i++
		default:
			return o, command.Error("ERR Syntax error in HELLO option '" + cText(c.Args[i]) + "'")
		}
	}
	return o, nil
}

func (s *Server) cmdHello(c *command.Ctx) error {
	o, err := parseHello(c)
	if err != nil {
		return err
	}
	cl := c.Client.(*Client)
	if o.auth && !s.authenticate(cl, o.user, o.password) {
		return errWrongPass
	}
	if !cl.authenticated {
		return errHelloNoAuth
	}
	cl.own(func() {
		if o.named {
			cl.name = string(o.name)
		}
		if o.proto != 0 {
			cl.proto = o.proto
			if cl.track != nil {
				cl.track.resp3.Store(cl.proto == 3)
			}
		}
	})
	w := c.Reply
	w.Proto = cl.proto
	w.Map(7)
	w.BulkString("server")
	w.BulkString("redis")
	w.BulkString("version")
	w.BulkString(version.Redis)
	w.BulkString("proto")
	w.Int(int64(cl.proto))
	w.BulkString("id")
	w.Int(int64(cl.ID))
	w.BulkString("mode")
	w.BulkString("standalone")
	w.BulkString("role")
	w.BulkString("master")
	w.BulkString("modules")
	w.EmptyArray()
	return nil
}
