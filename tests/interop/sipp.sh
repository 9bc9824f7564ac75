#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/interop/sipp.sh -- a real peer: Debian's sipp drives `sipush recv`, and answers `sipush send`. UDP and TCP, IPv4 and IPv6.
#
# Installs the package sip-tester if sipp is not there. As client: MESSAGE, OPTIONS, INVITE with a one-file MSRP offer, ACK and BYE; the same with every fifth
# datagram lost; CANCEL; what is refused with 4xx. As server: MESSAGE and INVITE answered with 2xx to 6xx after provisional responses without PRACK, an INVITE
# that is cancelled, datagrams lost. A scenario passes if each of its calls ends as written, with no unexpected message, and without loss with no
# retransmission on either side. With loss each content arrives once, and retransmissions were seen and absorbed.
set -euo pipefail
cd "$(dirname "$0")/../.."
SIPUSH=${1:-build/sipush}
WORK=${BUILD:-build}/interop-sipp
CALLS=${CALLS:-20}
LOST=${LOST:-20}
rm -rf "$WORK"
mkdir -p "$WORK"
. tests/lib.sh

if ! command -v sipp >/dev/null; then
    echo "installing sip-tester (for sipp)"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq sip-tester >/dev/null
fi

# column NAME FILE: the last value of a column of sipp's statistics
column() {
    awk -F';' -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) c = i } END { print $c }' "$2"
}

# filled FILE NAME=TEXT...: a scenario with its blanks filled in; prints where it is
filled() {
    local file=$1 made=$WORK/$log_name.xml script=
    shift
    for blank in "$@"; do script="$script;s|${blank%%=*}|${blank#*=}|g"; done
    sed "${script#;}" "tests/interop/sipp/$file" >"$made"
    echo "$made"
}

# scenario NAME FILE TRANSPORT PORT [BLANK=TEXT...]: sipp is the client. LOSS: percent of datagrams lost.
LOSS=0
TRIES=1
scenario() {
    local name=$1 file=$2 transport=$3 port=$4 code=0 ok failed again lossy= plain=$2
    local log=$WORK/$name log_name=$name
    shift 4
    file=$(filled "$file" "$@")
    [ "$LOSS" = 0 ] || lossy="-lost $LOSS"
    timeout 100 sipp "$IN_URI:$port" -sf "$file" -s push -i "$IN_URI" -t "$transport" \
        -m "$CALLS" -r 10 -l 10 -nostdin $lossy -trace_stat -fd 1 -stf "$log.csv" -trace_err -error_file "$log.err" \
        >"$log.out" 2>&1 || code=$?
    # Now and then sipp loses one request and every retransmission of it: those calls are made once more.
    if [ "$code" != 0 ] && [ "$LOSS" != 0 ] && [ "$TRIES" -lt 3 ] && grep -q 'on UDP retransmission timeout' "$log.err"; then
        TRIES=$((TRIES + 1))
        rm -f "$log.err"
        scenario "$name" "$plain" "$transport" "$port" "$@"
        return
    fi
    [ "$code" = 0 ] || { tail -n 40 "$log.out"; cat "$log.err" 2>/dev/null || true; die "$name: sipp ended with $code"; }
    ok=$(column 'SuccessfulCall(C)' "$log.csv")
    failed=$(column 'FailedCall(C)' "$log.csv")
    again=$(column 'Retransmissions(C)' "$log.csv")
    [ "$ok" = "$CALLS" ] && [ "$failed" = 0 ] || die "$name: $ok of $CALLS calls, $failed failed"
    if [ "$LOSS" = 0 ]; then
        [ "$again" = 0 ] || die "$name: $again retransmissions"
        [ ! -s "$log.err" ] || { cat "$log.err"; die "$name: sipp had something to say"; }
    else
        [ "$again" -gt 0 ] || die "$name: nothing was lost"
    fi
    printf 'PASS  %-22s %s calls, 0 failed, %s retransmitted by sipp\n' "$name" "$ok" "$again"
}

