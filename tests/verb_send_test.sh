#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/verb_send_test.sh -- `sipush send` against receivers with bad habits (tests/msrp_peer.pl): what it ends with, and what came.
set -u
cd "$(dirname "$0")/.." || exit 1
SIPUSH=${BUILD:-build}/sipush
WORK=$(mktemp -d) || exit 1
peer=
trap '[ -n "$peer" ] && kill "$peer" 2>/dev/null; rm -rf "$WORK"' EXIT
passed=0 failed=0 options=

if ! command -v perl >/dev/null; then
    echo "no perl: left out"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
head -c 300000 /dev/urandom >"$WORK/large"
head -c 900 /dev/urandom >"$WORK/small"

# check NAME CODE PATTERN CAME FILE HABIT...: send FILE to a peer with this habit; CAME is yes, no or any.
check() {
    local name=$1 want=$2 pattern=$3 came=$4 file=$5 code=0 whole=no port=
    shift 5
    rm -f "$WORK/came"
    : >"$WORK/port"
    perl tests/msrp_peer.pl "$@" "$WORK/came" >"$WORK/port" 2>"$WORK/peer.err" &
    peer=$!
    for _ in $(seq 100); do
        read -r port <"$WORK/port" && break
        sleep 0.05
    done
    timeout 60 "$SIPUSH" send $options --mode session "127.0.0.1:$port" "$WORK/$file" >"$WORK/out" 2>&1 </dev/null || code=$?
    kill "$peer" 2>/dev/null
    wait "$peer" 2>/dev/null
    peer=
    cmp -s "$WORK/$file" "$WORK/came" && whole=yes
    if [ "$code" = "$want" ] && grep -qE -- "$pattern" "$WORK/out" && { [ "$came" = any ] || [ "$came" = "$whole" ]; }; then
        passed=$((passed + 1))
    else
        echo "FAIL $name: exit $code, wanted $want and '$pattern'; came whole: $whole, wanted $came"
        cat "$WORK/out" "$WORK/peer.err"
        failed=$((failed + 1))
    fi
}

check "a good one" 0 'delivered' yes large good
check "drops a connection under a large frame: small chunks go through" 0 'delivered' yes large narrow 4000
check "drops every connection" 7 '' no large cut
check "drops every connection, and the file fits a small chunk" 7 '' no small cut
check "garbage at once" 7 '' any large early
check "garbage after the first SEND" 7 '' any large garbage
check "refuses in the middle" 6 '413' no large refuse
options=--match-session-id
check "addresses are rewritten on the way" 0 'delivered' yes large rewritten
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
