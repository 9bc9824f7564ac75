#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/resume.sh -- kill -9 of either side, or of both, at random moments of a transfer: `make resume`.
#
# Each round pushes three files, kills one to three times, and lets `send --resume` end it. At no moment may a file with a final name differ from
# its source; in the end each file is there once, whole, nothing is left of its parts, and nothing was handed over twice. ROUNDS=200 SEED=1
set -euo pipefail
cd "$(dirname "$0")/.."
SIPUSH=${1:-build/sipush}
WORK=${BUILD:-build}/resume
ROUNDS=${ROUNDS:-200}
RANDOM=${SEED:-1}
rm -rf "$WORK"
mkdir -p "$WORK/files"
. tests/lib.sh

NAMES=(large.bin middle.bin small.bin)
head -c 50331648 /dev/urandom >"$WORK/files/large.bin"
head -c 9000001 /dev/urandom >"$WORK/files/middle.bin"
head -c 70001 /dev/urandom >"$WORK/files/small.bin"
FILES=("${NAMES[@]/#/$WORK/files/}")

now_ms() { date +%s%3N; }
nap() { sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"; }

start_receiver() {
    RUNS=$((RUNS + 1))
    receiver "round$ROUND.$RUNS" -q --json --dir "$IN"
}

start_sender() { # start_sender LIMIT [OPTIONS]: over UDP a receiver that is killed after its 100 Trying is waited for: LIMIT seconds
    local to="sip:resume@127.0.0.1:$UDP" limit=$1
    shift
    [ $((RANDOM % 3)) = 0 ] || to="sip:resume@127.0.0.1:$TCP;transport=tcp"
    "$SIPUSH" send -q --mode session --timeout "$limit" "$@" "$to" "${FILES[@]}" 2>>"$WORK/send.err" &
    SEND_PID=$!
}

kill_receiver() {
    kill -9 "$RECV_PID" 2>/dev/null || true
    wait "$RECV_PID" 2>/dev/null || true
    RECV_PID=
}

final_names() { find "$IN" -type f ! -name '*.part' ! -name '*.part.state' ! -name '*.part.state~' -printf '%f\n' 2>/dev/null; }

# At any moment: what has a final name is its source.
whole_or_absent() {
    local name
    for name in $(final_names); do
        cmp -s "$WORK/files/$name" "$IN/$name" || die "round $ROUND: $name is there and differs from its source"
    done
}

round() {
    local kills=$((1 + RANDOM % 3)) way=() k code=0 name what
    IN=$WORK/in RUNS=0
    rm -rf "$IN"
    [ $((RANDOM % 2)) = 0 ] || way=(--parallel)
    start_receiver
    start_sender 3 "${way[@]}"
    for k in $(seq $kills); do
        nap $((RANDOM % SPAN))
        what=$((RANDOM % 3)) # 0: the sender, 1: the receiver, 2: both
        [ $what = 1 ] || kill -9 "$SEND_PID" 2>/dev/null || true
        [ $what = 0 ] || kill_receiver
        wait "$SEND_PID" 2>/dev/null || true
        whole_or_absent
        [ -n "$RECV_PID" ] || start_receiver
        [ "$k" = "$kills" ] || start_sender 3 --resume "${way[@]}"
    done
    start_sender 60 --resume "${way[@]}"
    wait "$SEND_PID" || code=$?
    [ $code = 0 ] || die "round $ROUND: send --resume ended with $code: $(tail -n 3 "$WORK/send.err")"
    receiver_stop
    whole_or_absent
    [ "$(ls -A "$IN" | sort | tr '\n' ' ')" = "$(printf '%s\n' "${NAMES[@]}" | sort | tr '\n' ' ')" ] || die "round $ROUND: there is $(ls -A "$IN" | tr '\n' ' ')"
    for name in "${NAMES[@]}"; do
        what=$(cat "$WORK/round$ROUND".*.recv.out | grep -c "\"ev\":\"delivered\".*/$name\"" || true)
        [ "$what" -le 1 ] || die "round $ROUND: $name was handed over $what times"
    done
    if cat "$WORK/round$ROUND".*.recv.out | grep -q '"ev":"offered".*"offset":[0-9]*.*"status":200'; then RESUMED=$((RESUMED + 1)); fi
    rm -f "$WORK/round$ROUND".*
}

# How long a push takes that nobody cuts: kills fall within it.
ROUND=0 IN=$WORK/in RUNS=0 RESUMED=0
start_receiver
began=$(now_ms)
start_sender 60
wait "$SEND_PID" || die "a push that nobody cuts fails"
SPAN=$(($(now_ms) - began + 20))
receiver_stop
for ROUND in $(seq "$ROUNDS"); do round; done
echo "$ROUNDS rounds, kill -9 within $SPAN ms: every file whole, none twice; $RESUMED rounds went on from a part or found it there"
rm -rf "$WORK/files" "$WORK/in"
