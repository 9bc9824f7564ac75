#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/relay_attack.sh [SIPUSH] -- a relay under attack, while others use it: part of `make hostile`.
#
# tests/relay_attack.pl says what it should not, and looks at each answer. All the while one file goes through the relay to a receiver
# that reads slowly, and small ones, one after the other, to another: each arrives octet for octet. At the end the relay's memory is
# what its limits come to. CONNECTIONS=5000 DRIP=32 (seconds). With the sanitizers: tests/relay_attack.sh build/asan/sipush.
set -euo pipefail
cd "$(dirname "$0")/.."
SIPUSH=${1:-${BUILD:-build}/sipush}
case $SIPUSH in /*) ;; *) SIPUSH=$PWD/$SIPUSH ;; esac
CONNECTIONS=${CONNECTIONS:-5000}
DRIP=${DRIP:-32}
KIB=${KIB:-65536} # of resident memory, at most
WORK=$(mktemp -d)
. tests/lib.sh
pids=()
end() {
    local pid
    for pid in ${pids[@]+"${pids[@]}"}; do kill -CONT "$pid" 2>/dev/null || true; kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || true; done
    cleanup
    rm -rf "$WORK"
}
trap end EXIT

need=$((CONNECTIONS + 200))
if [ "$(ulimit -n)" -lt "$need" ] && ! ulimit -n "$need" 2>/dev/null; then
    ulimit -n "$(ulimit -H -n)"
    CONNECTIONS=$(($(ulimit -n) - 200))
    echo "only $(ulimit -n) descriptors: $CONNECTIONS connections"
fi

printf 'alice:secret\nmallory:secret\n' >"$WORK/users"
echo secret >"$WORK/password"
"$SIPUSH" relay -v --realm lab --users "$WORK/users" --listen msrp:127.0.0.1:0 2>"$WORK/relay.err" &
relay=$!
pids+=($relay)
for i in $(seq 100); do
    port=$(sed -n 's/^listening msrp:.*:\([0-9]*\)$/\1/p' "$WORK/relay.err")
    [ -z "$port" ] || break
    sleep 0.05
done
[ -n "$port" ] || { cat "$WORK/relay.err"; die "no relay"; }
through=(--user alice --password-file "$WORK/password" --relay "msrp://127.0.0.1:$port")

# A file that takes as long as the attack: its receiver is stopped nearly all the time.
head -c 50000000 /dev/urandom >"$WORK/large"
head -c 100000 /dev/urandom >"$WORK/small"
receiver slow -q --timeout 300 --count 1 --dir "$WORK/slow"
slow=$RECV_PID
pids+=($slow)
RECV_PID=
"$SIPUSH" send -q --timeout 300 --mode session "${through[@]}" "sip:a@127.0.0.1:$UDP" "$WORK/large" 2>"$WORK/large.err" &
large=$!
pids+=($large)
receiver quick -q --timeout 300 --dir "$WORK/quick"
quick=$UDP

perl tests/relay_attack.pl "$port" "$CONNECTIONS" "$DRIP" >"$WORK/attack.out" 2>&1 &
attack=$!
pids+=($attack)
rounds=0 early=
while kill -0 "$attack" 2>/dev/null; do
    kill -STOP "$slow" 2>/dev/null || early=1 # it has all of it
    rounds=$((rounds + 1))
    cp "$WORK/small" "$WORK/small$rounds"
    "$SIPUSH" send -q --timeout 30 --mode session "${through[@]}" "sip:a@127.0.0.1:$quick" "$WORK/small$rounds" 2>"$WORK/small.err" ||
        { cat "$WORK/small.err" "$WORK/attack.out"; die "small file $rounds did not arrive: $?"; }
    cmp "$WORK/small" "$WORK/quick/small$rounds"
    sleep 0.2
    kill -CONT "$slow" 2>/dev/null || true
    sleep 0.003
done
code=0
wait "$attack" || code=$?
cat "$WORK/attack.out"
[ "$code" = 0 ] || die "the relay did not hold"
grep -c . "$WORK/attack.out" | grep -qv '^0$' || die "nothing was tried"
wait "$large" || { cat "$WORK/large.err"; die "the large file did not arrive: $?"; }
wait "$slow" || die "its receiver ended with $?"
cmp "$WORK/large" "$WORK/slow/large"
most=$(peak "$relay")
echo "$rounds small files and a large one went through meanwhile; the relay had $most KiB at most"
case $SIPUSH in
*asan*) ;;
*) [ "$most" -le "$KIB" ] || die "more than $KIB KiB" ;;
esac
kill -INT "$relay"
wait "$relay" || true
if grep -E 'Sanitizer|runtime error' "$WORK/relay.err"; then die "a sanitizer spoke"; fi
grep '^counted' "$WORK/relay.err"
