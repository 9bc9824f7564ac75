#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/reuse_test.sh -- several receivers on one port: --reuse-port. IPv4 and IPv6, UDP and TCP.
#
# Each of many pushes, from ports of their own, is delivered once, to one of two processes; both get some. Without the option the second is refused.
set -euo pipefail
cd "$(dirname "$0")/.."
SIPUSH=${SIPUSH:-${BUILD:-build}/sipush}
WORK=${BUILD:-build}/reuse
PUSHES=${PUSHES:-24}
rm -rf "$WORK"
mkdir -p "$WORK"
. tests/lib.sh

SECOND=
finish() {
    [ -z "$SECOND" ] || kill "$SECOND" 2>/dev/null || true
    cleanup
}
trap finish EXIT

passed=0
for host in 127.0.0.1 '[::1]'; do
    name=v4
    [ "$host" = 127.0.0.1 ] || name=v6
    receiver "$name-a" --reuse-port --listen "udp:$host:0" --listen "tcp:$host:0" --dir "$WORK/$name-a"
    udp=$(sed -n "s/^listening udp:.*:\([0-9]*\)\$/\1/p" "$RECV_ERR" | tail -n 1)
    tcp=$(sed -n "s/^listening tcp:.*:\([0-9]*\)\$/\1/p" "$RECV_ERR" | tail -n 1)

    code=0
    "$SIPUSH" recv --listen "udp:$host:$udp" --timeout 5 --dir "$WORK/none" 2>"$WORK/$name-none.err" || code=$?
    [ "$code" = 3 ] || die "$name: a port in use was taken without --reuse-port: exit $code"

    "$SIPUSH" recv --reuse-port --listen "udp:$host:$udp" --listen "tcp:$host:$tcp" --dir "$WORK/$name-b" \
        >"$WORK/$name-b.out" 2>"$WORK/$name-b.err" &
    SECOND=$!
    for i in $(seq 100); do
        grep -q '^listening msrp' "$WORK/$name-b.err" && break
        sleep 0.05
    done
    for transport in udp tcp; do
        port=$udp
        [ "$transport" = udp ] || port=$tcp
        for i in $(seq "$PUSHES"); do
            "$SIPUSH" send -q --timeout 20 "sip:push@$host:$port;transport=$transport" \
                -m "$transport $i" >/dev/null || die "$name $transport: push $i ended with $?"
        done
        a=$(grep -l -r "^$transport " "$WORK/$name-a" | wc -l)
        b=$(grep -l -r "^$transport " "$WORK/$name-b" | wc -l)
        [ $((a + b)) = "$PUSHES" ] || die "$name $transport: $a and $b of $PUSHES pushes"
        [ "$a" -gt 0 ] && [ "$b" -gt 0 ] || die "$name $transport: one process got all: $a and $b"
        echo "PASS  $name $transport: $a and $b of $PUSHES pushes"
        passed=$((passed + 1))
    done
    kill -INT "$SECOND"
    wait "$SECOND" || true
    SECOND=
    receiver_stop
done
echo "$passed passed, 0 failed"
