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


def later(call, *args):
    timer = threading.Timer(0.05, lambda: call(*args))
    timer.start()
    return timer


def lists(r):
    equal(r.rpush("l", "b", "c", "d"), 3)
    equal(r.lpush("l", "a"), 4)
    equal(r.lrange("l", 0, -1), [b"a", b"b", b"c", b"d"])
    equal(r.lindex("l", -1), b"d")
    equal(r.linsert("l", "BEFORE", "c", "x"), 5)
    equal(r.lset("l", 0, "A"), True)
    equal(r.lrem("l", 0, "x"), 1)
    equal(r.lpos("l", "c"), 2)
    equal(r.lmove("l", "m", "LEFT", "RIGHT"), b"A")
    equal(r.rpoplpush("l", "m"), b"d")
    equal(r.lpop("l", 5), [b"b", b"c"])
    equal(r.lpop("l"), None)
    equal(r.ltrim("m", 1, 1), True)
    equal(r.lmpop(2, "none", "m", direction="LEFT"), [b"m", [b"A"]])
    equal(r.blpop("none", 0.05), None)
    timer = later(connect().rpush, "q", "job")
    equal(r.blpop(["other", "q"], 10), (b"q", b"job"))
    timer.join()
    timer = later(connect().rpush, "from", "job")
    equal(r.blmove("from", "to", 10), b"job")
    timer.join()
    timer = later(connect().lpush, "q", "1", "2")
    equal(r.blmpop(10, 1, "q", direction="RIGHT", count=5), [b"q", [b"1", b"2"]])
    timer.join()
    raises("WRONGTYPE", r.get, "to")


def hashes(r):
    equal(r.hset("h", mapping={"a": 1, "b": "two"}), 2)
    equal(r.hget("h", "b"), b"two")
    equal(r.hmget("h", "a", "none"), [b"1", None])
    equal(r.hgetall("h"), {b"a": b"1", b"b": b"two"})
    equal(r.hsetnx("h", "a", 9), False)
    equal(r.hexists("h", "a"), True)
    equal(r.hincrby("h", "a", 41), 42)
    equal(r.hincrbyfloat("h", "a", 0.5), 42.5)
    equal(r.hstrlen("h", "b"), 3)
    equal(sorted(r.hkeys("h")), [b"a", b"b"])
    equal(sorted(r.hvals("h")), [b"42.5", b"two"])
    equal(len(r.hrandfield("h", 5, withvalues=True)), 4)
    equal(r.hdel("h", "a", "none"), 1)
    equal(r.hlen("h"), 1)
    equal(r.hset("bighash", mapping={f"field:{i}": i for i in range(5000)}), 5000)
    equal(len(r.hgetall("bighash")), 5000)
    equal(len(dict(r.hscan_iter("bighash", match="field:*", count=100))), 5000)
    equal(r.object("encoding", "bighash"), b"hashtable")


def sets(r):
    equal(r.sadd("s", 1, 2, 3, 3), 3)
    equal(r.object("encoding", "s"), b"intset")
    equal(r.sadd("t", "2", "3", "four"), 3)
    equal(r.smembers("s"), {b"1", b"2", b"3"})
    equal(r.sismember("s", 1), True)
    equal(r.smismember("s", [1, "x"]), [1, 0])
    equal(r.sinter("s", "t"), {b"2", b"3"})
    equal(r.sunion("s", "t"), {b"1", b"2", b"3", b"four"})
    equal(r.sdiff("s", "t"), {b"1"})
    equal(r.sintercard(2, ["s", "t"], 1), 1)
    equal(r.sunionstore("d", "s", "t"), 4)
    equal(r.sinterstore("d", "s", "t"), 2)
    equal(r.sdiffstore("d", "s", "t"), 1)
    equal(r.smove("t", "s", "four"), True)
    equal(r.srem("s", "four"), 1)
    equal(len(r.srandmember("s", -10)), 10)
    equal(sorted(r.spop("s", 10)), [b"1", b"2", b"3"])
    equal(r.spop("s"), None)
    equal(r.sadd("bigset", *range(5000)), 5000)
    equal(len(set(r.sscan_iter("bigset", count=100))), 5000)


