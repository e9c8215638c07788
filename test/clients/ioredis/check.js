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

async function restart(r, input) {
  const offline = new Promise((done) => r.once('close', done));
  r.on('error', () => {}); // refused while the server is away
  console.log('RESTART');
  await offline;
  const queued = r.set('while', 'away');
  await input.next();
  assert.equal(await queued, 'OK');
  assert.equal(await r.get('while'), 'away');
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
  for (const part of [strings, bitmaps, generic, server, connection, pipelines]) await part(r);
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
