// Package harness starts real servers for the tests below test/: ours, built once for each test package,
// and redis-server as the reference. A server listens on a free port of 127.0.0.1 in a directory of its
// own, is stopped in every case when its test ends (by force after a while), and shows its log when the
// test fails. Its log is searched for panics at the end.
//
// [Conn] speaks RESP2 and RESP3 and keeps the bytes of every reply as they came, so that replies can be
// compared to the byte.
//
// A test package that starts servers has
//
//	func TestMain(m *testing.M) { os.Exit(harness.Main(m)) }
//
// Environment:
//
//	RADISH_BINARY        use this program in place of building ours
//	RADISH_BUILD_FLAGS   flags for go build, for example -race
//	REDIS_SERVER         the reference server; redis-server of PATH without it
package harness
