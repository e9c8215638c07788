// Uses the server through ioredis. Argument: the port. Exit code 0: all is well.
//
// Printing the line RESTART asks for a restart of the server; a line on standard input says that it is done.
'use strict';

const assert = require('node:assert/strict');
const readline = require('node:readline');
const Redis = require('ioredis');

const port = Number(process.argv[2]);
const connect = (options = {}) => new Redis({ port, host: '127.0.0.1', ...options });
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

async function strings(r) {
  assert.equal(await r.set('k', 'v'), 'OK');
  assert.equal(await r.get('k'), 'v');
  assert.equal(await r.set('k', 'w', 'NX'), null);
  assert.equal(await r.set('k', 'w', 'EX', 100, 'GET'), 'v');
  assert.ok((await r.ttl('k')) > 98);
  assert.equal(await r.getex('k', 'PERSIST'), 'w');
  assert.equal(await r.pttl('k'), -1);
  assert.equal(await r.mset(new Map([['a', '1'], ['b', '2']])), 'OK');
  assert.deepEqual(await r.mget('a', 'none', 'b'), ['1', null, '2']);
  assert.equal(await r.msetnx({ b: 3, c: 4 }), 0);
  assert.equal(await r.incr('n'), 1);
  assert.equal(await r.incrby('n', 41), 42);
  assert.equal(await r.decrby('n', 2), 40);
  assert.equal(await r.incrbyfloat('n', '0.25'), '40.25');
  await assert.rejects(r.incr('k'), /ERR value is not an integer or out of range/);
  assert.equal(await r.append('k', 'orld'), 5);
  assert.equal(await r.strlen('k'), 5);
  assert.equal(await r.setrange('k', 0, 'W'), 5);
  assert.equal(await r.getrange('k', 0, 1), 'Wo');
  assert.equal(await r.setnx('k', 'x'), 0);
  assert.equal(await r.setex('s', 100, 'x'), 'OK');
  assert.equal(await r.psetex('s', 100000, 'y'), 'OK');
  assert.equal(await r.getset('s', 'z'), 'y');
  assert.equal(await r.getdel('s'), 'z');
  assert.equal(await r.lcs('a', 'a'), '1');
  const big = Buffer.alloc(5 << 20, 'x\0\r\n');
  await r.set('big', big);
  assert.ok(big.equals(await r.getBuffer('big')));
}

async function bitmaps(r) {
  assert.equal(await r.setbit('bits', 7, 1), 0);
  assert.equal(await r.getbit('bits', 7), 1);
  assert.equal(await r.bitcount('bits'), 1);
  assert.equal(await r.bitpos('bits', 1), 7);
  assert.equal(await r.bitop('NOT', 'inverse', 'bits'), 1);
  assert.deepEqual(await r.bitfield('bits', 'SET', 'u8', 0, 255, 'OVERFLOW', 'FAIL', 'INCRBY', 'u8', 0, 1), [1, null]);
  assert.deepEqual(await r.bitfield_ro('bits', 'GET', 'i8', 0), [-1]);
}

async function generic(r) {
  await r.flushall();
  const all = new Map();
  for (let i = 0; i < 1000; i++) all.set(`key:${i}`, i);
  await r.mset(all);
  assert.equal(await r.dbsize(), 1000);
  const seen = new Set();
  for await (const keys of r.scanStream({ count: 50 })) for (const k of keys) seen.add(k);
  assert.equal(seen.size, 1000);
  let matched = 0;
  for await (const keys of r.scanStream({ match: 'key:1*', type: 'string' })) matched += keys.length;
  assert.equal(matched, 111);
  assert.equal((await r.keys('key:99?')).length, 10);
  assert.match(await r.randomkey(), /^key:/);
  assert.equal(await r.exists('key:1', 'none'), 1);
  assert.equal(await r.touch('key:1', 'none'), 1);
  assert.equal(await r.type('key:1'), 'string');
  assert.equal(await r.del('key:1', 'key:2'), 2);
  assert.equal(await r.unlink('key:3'), 1);
  assert.equal(await r.rename('key:4', 'other'), 'OK');
  assert.equal(await r.renamenx('key:5', 'other'), 0);
  assert.equal(await r.copy('other', 'another'), 1);
  assert.equal(await r.move('other', 1), 1);
  assert.equal(await r.expire('key:6', 100), 1);
  assert.equal(await r.expire('key:6', 50, 'GT'), 0);
  assert.equal(await r.pexpireat('key:6', 33177117420999), 1);
  assert.equal(await r.pexpiretime('key:6'), 33177117420999);
  assert.equal(await r.persist('key:6'), 1);
  assert.equal(await r.object('ENCODING', 'key:7'), 'int');
  await r.set('short', 'x', 'PX', 30);
  await sleep(60);
  assert.equal(await r.get('short'), null);
  assert.equal(await r.swapdb(0, 1), 'OK');
  assert.equal(await r.dbsize(), 1);
  assert.equal(await r.flushdb(), 'OK');
  assert.equal(await r.swapdb(0, 1), 'OK');
}

