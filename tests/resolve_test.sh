#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/resolve_test.sh -- names from a file (--resolve), as part of `make test`: targets in the right order, a dead one costs no push; and what
# --resolve and --nameserver refuse.
#
# 3261-18-3: by UDP and by TCP.
#
# The last line is `N passed, N failed`, as tests/run.sh wants it.
set -u
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build}
SIPUSH=$BUILD/sipush
WORK=$BUILD/resolve
rm -rf "$WORK"
mkdir -p "$WORK"
. tests/lib.sh
. tests/names.sh
log=$WORK/log
: >"$log"

# refused NAME CODE WORDS ARGS...: a push with these options ends with CODE and says WORDS
refused() {
    local name=$1 want=$2 words=$3 code=0
    shift 3
    "$SIPUSH" send "$@" sip:lab@live.lab -m x >"$WORK/$name.out" 2>&1 || code=$?
    if [ "$code" = "$want" ] && grep -q -F -e "$words" "$WORK/$name.out"; then
        echo "PASS  $name"
    else
        echo "FAIL  $name: exit $code: $(cat "$WORK/$name.out")"
    fi >>"$log"
}

[ -x "$SIPUSH" ] || { echo "$SIPUSH is not built"; echo "0 passed, 1 failed"; exit 1; }
receiver names --listen 'udp:[::1]:0' --dir "$WORK/in"
UDP6=$(sed -n 's/^listening udp:\[::1\]:\([0-9]*\)$/\1/p' "$RECV_ERR")
printf 'content for a name\n' >"$WORK/content"
zone "$WORK/zone"
name_rows --resolve "$WORK/zone" >>"$log"
receiver_stop
[ "$(ls "$WORK/in" | wc -l)" = 9 ] && echo 'PASS  all arrived once' >>"$log" || echo "FAIL  $(ls "$WORK/in" | wc -l) of 9 arrived" >>"$log"

printf 'live.lab A 127.0.0.1\nlive.lab SRV 0 0 http live.lab\n' >"$WORK/wrong"
refused wrong-line 2 "$WORK/wrong:2:18: not what is wanted here: port" --resolve "$WORK/wrong"
refused no-file 2 'No such file' --resolve "$WORK/none"
: >"$WORK/empty"
refused empty-file 3 'could not be resolved' --resolve "$WORK/empty"
refused nameserver 2 'HOST:PORT' --nameserver localhost:53
refused nameserver-port 2 'HOST:PORT' --nameserver 127.0.0.1:65536
refused dead-nameserver 3 'could not be resolved' --nameserver "127.0.0.1:$DEAD"

grep -v '^PASS' "$log"
echo "$(grep -c '^PASS' "$log") passed, $(grep -c '^FAIL' "$log") failed"
! grep -q '^FAIL' "$log"