def sorted_sets(r):
    equal(r.zadd("z", {"a": 1, "b": 2.5, "c": "3.5"}), 3)
    equal(r.zadd("z", {"a": 0.5}, gt=True, ch=True), 0)
    equal(r.zadd("z", {"a": 1}, incr=True), 2.0)
    equal(r.zincrby("z", -1, "a"), 1.0)
    equal(r.zscore("z", "b"), 2.5)
    equal(r.zmscore("z", ["a", "none"]), [1.0, None])
    equal(r.zcard("z"), 3)
    equal(r.zcount("z", "(1", "+inf"), 2)
    equal(r.zrank("z", "b"), 1)
    equal(r.zrevrank("z", "b"), 1)
    equal(r.zrange("z", 0, -1, withscores=True), [(b"a", 1.0), (b"b", 2.5), (b"c", 3.5)])
    equal(r.zrange("z", "-inf", "+inf", byscore=True, offset=1, num=1), [b"b"])
    equal(r.zrangebyscore("z", "(1", 3), [b"b"])
    equal(r.zrevrange("z", 0, 0), [b"c"])
    equal(r.zrangestore("d", "z", 0, 1), 2)
    equal(r.zunion({"z": 2, "d": 1}, withscores=True), [(b"a", 3.0), (b"c", 7.0), (b"b", 7.5)])
    equal(r.zinterstore("d", ["z", "d"], aggregate="MAX"), 2)
    equal(r.zunionstore("d", ["z", "d"]), 3)
    equal(r.zdiff(["z", "none"]), [b"a", b"b", b"c"])
    equal(r.zpopmin("d"), [(b"a", 2.0)])
    equal(r.zpopmax("d", 1), [(b"b", 5.0)])
    equal(r.bzpopmin("d", 1), (b"d", b"c", 3.5))
    equal(r.bzpopmax("d", 0.05), None)
    timer = later(connect().zadd, "d", {"late": 1})
    equal(r.bzpopmin("d", 10), (b"d", b"late", 1.0))
    timer.join()
    equal(len(r.zrandmember("z", 2, withscores=True)), 4)
    equal(r.zadd("lex", {"a": 0, "b": 0, "c": 0}), 3)
    equal(r.zrangebylex("lex", "[b", "+"), [b"b", b"c"])
    equal(r.zlexcount("lex", "-", "(c"), 2)
    equal(r.zrem("z", "a"), 1)
    equal(r.zremrangebyscore("z", 0, 2.5), 1)
    equal(r.zremrangebyrank("z", 0, -1), 1)
    equal(r.zadd("bigzset", {f"m{i}": i / 2 for i in range(5000)}), 5000)
    equal(r.zrank("bigzset", "m2500"), 2500)
    equal(len(dict(r.zscan_iter("bigzset", count=100))), 5000)


def others(r):
    equal(r.geoadd("g", (13.361389, 38.115556, "Palermo", 15.087269, 37.502669, "Catania")), 2)
    equal(r.geodist("g", "Palermo", "Catania", "km"), 166.2742)
    assert r.geohash("g", "Palermo")[0] in ("sqc8b49rny0", b"sqc8b49rny0")
    equal(r.geosearch("g", longitude=15, latitude=37, radius=200, unit="km", sort="ASC"), [b"Catania", b"Palermo"])
    equal(r.geosearch("g", member="Palermo", width=10, height=10, unit="km"), [b"Palermo"])
    equal(r.geosearchstore("d2", "g", member="Palermo", radius=500, unit="km"), 2)
    equal(r.pfadd("p", "a", "b", "c"), 1)
    equal(r.pfcount("p"), 3)
    equal(r.pfmerge("p2", "p"), True)
    equal(r.pfcount("p", "p2"), 3)
    r.rpush("numbers", 3, 1, 2)
    r.mset({"w1": 30, "w2": 20, "w3": 10})
    equal(r.sort("numbers"), [b"1", b"2", b"3"])
    equal(r.sort("numbers", by="w*", get=["#", "w*"], groups=True), [(b"3", b"10"), (b"2", b"20"), (b"1", b"30")])
    equal(r.sort("numbers", desc=True, store="sorted"), 3)
    equal(r.sort_ro("numbers", start=0, num=1), [b"1"])
    equal(list(r.scan_iter(match="numbers", _type="list")), [b"numbers"])


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