// later runs a command on a connection of its own a moment later.
async function later(name, ...args) {
  await sleep(50);
  const other = connect();
  await other[name](...args);
  await other.quit();
}

async function lists(r) {
  assert.equal(await r.rpush('l', 'b', 'c', 'd'), 3);
  assert.equal(await r.lpush('l', 'a'), 4);
  assert.deepEqual(await r.lrange('l', 0, -1), ['a', 'b', 'c', 'd']);
  assert.equal(await r.lindex('l', -1), 'd');
  assert.equal(await r.linsert('l', 'BEFORE', 'c', 'x'), 5);
  assert.equal(await r.lset('l', 0, 'A'), 'OK');
  assert.equal(await r.lrem('l', 0, 'x'), 1);
  assert.equal(await r.lpos('l', 'c'), 2);
  assert.equal(await r.lmove('l', 'm', 'LEFT', 'RIGHT'), 'A');
  assert.equal(await r.rpoplpush('l', 'm'), 'd');
  assert.deepEqual(await r.lpop('l', 5), ['b', 'c']);
  assert.equal(await r.lpop('l'), null);
  assert.equal(await r.ltrim('m', 1, 1), 'OK');
  assert.deepEqual(await r.lmpop(2, 'none', 'm', 'LEFT'), ['m', ['A']]);
  assert.equal(await r.blpop('none', 0.05), null);
  const waiting = connect();
  let pushed = later('rpush', 'q', 'job');
  assert.deepEqual(await waiting.blpop('other', 'q', 10), ['q', 'job']);
  await pushed;
  pushed = later('rpush', 'from', 'job');
  assert.equal(await waiting.blmove('from', 'to', 'LEFT', 'RIGHT', 10), 'job');
  await pushed;
  pushed = later('lpush', 'q', '1', '2');
  assert.deepEqual(await waiting.blmpop(10, 1, 'q', 'RIGHT', 'COUNT', 5), ['q', ['1', '2']]);
  await pushed;
  const id = await waiting.client('ID');
  const unblocked = waiting.blpop('never', 10);
  await sleep(50);
  assert.equal(await r.client('UNBLOCK', id), 1);
  assert.equal(await unblocked, null);
  await waiting.quit();
  await assert.rejects(r.get('to'), /WRONGTYPE/);
}

async function hashes(r) {
  assert.equal(await r.hset('h', { a: 1, b: 'two' }), 2);
  assert.deepEqual(await r.hgetall('h'), { a: '1', b: 'two' });
  assert.deepEqual(await r.hmget('h', 'a', 'none'), ['1', null]);
  assert.equal(await r.hsetnx('h', 'a', 9), 0);
  assert.equal(await r.hexists('h', 'a'), 1);
  assert.equal(await r.hincrby('h', 'a', 41), 42);
  assert.equal(await r.hincrbyfloat('h', 'a', '0.5'), '42.5');
  assert.equal(await r.hstrlen('h', 'b'), 3);
  assert.deepEqual((await r.hkeys('h')).sort(), ['a', 'b']);
  assert.equal((await r.hrandfield('h', 5, 'WITHVALUES')).length, 4);
  assert.equal(await r.hdel('h', 'a', 'none'), 1);
  const all = {};
  for (let i = 0; i < 5000; i++) all[`field:${i}`] = i;
  assert.equal(await r.hset('bighash', all), 5000);
  assert.equal(Object.keys(await r.hgetall('bighash')).length, 5000);
  const seen = new Set();
  for await (const found of r.hscanStream('bighash', { count: 100 })) {
    for (let i = 0; i < found.length; i += 2) seen.add(found[i]);
  }
  assert.equal(seen.size, 5000);
}

