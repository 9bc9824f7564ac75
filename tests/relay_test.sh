#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/relay_test.sh -- `sipush relay` between `send` and `recv`: part of `make test`.
#
# Files of several sizes through the sender's relay, the receiver's, the same for both, and a chain of
# two; octet for octet. A wrong password is exit code 5, no relay there is 3. Last line: counts.
set -uo pipefail
cd "$(dirname "$0")/.."
SIPUSH=$PWD/${BUILD:-build}/sipush
case ${BUILD:-build} in /*) SIPUSH=$BUILD/sipush ;; esac
WORK=$(mktemp -d) || exit 1
PASSED=0 FAILED=0
pids=()
end() {
    local pid
    for pid in ${pids[@]+"${pids[@]}"}; do kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; done
    pids=()
}
trap 'end; rm -rf "$WORK"' EXIT

check() {
    if [ "$2" = "$3" ]; then PASSED=$((PASSED + 1)); else
        FAILED=$((FAILED + 1)); echo "relay_test: $1: got $2, want $3"; fi
}

# port KIND FILE: what a process says that it listens on
port() {
    local i
    for i in $(seq 100); do
        sed -n "s/^listening $1://p" "$2" | head -n 1 | grep . && return
        sleep 0.05
    done
}

# relay NUMBER: starts one, its address in RELAY
relay() {
    "$SIPUSH" relay -q --timeout 120 --realm lab --users "$WORK/users" --listen msrp:127.0.0.1:0 2>"$WORK/relay$1.err" &
    pids+=($!)
    RELAY=$(port msrp "$WORK/relay$1.err")
}

# way NAME SENDER-RELAYS RECEIVER-RELAYS FILES
way() {
    local name=$1 from=() to=() files=$4 r f code=0 recv
    local who=(--user alice --password-file "$WORK/password")
    for r in $2; do from+=(--relay "msrp://$r"); done
    for r in $3; do to+=(--relay "msrp://$r"); done
    mkdir "$WORK/$name"
    "$SIPUSH" recv -q --timeout 60 --listen udp:127.0.0.1:0 --dir "$WORK/$name" \
        --count "$(echo "$files" | wc -w)" ${to[@]+"${who[@]}" "${to[@]}"} 2>"$WORK/$name.err" >/dev/null &
    recv=$!
    pids+=($recv)
    sleep 0.3 # a URI of its relay must be there before the first offer
    "$SIPUSH" send -q --timeout 60 --mode session ${from[@]+"${who[@]}" "${from[@]}"} \
        "sip:a@$(port udp "$WORK/$name.err")" $(for f in $files; do echo "$WORK/$f"; done) >/dev/null || code=$?
    check "$name: send" "$code" 0
    for f in $files; do
        cmp -s "$WORK/$f" "$WORK/$name/$f"
        check "$name: $f" $? 0
    done
    kill "$recv" 2>/dev/null
    wait "$recv" 2>/dev/null
}

echo 'alice:secret' >"$WORK/users"
echo secret >"$WORK/password"
: >"$WORK/none"
head -c 1 /dev/urandom >"$WORK/one"
head -c 9000 /dev/urandom >"$WORK/small"
head -c 3000000 /dev/urandom >"$WORK/large"
relay 1 && one=$RELAY
relay 2 && two=$RELAY
way sender "$one" '' 'none one small large'
way receiver '' "$one" 'small large'
way same "$one" "$one" 'small large'
way both "$one" "$two" 'small large'
way chain "$one $two" '' 'small large'

echo wrong >"$WORK/wrong"
"$SIPUSH" send -q --timeout 20 --user alice --password-file "$WORK/wrong" --relay "msrp://$one" 127.0.0.1:9 "$WORK/one" 2>/dev/null
check 'wrong password' $? 5
"$SIPUSH" send -q --timeout 20 --user alice --password-file "$WORK/password" --relay msrp://127.0.0.1:9 127.0.0.1:9 "$WORK/one" 2>/dev/null
check 'no relay there' $? 3
end
echo "$PASSED passed, $FAILED failed"
[ "$FAILED" -eq 0 ]
