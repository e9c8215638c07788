package config

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"radish/internal/num"
)

// The directives that are no plain number, word or string.

// maxBinds is how many addresses bind may name.
const maxBinds = 16

func bindRow() directive {
	return directive{
		name: "bind", flags: modifiable | multi,
		init: func(v *Values) { v.Bind = []string{"*", "-::*"} },
		set: func(s *setting) error {
			if len(s.args) > maxBinds {
				return errTooManyBinds
			}
			s.v.Bind = nil
			if len(s.args) == 1 && s.args[0] == "" {
				return nil
			}
			for _, addr := range s.args {
				s.v.Bind = append(s.v.Bind, cString(addr))
			}
			return nil
		},
		get: func(v *Values) string { return strings.Join(v.Bind, " ") },
		short: func(v *Values) string {
			if len(v.Bind) == 0 {
				return `""`
			}
			return strings.Join(v.Bind, " ")
		},
		absent: func(v *Values) bool { return slices.Equal(v.Bind, []string{"*", "-::*"}) },
	}
}

func dirRow() directive {
	return directive{
		name: "dir", flags: modifiable | protected | denyLoading, always: true,
		init: func(*Values) {}, // where the process is; Config puts it
		set: func(s *setting) error {
			if err := s.env.chdir(cString(s.args[0])); err != nil {
				return reason(strerror(err))
			}
			s.v.Dir = s.env.workingDir()
			return nil
		},
		get:   func(v *Values) string { return v.Dir },
		short: func(v *Values) string { return quote(v.Dir) },
	}
}

func saveRow() directive {
	return directive{
		name: "save", flags: modifiable | multi, effect: works, always: true,
		init: func(v *Values) { v.Save = []SavePoint{{3600, 1}, {300, 100}, {60, 10000}} },
		set:  setSave,
		get: func(v *Values) string {
			var words []string
			for _, p := range v.Save {
				words = append(words, itoa(p.Seconds), itoa(p.Changes))
			}
			return strings.Join(words, " ")
		},
		lines: func(v, _ *Values) []rewriteLine {
			if len(v.Save) == 0 {
				return []rewriteLine{{`save ""`, true}}
			}
			var lines []rewriteLine
			for _, p := range v.Save {
				lines = append(lines, rewriteLine{"save " + itoa(p.Seconds) + " " + itoa(p.Changes), true})
			}
			return lines
		},
	}
}

// setSave reads pairs of seconds and changes. In a file the points of several
// lines add up, the first line taking the place of the defaults; "" removes
// all there are.
func setSave(s *setting) error {
	args := s.args
	if len(args) == 1 && args[0] == "" {
		s.v.Save = nil
		args = nil
	}
	if len(args)%2 != 0 {
		return errSave
	}
	points := make([]SavePoint, 0, len(args)/2)
	for i := 0; i < len(args); i += 2 {
		seconds, ok1 := scanWhole(cString(args[i]))
		changes, ok2 := scanWhole(cString(args[i+1]))
		if !ok1 || !ok2 || seconds < 1 || changes < 0 {
			return errSave
		}
		points = append(points, SavePoint{seconds, int(int32(changes))})
	}
	if s.file == nil || !s.file.saveSeen {
		s.v.Save = nil
	}
	if s.file != nil {
		s.file.saveSeen = true
	}
	s.v.Save = slices.Concat(s.v.Save, points)
	return nil
}

func outputLimitRow() directive {
	defaults := [NumClientClasses]OutputBufferLimit{
		ClassReplica: {256 << 20, 64 << 20, 60},
		ClassPubSub:  {32 << 20, 8 << 20, 60},
	}
	return directive{
		name: "client-output-buffer-limit", flags: modifiable | multi,
		init: func(v *Values) { v.OutputBufferLimits = defaults },
		set:  setOutputLimits,
		get: func(v *Values) string {
			var words []string
			for class, l := range v.OutputBufferLimits {
				words = append(words, ClientClass(class).String(), itoa(l.Hard), itoa(l.Soft), itoa(l.SoftSeconds))
			}
			return strings.Join(words, " ")
		},
		lines: func(v, def *Values) []rewriteLine {
			var lines []rewriteLine
			for class, l := range v.OutputBufferLimits {
				name := ClientClass(class).String()
				if ClientClass(class) == ClassReplica {
					name = "replica"
				}
				lines = append(lines, rewriteLine{
					fmt.Sprintf("client-output-buffer-limit %s %s %s %d", name,
						formatMemory(l.Hard), formatMemory(l.Soft), l.SoftSeconds),
					l != def.OutputBufferLimits[class],
				})
			}
			return lines
		},
	}
}

// setOutputLimits reads groups of class, hard limit, soft limit and seconds;
// classes that are not named keep theirs.
func setOutputLimits(s *setting) error {
	if len(s.args)%4 != 0 {
		return errLimitCount
	}
	limits := s.v.OutputBufferLimits
	for group := range slices.Chunk(s.args, 4) {
		class, ok := outputClass(cString(group[0]))
		if !ok {
			return errLimitClass
		}
		hard, ok1 := ParseMemory(cString(group[1]))
		soft, ok2 := ParseMemory(cString(group[2]))
		seconds, ok3 := scanWhole(cString(group[3]))
		if !ok1 || !ok2 || !ok3 || int32(seconds) < 0 {
			return errLimitValue
		}
		limits[class] = OutputBufferLimit{saturate(hard), saturate(soft), int(int32(seconds))}
	}
	s.v.OutputBufferLimits = limits
	return nil
}