SIPP_PID=
finish() {
    [ -z "$SIPP_PID" ] || kill "$SIPP_PID" 2>/dev/null || true
    cleanup
}
trap finish EXIT

# server NAME FILE TRANSPORT [BLANK=TEXT...]: sipp is the server of one call, on PORT.
server() {
    local name=$1 file=$2 transport=$3 log=$WORK/$1 log_name=$1 lossy= i family
    shift 3
    file=$(filled "$file" "$@")
    [ "$LOSS" = 0 ] || lossy="-lost $LOSS"
    PORT=$((20000 + (RANDOM * 32768 + RANDOM) % 20000))
    timeout 100 sipp -sf "$file" -i "$IN_URI" -p "$PORT" -t "$transport" -m 1 -nostdin $lossy \
        -trace_err -error_file "$log.err" >"$log.out" 2>&1 &
    SIPP_PID=$!
    case $transport in u1) family=udp ;; *) family=tcp ;; esac
    for i in $(seq 100); do
        grep -qi ":$(printf '%04X' "$PORT") " "/proc/net/$family" "/proc/net/${family}6" 2>/dev/null && return
        sleep 0.05
    done
    cat "$log.out"
    die "$name: sipp did not come up"
}

# sends NAME EXIT STATUS [send options]: `sipush send` to sipp ends so, and sipp is content.
sends() {
    local name=$1 exit=$2 status=$3 code=0 sipp=0
    shift 3
    "$SIPUSH" send -q --json --timeout "${TIMEOUT:-60}" "$@" >"$WORK/$name.json" 2>"$WORK/$name.send.err" || code=$?
    [ "$code" = "$exit" ] || kill "$SIPP_PID" 2>/dev/null || true
    wait "$SIPP_PID" || sipp=$?
    SIPP_PID=
    RESULT=$(tail -n 1 "$WORK/$name.json")
    [ "$code" = "$exit" ] || { cat "$WORK/$name.send.err" "$WORK/$name.json"; die "$name: exit $code instead of $exit"; }
    [ -z "$status" ] || grep -q "\"status\":$status[,}]" <<<"$RESULT" || die "$name: no status $status in $RESULT"
    [ "$sipp" = 0 ] || { cat "$WORK/$name.err" 2>/dev/null || true; tail -n 30 "$WORK/$name.out"; die "$name: sipp ended with $sipp"; }
}

said() { printf 'PASS  %-22s %s\n' "$1" "$2"; }

# counted NAME: one of the receiver's counters, after its end
counted() { sed -n "s/^counted sip:.* \([0-9]*\) $1.*/\1/p" "$RECV_ERR"; }

# listens NAME [recv options]: a receiver on both transports of the family.
listens() {
    receiver "$1" -v --listen "udp:$IN_URI:0" --listen "tcp:$IN_URI:0" --dir "$WORK/$1" "${@:2}"
    UDP=$(sed -n 's/^listening udp:.*:\([0-9]*\)$/\1/p' "$RECV_ERR" | tail -n 1)
    TCP=$(sed -n 's/^listening tcp:.*:\([0-9]*\)$/\1/p' "$RECV_ERR" | tail -n 1)
}

