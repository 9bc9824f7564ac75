#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/interop/session.sh -- a real peer: Debian's sipp calls, and is called by, a user agent that knows PRACK, UPDATE, INFO and session timers
# (tests/interop/session.c).
#
# Installs the package sip-tester if sipp is not there. A scenario passes if each of its calls ends as written, with no unexpected message.
set -euo pipefail
cd "$(dirname "$0")/../.."
SIPUSH=${1:-build/sipush}
WORK=${BUILD:-build}/interop-session
CALLS=${CALLS:-20}
rm -rf "$WORK"
mkdir -p "$WORK"
. tests/lib.sh

if ! command -v sipp >/dev/null; then
    echo "installing sip-tester (for sipp)"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq sip-tester >/dev/null
fi
${CC:-cc} -std=c11 -D_POSIX_C_SOURCE=200809L -D_DEFAULT_SOURCE -O1 -o "$WORK/session" tests/interop/session.c "${BUILD:-build}/libsipush.a"

# said NAME OK FAILED FILE: what came of a scenario
said() {
    [ "$2" = "$CALLS" ] || { cat "$WORK/$1.err" 2>/dev/null; tail -n 20 "$WORK/$1.out"; die "$1: $2 of $CALLS calls"; }
    [ ! -s "$WORK/$1.err" ] || { cat "$WORK/$1.err"; die "$1: sipp had something to say"; }
    printf 'PASS  %-12s %s calls, 0 failed, 0 unexpected\n' "$1" "$2"
}

# sipp calls
"$WORK/session" answer 0 >"$WORK/answer.out" &
RECV_PID=$!
for i in $(seq 100); do
    port=$(sed -n 's/^listening \([0-9]*\)$/\1/p' "$WORK/answer.out")
    [ -n "$port" ] && break
    sleep 0.05
done
[ -n "$port" ] || die "the callee did not come up"
timeout 60 sipp "127.0.0.1:$port" -sf tests/interop/sipp/session_uac.xml -s session -i 127.0.0.1 -m "$CALLS" -r 10 -l 10 -nostdin \
    -trace_err -error_file "$WORK/uac.err" >"$WORK/uac.out" 2>&1 || { cat "$WORK/uac.err"; die "uac: sipp ended with $?"; }
kill "$RECV_PID"
wait "$RECV_PID" || true
RECV_PID=
said uac "$(grep -c '^ENDED' "$WORK/answer.out")"

# sipp is called
timeout 100 sipp -sf tests/interop/sipp/session_uas.xml -i 127.0.0.1 -p "${PORT:-45060}" -m "$CALLS" -nostdin \
    -trace_err -error_file "$WORK/uas.err" >"$WORK/uas.out" 2>&1 &
RECV_PID=$!
sleep 0.5
ok=0
for i in $(seq "$CALLS"); do
    "$WORK/session" call "sip:session@127.0.0.1:${PORT:-45060}" >"$WORK/call.out" || { cat "$WORK/call.out" "$WORK/uas.err"; die "uas: call $i"; }
    ok=$((ok + 1))
done
wait "$RECV_PID" || { cat "$WORK/uas.err"; RECV_PID=; die "uas: sipp ended with $?"; }
RECV_PID=
want='PROGRESS 183 answer reliable;ACCEPTED 200;ANSWERED 200 answer;RESPONSE 200;ACCEPTED 200 answer;ENDED 200;'
[ "$(grep -v '^listening\|PROGRESS 100' "$WORK/call.out" | tr '\n' ';')" = "$want" ] || { cat "$WORK/call.out"; die "uas: another story"; }
said uas "$ok"
