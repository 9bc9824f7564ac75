# SPDX-License-Identifier: MIT
# tests/lib.sh -- what the shell tests share: a receiver in the background, a sender, and words about both.
# Sourced. Needs SIPUSH (the command under test) and WORK (a folder of its own). Everything stays on loopback and is ended by its process id.

: "${SIPUSH:?}" "${WORK:?}"
RECV_PID=

die() { printf 'FAILED: %s\n' "$*" >&2; exit 1; }

# receiver NAME [recv options]: starts one on ports of its own; sets RECV_PID, UDP, TCP, MSRP (ports), RECV_OUT and RECV_ERR (files).
receiver() {
    local name=$1 i
    shift
    RECV_OUT=$WORK/$name.recv.out RECV_ERR=$WORK/$name.recv.err
    : >"$RECV_ERR" # there before the background has opened it
    "$SIPUSH" recv --listen udp:127.0.0.1:0 --listen tcp:127.0.0.1:0 "$@" >"$RECV_OUT" 2>"$RECV_ERR" &
    RECV_PID=$!
    for i in $(seq 100); do
        UDP=$(sed -n 's/^listening udp:.*:\([0-9]*\)$/\1/p' "$RECV_ERR" | head -n 1)
        TCP=$(sed -n 's/^listening tcp:.*:\([0-9]*\)$/\1/p' "$RECV_ERR" | head -n 1)
        MSRP=$(sed -n 's/^listening msrp:.*:\([0-9]*\)$/\1/p' "$RECV_ERR" | head -n 1)
        [ -n "$UDP" ] && [ -n "$TCP" ] && [ -n "$MSRP" ] && return 0
        kill -0 "$RECV_PID" 2>/dev/null || break
        sleep 0.05
    done
    cat "$RECV_ERR" >&2
    die "the receiver did not come up"
}

# receiver_ends: waits for a receiver that ends by --count; its exit code is the function's.
receiver_ends() {
    local pid=$RECV_PID
    RECV_PID=
    wait "$pid"
}

# receiver_stop: ends one that would run on. Its exit code must be that of an interrupted command.
receiver_stop() {
    local pid=$RECV_PID code=0
    RECV_PID=
    kill -INT "$pid" 2>/dev/null
    wait "$pid" || code=$?
    [ "$code" = 130 ] || [ "$code" = 0 ] || die "the receiver ended with $code"
}

cleanup() { [ -z "$RECV_PID" ] || kill "$RECV_PID" 2>/dev/null; }
trap cleanup EXIT

# expect CODE COMMAND...: the command must end with that exit code.
expect() {
    local want=$1 code=0
    shift
    "$@" || code=$?
    [ "$code" = "$want" ] || die "exit $code instead of $want: $*"
}

# peak PID: the peak of its resident memory in KiB so far; empty when it is gone.
peak() { sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$1/status" 2>/dev/null; }

# count_octets PATTERN FILE: how often a text stands in a file of octets.
count_octets() { LC_ALL=C grep -a -o -e "$1" "$2" | wc -l; }