async function sets(r) {
  assert.equal(await r.sadd('s', 1, 2, 3, 3), 3);
  assert.equal(await r.object('ENCODING', 's'), 'intset');
  assert.equal(await r.sadd('t', '2', '3', 'four'), 3);
  assert.deepEqual((await r.smembers('s')).sort(), ['1', '2', '3']);
  assert.deepEqual(await r.smismember('s', 1, 'x'), [1, 0]);
  assert.deepEqual((await r.sinter('s', 't')).sort(), ['2', '3']);
  assert.deepEqual((await r.sunion('s', 't')).sort(), ['1', '2', '3', 'four']);
  assert.deepEqual(await r.sdiff('s', 't'), ['1']);
  assert.equal(await r.sintercard(2, 's', 't', 'LIMIT', 1), 1);
  assert.equal(await r.sunionstore('d', 's', 't'), 4);
  assert.equal(await r.smove('t', 's', 'four'), 1);
  assert.equal((await r.srandmember('s', -10)).length, 10);
  assert.equal((await r.spop('s', 10)).length, 4);
  assert.equal(await r.spop('s'), null);
  assert.equal(await r.sadd('bigset', ...Array(5000).keys()), 5000);
  const seen = new Set();
  for await (const found of r.sscanStream('bigset', { count: 100 })) for (const m of found) seen.add(m);
  assert.equal(seen.size, 5000);
}

async function sortedSets(r) {
  assert.equal(await r.zadd('z', 1, 'a', 2.5, 'b', '3.5', 'c'), 3);
  assert.equal(await r.zadd('z', 'GT', 'CH', 0.5, 'a'), 0);
  assert.equal(await r.zadd('z', 'INCR', 1, 'a'), '2');
  assert.equal(await r.zincrby('z', -1, 'a'), '1');
  assert.equal(await r.zscore('z', 'b'), '2.5');
  assert.deepEqual(await r.zmscore('z', 'a', 'none'), ['1', null]);
  assert.equal(await r.zcount('z', '(1', '+inf'), 2);
  assert.equal(await r.zrank('z', 'b'), 1);
  assert.deepEqual(await r.zrange('z', 0, -1, 'WITHSCORES'), ['a', '1', 'b', '2.5', 'c', '3.5']);
  assert.deepEqual(await r.zrange('z', '+inf', '(1', 'BYSCORE', 'REV', 'LIMIT', 0, 1), ['c']);
  assert.deepEqual(await r.zrangebyscore('z', '(1', 3), ['b']);
  assert.deepEqual(await r.zrevrange('z', 0, 0), ['c']);
  assert.equal(await r.zrangestore('d', 'z', 0, 1), 2);
  assert.deepEqual(await r.zunion(2, 'z', 'd', 'WEIGHTS', 2, 1, 'WITHSCORES'), ['a', '3', 'c', '7', 'b', '7.5']);
  assert.equal(await r.zinterstore('d', 2, 'z', 'd', 'AGGREGATE', 'MAX'), 2);
  assert.equal(await r.zunionstore('d', 2, 'z', 'd'), 3);
  assert.deepEqual(await r.zdiff(2, 'z', 'none'), ['a', 'b', 'c']);
  assert.deepEqual(await r.zpopmin('d'), ['a', '2']);
  assert.deepEqual(await r.zpopmax('d', 1), ['b', '5']);
  assert.deepEqual(await r.bzpopmin('d', 1), ['d', 'c', '3.5']);
  assert.equal(await r.bzpopmax('d', 0.05), null);
  const pushed = later('zadd', 'd', 1, 'late');
  assert.deepEqual(await r.bzpopmin('d', 10), ['d', 'late', '1']);
  await pushed;
  assert.equal(await r.zadd('lex', 0, 'a', 0, 'b', 0, 'c'), 3);
  assert.deepEqual(await r.zrangebylex('lex', '[b', '+'), ['b', 'c']);
  assert.equal(await r.zremrangebylex('lex', '-', '(c'), 2);
  assert.equal(await r.zremrangebyscore('z', 0, 2.5), 2);
  const many = [];
  for (let i = 0; i < 5000; i++) many.push(i / 2, `m${i}`);
  assert.equal(await r.zadd('bigzset', ...many), 5000);
  assert.equal(await r.zrank('bigzset', 'm2500'), 2500);
  let found = 0;
  for await (const pairs of r.zscanStream('bigzset', { match: 'm1*', count: 100 })) found += pairs.length / 2;
  assert.equal(found, 1111);
}

