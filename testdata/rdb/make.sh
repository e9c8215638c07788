#!/bin/sh
# Makes the samples of this directory with redis-server 7.0: all types and encodings that it writes, without changing the order of anything that
# tests rely on. Usage: make.sh [port]
set -e
cd "$(dirname "$0")"
port=${1:-17001}
dir=$(mktemp -d)
r() { redis-cli -p "$port" "$@" >/dev/null; }
words() { i=0; while [ $i -lt "$2" ]; do printf '%s%d ' "$1" $i; [ -z "$3" ] || printf '%s%d ' "$3" $i; i=$((i + 1)); done; }
start() { redis-server --port "$port" --bind 127.0.0.1 --save '' --dir "$dir" --pidfile "$dir/pid" --daemonize yes --enable-debug-command yes --enable-protected-configs yes "$@" >/dev/null; sleep 0.5; }
save() { r config set dbfilename "$1"; r save; mv "$dir/$1" .; redis-cli -p "$port" debug digest >"${1%.rdb}.digest"; r flushall; }

start
long=$(printf 'x%.0s' $(seq 100))
huge=$(printf 'y%.0s' $(seq 9000))
r set string value
r set int8 -5
r set int16 300
r set int32 -70000
r set int64 9223372036854775807
r set empty ''
r set compressed "$long$long$long"
r set expires later pxat 4102444800123
r setbit bits 100 1
r pfadd hll $(seq 50)
r rpush list:small a 1 -300 'some longer element' 70000
r rpush list:quicklist $(words element-number- 600) "$huge" $(seq 100000 100600)
r sadd set:intset 1 2 70000 -5
r sadd set:intset64 1 1099511627776
r sadd set:small a b 3
r sadd set:many $(words member 200)
r hset hash:listpack f v 1 2 n "$long"
r hset hash:small f v 1 2 n some-text
r hset hash:many $(words field 600 value)
r zadd zset:listpack 1 a 1.5 b -2 c inf d 1 10 1 9
r zadd zset:skiplist 1 "$long" 2.25 b -inf n
r zadd zset:many $(seq 1 200 | sed 's/.*/&.5 m&/')
r geoadd geo 13.361389 38.115556 Palermo
redis-cli -p "$port" -n 9 set other database >/dev/null
redis-cli -p "$port" -n 9 set key:00000000000000000000000000000000000000 compressed >/dev/null
save all.rdb

r config set maxmemory 100mb
r config set maxmemory-policy allkeys-lru
r config set rdbcompression no
r set a "$long"
r rpush l 1 2 3
save lru.rdb
r config set maxmemory-policy allkeys-lfu
r set c d
save lfu.rdb
r config set maxmemory-policy noeviction
r config set maxmemory 0
save empty.rdb
r xadd stream 1-1 a b
save stream.rdb
r function load "#!lua name=mylib
redis.register_function('f', function() return 1 end)"
save function.rdb
kill "$(cat "$dir/pid")"
sleep 0.5
start --rdbchecksum no
r set a b
save nosum.rdb
kill "$(cat "$dir/pid")"
sleep 0.5
rm -r "$dir"