func outputClass(name string) (ClientClass, bool) {
	switch strings.ToLower(name) {
	case "normal":
		return ClassNormal, true
	case "slave", "replica":
		return ClassReplica, true
	case "pubsub":
		return ClassPubSub, true
	}
	return 0, false
}

// saturate makes a size beyond 2^63 the largest there is.
func saturate(n uint64) int64 { return int64(min(n, math.MaxInt64)) }

func oomValuesRow() directive {
	return directive{
		name: "oom-score-adj-values", flags: modifiable | multi,
		init: func(v *Values) { v.OOMScoreAdjValues = [3]int{0, 200, 800} },
		set: func(s *setting) error {
			if len(s.args) != 3 {
				return errArgCount
			}
			var values [3]int
			for i, arg := range s.args {
				n, ok := scanWhole(cString(arg))
				if !ok || n < -2000 || n > 2000 {
					return errOOMValues
				}
				values[i] = int(n)
			}
			s.v.OOMScoreAdjValues = values
			return nil
		},
		get: func(v *Values) string {
			a := v.OOMScoreAdjValues
			return fmt.Sprintf("%d %d %d", a[0], a[1], a[2])
		},
	}
}

// notifyLetters are the classes of events in the order in which they are
// written; those before K are what A stands for, except n.
const notifyLetters = "g$lshzxetdnKEm"

func notifyFlag(letter byte) NotifyFlags {
	switch letter {
	case 'A':
		return NotifyAll
	case 'g':
		return NotifyGeneric
	case '$':
		return NotifyString
	case 'l':
		return NotifyList
	case 's':
		return NotifySet
	case 'h':
		return NotifyHash
	case 'z':
		return NotifyZSet
	case 'x':
		return NotifyExpired
	case 'e':
		return NotifyEvicted
	case 't':
		return NotifyStream
	case 'd':
		return NotifyModule
	case 'n':
		return NotifyNew
	case 'K':
		return NotifyKeyspace
	case 'E':
		return NotifyKeyevent
	case 'm':
		return NotifyKeyMiss
	}
	return 0
}

// String is the flags' canonical form in notify-keyspace-events. Together with
// A the class n is not written.
func (f NotifyFlags) String() string {
	var out []byte
	all := f&NotifyAll == NotifyAll
	if all {
		out = append(out, 'A')
	}
	for _, letter := range []byte(notifyLetters) {
		bit := notifyFlag(letter)
		if f&bit != 0 && !(all && bit&(NotifyAll|NotifyNew) != 0) {
			out = append(out, letter)
		}
	}
	return string(out)
}

func notifyRow() directive {
	return directive{
		name: "notify-keyspace-events", flags: modifiable,
		init: func(v *Values) { v.NotifyKeyspaceEvents = 0 },
		set: func(s *setting) error {
			var f NotifyFlags
			for _, letter := range []byte(cString(s.args[0])) {
				bit := notifyFlag(letter)
				if bit == 0 {
					return errNotifyClass
				}
				f |= bit
			}
			s.v.NotifyKeyspaceEvents = f
			return nil
		},
		get:   func(v *Values) string { return v.NotifyKeyspaceEvents.String() },
		short: func(v *Values) string { return quote(v.NotifyKeyspaceEvents.String()) },
	}
}

func replicaOfRow() directive {
	get := func(v *Values) string {
		if v.MasterHost == "" {
			return ""
		}
		return v.MasterHost + " " + itoa(v.MasterPort)
	}
	return directive{
		name: "replicaof", alias: "slaveof", flags: immutable | multi,
		init: func(v *Values) { v.MasterHost, v.MasterPort = "", 0 },
		set: func(s *setting) error {
			if len(s.args) != 2 {
				return errArgCount
			}
			host, port := cString(s.args[0]), cString(s.args[1])
			s.v.MasterHost = ""
			if strings.EqualFold(host, "no") && strings.EqualFold(port, "one") {
				return nil
			}
			n, ok := scanWhole(port)
			if !ok || n < 0 || n > 65535 {
				return errMasterPort
			}
			s.v.MasterHost, s.v.MasterPort = host, int(n)
			return nil
		},
		get:    get,
		absent: func(v *Values) bool { return v.MasterHost == "" },
	}.refusing(when(func(v *Values) bool { return v.MasterHost != "" }, cannotReplicate))
}

func percentilesRow() directive {
	words := func(v *Values) string {
		var out []string
		for _, p := range v.LatencyTrackingInfoPercentiles {
			word := strconv.FormatFloat(p, 'f', 6, 64)
			out = append(out, strings.TrimSuffix(strings.TrimRight(word, "0"), "."))
		}
		return strings.Join(out, " ")
	}
	return directive{
		name: "latency-tracking-info-percentiles", flags: modifiable | multi, always: true,
		init: func(v *Values) { v.LatencyTrackingInfoPercentiles = []float64{50, 99, 99.9} },
		set: func(s *setting) error {
			if len(s.args) == 1 && s.args[0] == "" {
				s.v.LatencyTrackingInfoPercentiles = nil
				return nil
			}
			list := make([]float64, len(s.args))
			for i, arg := range s.args {
				p, ok := num.ParseDouble([]byte(arg))
				if !ok {
					return errPercentile
				}
				if p < 0 || p > 100 {
					return errPercentileRange
				}
				list[i] = p
			}
			s.v.LatencyTrackingInfoPercentiles = list
			return nil
		},
		get: words,
		short: func(v *Values) string {
			if len(v.LatencyTrackingInfoPercentiles) == 0 {
				return `""`
			}
			return words(v)
		},
	}
}