async function others(r) {
  assert.equal(await r.geoadd('g', 13.361389, 38.115556, 'Palermo', 15.087269, 37.502669, 'Catania'), 2);
  assert.equal(await r.geodist('g', 'Palermo', 'Catania', 'km'), '166.2742');
  assert.deepEqual(await r.geohash('g', 'Palermo', 'none'), ['sqc8b49rny0', null]);
  assert.deepEqual(await r.geosearch('g', 'FROMLONLAT', 15, 37, 'BYRADIUS', 200, 'km', 'ASC', 'WITHDIST'),
    [['Catania', '56.4413'], ['Palermo', '190.4424']]);
  assert.equal(await r.geosearchstore('d2', 'g', 'FROMMEMBER', 'Palermo', 'BYBOX', 10, 10, 'km'), 1);
  assert.equal(await r.pfadd('p', 'a', 'b', 'c'), 1);
  assert.equal(await r.pfmerge('p2', 'p'), 'OK');
  assert.equal(await r.pfcount('p', 'p2'), 3);
  await r.rpush('numbers', 3, 1, 2);
  await r.mset({ w1: 30, w2: 20, w3: 10 });
  assert.deepEqual(await r.sort('numbers', 'BY', 'w*', 'GET', '#', 'GET', 'w*', 'LIMIT', 0, 2), ['3', '10', '2', '20']);
  assert.equal(await r.sort('numbers', 'DESC', 'STORE', 'sorted'), 3);
  assert.deepEqual(await r.lrange('sorted', 0, -1), ['3', '2', '1']);
  assert.deepEqual(await r.scan(0, 'MATCH', 'numbers', 'COUNT', 10000, 'TYPE', 'list'), ['0', ['numbers']]);
}

async function server(r) {
  assert.equal(await r.ping(), 'PONG');
  assert.equal(await r.echo('hi'), 'hi');
  assert.match(await r.info('server'), /redis_version:7\.4\.0\r\n/);
  assert.equal(await r.config('SET', 'slowlog-max-len', 64), 'OK');
  assert.deepEqual(await r.config('GET', 'slowlog-max-len'), ['slowlog-max-len', '64']);
  assert.ok((await r.command('COUNT')) > 80);
  assert.equal((await r.command('INFO', 'get'))[0][1], 2);
  assert.deepEqual(await r.command('GETKEYS', 'MSET', 'a', '1', 'b', '2'), ['a', 'b']);
  assert.equal((await r.time()).length, 2);
  assert.ok((await r.memory('USAGE', 'key:10')) > 0);
  assert.equal(await r.memory('PURGE'), 'OK');
  assert.ok(Array.isArray(await r.slowlog('GET')));
  assert.ok(Array.isArray(await r.latency('LATEST')));
  await assert.rejects(r.call('NOSUCH'), /unknown command/);
}

async function connection(r) {
  const one = connect({ connectionName: 'check', db: 2 });
  assert.equal(await one.client('GETNAME'), 'check');
  const id = await one.client('ID');
  assert.match(await r.client('LIST', 'ID', id), /name=check .* db=2 /);
  const again = new Promise((done) => one.once('ready', done));
  assert.equal(await r.client('KILL', 'ID', id), 1);
  await again;
  assert.notEqual(await one.client('ID'), id);
  assert.match(await one.client('INFO'), /name=check .* db=2 /);
  await one.quit();
  const monitor = await connect().monitor();
  const seen = new Promise((done) => {
    monitor.on('monitor', (time, args) => args.join(' ') === 'set seen 1' && done());
  });
  await r.set('seen', 1);
  await seen;
  monitor.disconnect();
}

