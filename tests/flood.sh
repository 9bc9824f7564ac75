#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/flood.sh [SIPUSH] -- `sipush recv` under valid, malformed and half-open traffic at full speed for FLOOD seconds, twice.
#
# With the limits as they are, over IPv4: nearly all of 5,000 TCP connections are closed at once. With limits that hold all of them, over IPv6. Each time:
# resident memory stays under what the limits come to, an honest client among the flood is answered (99 of 100 requests at least), and when it is over a push
# of either mode arrives again, for nothing was kept. tests/flood.sh build/asan/sipush looks for leaks and for what a sanitizer says; there memory is no measure,
# and 90 of 100 will do: it reads a few times slower, the flood comes as fast, and nine of ten datagrams are lost before it sees them.
set -euo pipefail
cd "$(dirname "$0")/.."
SIPUSH=${1:-${BUILD:-build}/sipush}
WORK=${BUILD:-build}/flood
FLOOD=${FLOOD:-60}
CONNECTIONS=${CONNECTIONS:-5000}
PERCENT=99
case $SIPUSH in *asan*) PERCENT=90 ;; esac
rm -rf "$WORK"
mkdir -p "$WORK"
. tests/lib.sh

need=$((CONNECTIONS + 200))
if [ "$(ulimit -n)" -lt "$need" ] && ! ulimit -n "$need" 2>/dev/null; then
    ulimit -n "$(ulimit -H -n)"
    CONNECTIONS=$(($(ulimit -n) - 200))
    echo "only $(ulimit -n) descriptors: $CONNECTIONS connections"
fi
${CC:-cc} -std=gnu11 -O2 -o "$WORK/flood" tests/flood/flood.c

# arrives MODE TRANSPORT HOST PORT: a push, tried until it is delivered.
arrives() {
    local end=$((SECONDS + 60))
    until "$SIPUSH" send -q --mode "$1" --timeout 40 "sip:push@$3:$4;transport=$2" "$WORK/push.txt" >/dev/null 2>"$WORK/send.err"; do
        [ $SECONDS -lt $end ] || { cat "$WORK/send.err"; die "$1 over $2: nothing arrives after the flood"; }
        sleep 1
    done
}

# flood NAME HOST URI-HOST [recv options]
flood() {
    local name=$1 host=$2 in_uri=$3 udp tcp sum most
    shift 3
    receiver "$name" -v --listen "udp:$in_uri:0" --listen "tcp:$in_uri:0" --dir "$WORK/$name" "$@"
    udp=$(sed -n "s/^listening udp:.*:\([0-9]*\)\$/\1/p" "$RECV_ERR" | tail -n 1)
    tcp=$(sed -n "s/^listening tcp:.*:\([0-9]*\)\$/\1/p" "$RECV_ERR" | tail -n 1)
    echo "== $name: $FLOOD seconds, $CONNECTIONS connections"
    timeout $((FLOOD + 60)) "$WORK/flood" "$host" "$udp" "$tcp" "$FLOOD" "$CONNECTIONS" "$PERCENT" || die "$name: the flood ended with $?"
    kill -0 "$RECV_PID" 2>/dev/null || { tail -n 20 "$RECV_ERR"; die "$name: the receiver is gone"; }
    sum=$(sed -n 's/^limits: \([0-9]*\) octets.*/\1/p' "$RECV_ERR")
    most=$(peak "$RECV_PID")
    echo "memory: $most KiB at most, the limits come to $((sum / 1024)) KiB"
    case $SIPUSH in
        *asan*) ;;
        *) [ "$most" -le $((sum / 1024 + 8192)) ] || die "$name: more memory than the limits allow" ;;
    esac
    echo "a push after the flood" >"$WORK/push.txt"
    arrives pager udp "$in_uri" "$udp"
    arrives session udp "$in_uri" "$udp"
    arrives session tcp "$in_uri" "$tcp"
    receiver_stop
    grep '^counted sip' "$RECV_ERR" || die "$name: nothing was counted"
    if grep -E 'Sanitizer|runtime error' "$RECV_ERR"; then die "$name: a sanitizer spoke"; fi
    echo "PASS  $name"
}

flood usual 127.0.0.1 127.0.0.1
flood many ::1 '[::1]' --limit t1_ms=100 --limit "sockets=$((CONNECTIONS + 100))" --limit accepts=0 --limit queue_octets=16384 --limit read_octets=8192 \
    --limit "streams=$((CONNECTIONS + 50))" --limit stream_accepts=0 --limit stream_buffers=2048 --limit message_octets=16384 --limit transactions=50000 --limit store_octets=128M