for v in 4 6; do
    IN_URI=127.0.0.1
    [ $v = 4 ] || IN_URI='[::1]'

    # sipp as client
    listens "in$v" --accept-types 'text/plain'
    for t in udp:u1 tcp:t1; do
        n=${t%:*}$v t1=${t#*:} port=$UDP cancelled=200
        [ "${t%:*}" = udp ] || port=$TCP cancelled=481 # over TCP its transaction ended with the ACK
        scenario "message-$n" message.xml "$t1" "$port"
        scenario "options-$n" options.xml "$t1" "$port"
        scenario "invite-$n" invite.xml "$t1" "$port"
        scenario "cancel-$n" cancel.xml "$t1" "$port" "CANCELLED=$cancelled"
        scenario "no-method-$n" refused.xml "$t1" "$port" METHOD=MAKEITSO STATUS=501 FIELD='Content-Type: text/plain' TAG=
        scenario "not-here-$n" refused.xml "$t1" "$port" METHOD=REGISTER STATUS=405 FIELD='Content-Type: text/plain' TAG=
        scenario "no-type-$n" refused.xml "$t1" "$port" METHOD=MESSAGE STATUS=415 FIELD='Content-Type: x-what/ever' TAG=
        scenario "no-extension-$n" refused.xml "$t1" "$port" METHOD=OPTIONS STATUS=420 FIELD='Require: nothing' TAG=
        scenario "no-dialog-$n" refused.xml "$t1" "$port" METHOD=BYE STATUS=481 FIELD='Content-Type: text/plain' TAG=';tag=none'
    done
    receiver_stop

    # the same with loss
    listens "lost$v"
    LOSS=$LOST
    TRIES=1
    scenario "message-lost$v" message.xml u1 "$UDP"
    most=$((CALLS * TRIES)) TRIES=1
    scenario "options-lost$v" options.xml u1 "$UDP"
    scenario "invite-lost$v" invite.xml u1 "$UDP"
    LOSS=0
    receiver_stop
    files=$(find "$WORK/lost$v" -type f | wc -l)
    absorbed=$(counted 'absorbed') again=$(counted 'retransmitted')
    [ "$files" -ge "$CALLS" ] && [ "$files" -le "$most" ] || die "lost$v: $most messages were sent, $files arrived"
    [ "$absorbed" -gt 0 ] || die "lost$v: no retransmission was absorbed"
    said "lost$v" "$files contents, each once; $absorbed retransmissions absorbed, $again sent by timers"

    # sipp as server
    echo 'one file' >"$WORK/file.txt"
    for t in udp:u1 tcp:t1; do
        n=${t%:*}$v t1=${t#*:}
        for row in 200:0 202:10 404:6 415:6 486:6 500:6 603:6; do
            server "to-message-$n-${row%:*}" uas_message.xml "$t1" "STATUS=${row%:*}"
            sends "to-message-$n-${row%:*}" "${row#*:}" "${row%:*}" --mode pager -m "Watson, come here." "sip:push@$IN_URI:$PORT;transport=${t%:*}"
        done
        said "to-message-$n" "200, 202, 404, 415, 486, 500 and 603 as they are"
        for status in 302 404 488 503 600 603; do
            server "to-invite-$n-$status" uas_refuse.xml "$t1" "STATUS=$status"
            sends "to-invite-$n-$status" 6 "$status" --mode session "sip:push@$IN_URI:$PORT;transport=${t%:*}" "$WORK/file.txt"
        done
        said "to-invite-$n" "100, 183, 180, then 302, 404, 488, 503, 600, 603: acknowledged"
        server "to-cancelled-$n" uas_cancelled.xml "$t1"
        TIMEOUT=2 sends "to-cancelled-$n" 4 '' --mode session "sip:push@$IN_URI:$PORT;transport=${t%:*}" "$WORK/file.txt"
        said "to-cancelled-$n" "CANCEL on its branch, 487, ACK"
    done
    LOSS=$LOST
    again=0
    for i in $(seq 5); do
        server "to-lost$v-$i" uas_message.xml u1 STATUS=200 '<!--WAIT-->=<timewait milliseconds="6000"/>'
        sends "to-lost$v-$i" 0 200 --limit t1_ms=100 -m 'Watson, come here.' "sip:push@$IN_URI:$PORT"
        again=$((again + $(sed 's/.*"retransmissions":\([0-9]*\).*/\1/' <<<"$RESULT")))
    done
    LOSS=0
    said "to-lost$v" "5 messages, $again retransmissions"
done
