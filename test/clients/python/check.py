"""Uses the server through Python's redis (RESP2). Argument: the port. Exit code 0: all is well.

Printing the line RESTART asks for a restart of the server; a line on standard input says that it is done.
"""

import sys
import threading
import time

import redis

PORT = int(sys.argv[1])


def connect(**options):
    return redis.Redis(host="127.0.0.1", port=PORT, **options)


def equal(got, want):
    assert got == want, f"{got!r} is not {want!r}"


def raises(text, call, *args, **kwargs):
    try:
        got = call(*args, **kwargs)
    except redis.ResponseError as error:
        assert text in str(error), f"{error!r} does not say {text!r}"
    else:
        raise AssertionError(f"{got!r} is no error")


def strings(r):
    equal(r.set("k", "v"), True)
    equal(r.get("k"), b"v")
    equal(r.set("k", "w", nx=True), None)
    equal(r.set("k", "w", xx=True, get=True), b"v")
    equal(r.set("t", b"\x00\xff\r\n", ex=100), True)
    equal(r.get("t"), b"\x00\xff\r\n")
    assert 98 <= r.ttl("t") <= 100
    equal(r.getex("t", persist=True), b"\x00\xff\r\n")
    equal(r.ttl("t"), -1)
    equal(r.setnx("n", 1), True)
    equal(r.setnx("n", 1), False)
    equal(r.setex("s", 100, "x"), True)
    equal(r.psetex("s", 100000, "y"), True)
    equal(r.getset("s", "z"), b"y")
    equal(r.getdel("s"), b"z")
    equal(r.incr("n"), 2)
    equal(r.incrby("n", 40), 42)
    equal(r.decr("n", 2), 40)
    equal(r.incrbyfloat("n", 0.5), 40.5)
    raises("not an integer", r.incr, "k")
    equal(r.append("k", "orld"), 5)
    equal(r.strlen("k"), 5)
    equal(r.setrange("k", 1, "ORLD"), 5)
    equal(r.getrange("k", 1, 2), b"OR")
    equal(r.substr("k", 1, 2), b"OR")
    equal(r.mset({"a": "1", "b": "2"}), True)
    equal(r.msetnx({"b": "3", "c": "4"}), False)
    equal(r.mget("a", "none", "b"), [b"1", None, b"2"])
    equal(r.lcs("a", "b") if hasattr(r, "lcs") else b"", b"")
    big = b"x" * (5 << 20)
    equal(r.set("big", big), True)
    equal(r.get("big"), big)


def bitmaps(r):
    equal(r.setbit("bits", 7, 1), 0)
    equal(r.getbit("bits", 7), 1)
    equal(r.bitcount("bits"), 1)
    equal(r.bitcount("bits", 0, 6, "BIT"), 0)
    equal(r.bitpos("bits", 1), 7)
    equal(r.bitop("NOT", "inverse", "bits"), 1)
    equal(r.get("inverse"), b"\xfe")
    equal(r.bitfield("bits").set("u8", 0, 255).incrby("u8", 0, 1).get("u8", 0).execute(), [1, 0, 0])
    equal(r.bitfield("bits", "FAIL").incrby("u2", 0, 5).execute(), [None])


def generic(r):
    r.flushall()
    r.mset({f"key:{i}": i for i in range(1000)})
    equal(r.dbsize(), 1000)
    equal(sorted(r.scan_iter(count=50)), sorted(f"key:{i}".encode() for i in range(1000)))
    equal(len(list(r.scan_iter(match="key:1*", _type="string"))), 111)
    equal(sorted(r.keys("key:99?")), [f"key:99{i}".encode() for i in range(10)])
    assert r.randomkey().startswith(b"key:")
    equal(r.exists("key:1", "key:2", "none"), 2)
    equal(r.touch("key:1", "none"), 1)
    equal(r.type("key:1"), b"string")
    equal(r.delete("key:1", "key:2"), 2)
    equal(r.unlink("key:3"), 1)
    equal(r.rename("key:4", "other"), True)
    equal(r.renamenx("key:5", "other"), False)
    equal(r.copy("other", "another"), True)
    equal(r.move("other", 1), True)
    equal(r.expire("key:6", 100), True)
    equal(r.expire("key:6", 50, gt=True), False)
    equal(r.pexpireat("key:6", 33177117420999), True)
    equal(r.execute_command("PEXPIRETIME", "key:6"), 33177117420999)
    equal(r.persist("key:6"), True)
    equal(r.object("encoding", "key:7"), b"int")
    r.set("short", "x", px=30)
    time.sleep(0.06)
    equal(r.get("short"), None)
    equal(r.swapdb(0, 1), True)
    equal(r.dbsize(), 1)
    equal(r.flushdb(), True)
    equal(r.swapdb(0, 1), True)