async function pipelines(r) {
  const pipe = r.pipeline();
  for (let i = 0; i < 10000; i++) pipe.set(`p${i % 100}`, i).incr('count');
  const replies = await pipe.exec();
  assert.equal(replies.length, 20000);
  assert.deepEqual(replies[19999], [null, 10000]);
  const mixed = await r.pipeline().set('k', 'v').incr('k').get('k').exec();
  assert.match(mixed[1][0].message, /not an integer/);
  assert.deepEqual(mixed[2], [null, 'v']);
  const auto = connect({ enableAutoPipelining: true });
  const counts = await Promise.all(Array.from({ length: 1000 }, () => auto.incr('auto')));
  assert.equal(Math.max(...counts), 1000);
  await auto.quit();
}

// next is the next event of a kind.
const next = (emitter, kind) => new Promise((done) => emitter.once(kind, (...args) => done(args)));

async function pubsub(r) {
  const sub = connect();
  assert.equal(await sub.subscribe('a', 'b'), 2);
  assert.equal(await sub.psubscribe('n*'), 3);
  assert.deepEqual((await r.pubsub('CHANNELS')).sort(), ['a', 'b']);
  assert.deepEqual(await r.pubsub('NUMSUB', 'a', 'none'), ['a', 1, 'none', 0]);
  let message = next(sub, 'message');
  assert.equal(await r.publish('a', '1'), 1);
  assert.deepEqual(await message, ['a', '1']);
  message = next(sub, 'pmessage');
  assert.equal(await r.publish('news', '2'), 1);
  assert.deepEqual(await message, ['n*', 'news', '2']);
  assert.deepEqual(await sub.ping(), ['pong', '']);
  await assert.rejects(sub.get('k'), /subscriber mode/);
  assert.equal(await sub.unsubscribe('a'), 2);
  assert.equal(await r.publish('a', '3'), 0);
  assert.equal(await sub.ssubscribe('s'), 1);
  message = next(sub, 'smessage');
  assert.equal(await r.spublish('s', '4'), 1);
  assert.deepEqual(await message, ['s', '4']);
  await r.config('SET', 'notify-keyspace-events', 'Kg');
  assert.equal(await sub.subscribe('__keyspace@0__:gone'), 3);
  message = next(sub, 'message');
  await r.set('gone', 1);
  await r.del('gone');
  assert.deepEqual(await message, ['__keyspace@0__:gone', 'del']);
  await r.config('SET', 'notify-keyspace-events', '');
  await sub.quit();
  await transactionMessages(r);
}

// transactionMessages publishes from within a transaction.
async function transactionMessages(r) {
  const sub = connect();
  await sub.subscribe('c');
  const got = [];
  sub.on('message', (channel, text) => got.push(text));
  const replies = await r.multi().publish('c', '1').set('k', 'v').publish('c', '2').exec();
  assert.deepEqual(replies, [[null, 1], [null, 'OK'], [null, 1]]);
  while (got.length < 2) await new Promise((done) => setTimeout(done, 5));
  assert.deepEqual(got, ['1', '2']);
  await sub.quit();
}

async function restart(r, input) {
  const sub = connect();
  sub.on('error', () => {});
  await sub.subscribe('back');
  await sub.psubscribe('ba*');
  const offline = new Promise((done) => r.once('close', done));
  r.on('error', () => {}); // refused while the server is away
  console.log('RESTART');
  await offline;
  const queued = r.set('while', 'away');
  await input.next();
  assert.equal(await queued, 'OK');
  assert.equal(await r.get('while'), 'away');
  const messages = Promise.all([next(sub, 'message'), next(sub, 'pmessage')]); // it subscribes again by itself
  while ((await r.publish('back', 'x')) < 2) await new Promise((done) => setTimeout(done, 20));
  assert.deepEqual((await messages)[0], ['back', 'x']);
  await sub.quit();
}

async function passwords(r) {
  await r.config('SET', 'requirepass', 'secret');
  const without = connect({ retryStrategy: null, enableReadyCheck: false });
  await assert.rejects(without.get('k'), /NOAUTH/);
  without.disconnect();
  const user = connect({ username: 'default', password: 'secret' });
  assert.equal(await user.get('while'), 'away');
  await user.config('SET', 'requirepass', '');
  await user.quit();
}

async function main() {
  const input = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const r = connect();
  const parts = [strings, bitmaps, generic, lists, hashes, sets, sortedSets, others, server, connection, pipelines, pubsub];
  for (const part of parts) await part(r);
  await restart(r, input);
  await passwords(r);
  await r.quit();
  console.log(`ioredis ${require('ioredis/package.json').version}: all is well`);
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