def message(sub, kind="message", seconds=10):
    """The next message of a kind; those of other kinds are left out."""
    end = time.time() + seconds
    while time.time() < end:
        m = sub.get_message(timeout=0.1)
        if m and m["type"] == kind:
            return m
    raise AssertionError(f"no {kind}")


def pubsub(r):
    sub = r.pubsub()
    sub.subscribe("a", "b")
    sub.psubscribe("n*")
    for kind in ("subscribe", "subscribe", "psubscribe"):
        message(sub, kind)
    equal(sorted(r.pubsub_channels()), [b"a", b"b"])
    equal(r.pubsub_numsub("a", "none"), [(b"a", 1), (b"none", 0)])
    equal(r.pubsub_numpat(), 1)
    equal(r.publish("a", "1"), 1)
    equal(r.publish("other", "x"), 0)
    equal(r.publish("news", b"\x00\xff"), 1)
    m = message(sub)
    equal((m["channel"], m["data"]), (b"a", b"1"))
    m = message(sub, "pmessage")
    equal((m["pattern"], m["channel"], m["data"]), (b"n*", b"news", b"\x00\xff"))
    sub.ping()
    message(sub, "pong")
    sub.unsubscribe("a")
    message(sub, "unsubscribe")
    equal(r.publish("a", "2"), 0)
    got = []
    handled = r.pubsub()
    handled.subscribe(c=lambda m: got.append(m["data"]))
    thread = handled.run_in_thread(sleep_time=0.01)
    while r.publish("c", "3") == 0:
        time.sleep(0.01)
    while not got:
        time.sleep(0.01)
    thread.stop()
    thread.join()
    equal(got[0], b"3")
    r.config_set("notify-keyspace-events", "Ex")
    events = r.pubsub()
    events.subscribe("__keyevent@0__:expired")
    message(events, "subscribe")
    r.set("short", "v", px=20)
    equal(message(events)["data"], b"short")
    r.config_set("notify-keyspace-events", "")
    for s in (sub, handled, events):
        s.close()


def restart():
    sub = connect().pubsub()
    sub.subscribe("back")
    sub.psubscribe("ba*")
    message(sub, "subscribe")
    message(sub, "psubscribe")
    retrying = connect(retry_on_error=[redis.ConnectionError], retry_on_timeout=True)
    plain = connect()
    equal(retrying.ping(), True)
    equal(plain.ping(), True)
    print("RESTART", flush=True)
    sys.stdin.readline()
    equal(retrying.ping(), True)
    equal(plain.ping(), True)
    equal(plain.dbsize(), 0)
    for _ in range(100):  # it subscribes again by itself, when it looks for messages
        try:
            sub.get_message(timeout=0.05)
        except redis.ConnectionError:
            continue
        if plain.publish("back", "x") == 2:
            break
    equal(message(sub)["data"], b"x")
    equal(message(sub, "pmessage")["data"], b"x")
    sub.close()


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
    for part in (strings, bitmaps, generic, lists, hashes, sets, sorted_sets, others, server, connection, pipelines, pubsub):
        part(r)
    threads()
    restart()
    passwords(connect())
    print(f"redis-py {redis.__version__}: all is well")


main()