def server(r):
    equal(r.ping(), True)
    equal(r.echo("hi"), b"hi")
    equal(r.info("server")["redis_version"], "7.4.0")
    assert r.info()["connected_clients"] >= 1
    equal(r.info("keyspace")["db0"]["expires"], 0)
    equal(r.config_set("slowlog-max-len", 64), True)
    equal(r.config_get("slowlog-max-len"), {"slowlog-max-len": "64"})
    equal(r.config_resetstat(), True)
    assert r.command_count() > 80
    equal(r.command()["get"]["arity"], 2)
    equal(r.command_getkeys("MSET", "a", "1", "b", "2"), ["a", "b"])
    assert len(r.time()) == 2
    assert r.memory_usage("key:10") > 0
    assert r.memory_stats()["keys.count"] > 0
    assert r.memory_purge()
    r.config_set("slowlog-log-slower-than", 0)
    r.get("key:10")
    r.config_set("slowlog-log-slower-than", 10000)
    assert any(entry["command"] == b"GET key:10" for entry in r.slowlog_get())
    assert r.slowlog_len() > 0
    equal(r.slowlog_reset(), True)
    assert r.lolwut()
    raises("unknown command", r.execute_command, "NOSUCH")


def connection(r):
    one = r.client()  # a client that keeps its connection
    equal(one.client_setname("check"), True)
    equal(one.client_getname(), "check")
    ident = one.client_id()
    assert any(c["id"] == str(ident) and c["name"] == "check" for c in r.client_list())
    equal(one.client_info()["id"], ident)
    equal(r.client_kill_filter(_id=str(ident)), 1)
    try:
        one.ping()
    except redis.ConnectionError:
        pass  # it connects again at the next command
    equal(one.ping(), True)
    assert one.client_id() != ident
    one.close()
    equal(r.client_pause(20, all=False), True)
    equal(r.client_unpause(), b"OK")
    monitored = connect()
    with monitored.monitor() as monitor:
        threading.Timer(0.05, lambda: connect().set("seen", "1")).start()
        for command in monitor.listen():
            if command["command"] == "SET seen 1":
                break


def pipelines(r):
    pipe = r.pipeline(transaction=False)
    for i in range(10000):
        pipe.set(f"p{i % 100}", i)
        pipe.incr("count")
    replies = pipe.execute()
    equal(len(replies), 20000)
    equal(replies[0], True)
    equal(replies[-1], 10000)
    pipe = r.pipeline(transaction=False)
    pipe.set("k", "v").incr("k").get("k")
    replies = pipe.execute(raise_on_error=False)
    assert replies[0] is True and isinstance(replies[1], redis.ResponseError) and replies[2] == b"v"


def threads():
    r = connect()
    r.set("shared", 0)

    def work():
        for _ in range(500):
            r.incr("shared")

    workers = [threading.Thread(target=work) for _ in range(8)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    equal(r.get("shared"), b"4000")


def restart():
    retrying = connect(retry_on_error=[redis.ConnectionError], retry_on_timeout=True)
    plain = connect()
    equal(retrying.ping(), True)
    equal(plain.ping(), True)
    print("RESTART", flush=True)
    sys.stdin.readline()
    equal(retrying.ping(), True)
    equal(plain.ping(), True)
    equal(plain.dbsize(), 0)


def passwords(r):
    r.config_set("requirepass", "secret")
    try:
        connect().ping()
    except redis.AuthenticationError:
        pass
    else:
        raise AssertionError("PING without a password")
    equal(connect(password="secret").ping(), True)
    equal(connect(username="default", password="secret", db=3).ping(), True)
    r = connect(password="secret")
    r.config_set("requirepass", "")


def main():
    r = connect()
    for part in (strings, bitmaps, generic, server, connection, pipelines):
        part(r)
    threads()
    restart()
    passwords(connect())
    print(f"redis-py {redis.__version__}: all is well")


main()
