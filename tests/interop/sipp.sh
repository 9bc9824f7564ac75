#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tests/interop/sipp.sh -- a real peer: Debian's sipp drives `sipush recv`.
#
# Installs the package sip-tester if sipp is not there. MESSAGE over UDP and TCP, OPTIONS over both, INVITE with a one-file MSRP offer, ACK and BYE over
# both. A scenario passes if each of its calls ends as written, with no unexpected message and no retransmission on either side.
set -euo pipefail
cd "$(dirname "$0")/../.."
SIPUSH=${1:-build/sipush}
WORK=${BUILD:-build}/interop-sipp
CALLS=${CALLS:-20}
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

# scenario NAME FILE TRANSPORT PORT
scenario() {
    local name=$1 file=$2 transport=$3 port=$4 log=$WORK/$1 code=0
    timeout 60 sipp "127.0.0.1:$port" -sf "tests/interop/sipp/$file" -s push -i 127.0.0.1 -t "$transport" \
        -m "$CALLS" -r 10 -l 10 -nostdin -trace_stat -fd 1 -stf "$log.csv" -trace_err -error_file "$log.err" \
        >"$log.out" 2>&1 || code=$?
    [ "$code" = 0 ] || { tail -n 40 "$log.out"; cat "$log.err" 2>/dev/null; die "$name: sipp ended with $code"; }
    local ok failed again
    ok=$(column 'SuccessfulCall(C)' "$log.csv")
    failed=$(column 'FailedCall(C)' "$log.csv")
    again=$(column 'Retransmissions(C)' "$log.csv")
    [ "$ok" = "$CALLS" ] && [ "$failed" = 0 ] || die "$name: $ok of $CALLS calls, $failed failed"
    [ "$again" = 0 ] || die "$name: $again retransmissions"
    [ ! -s "$log.err" ] || { cat "$log.err"; die "$name: sipp had something to say"; }
    printf 'PASS  %-12s %s calls, 0 failed, 0 unexpected, 0 retransmitted\n' "$name" "$ok"
}

receiver sipp -v --dir "$WORK/in"
scenario message-udp message.xml u1 "$UDP"
scenario message-tcp message.xml t1 "$TCP"
scenario options-udp options.xml u1 "$UDP"
scenario options-tcp options.xml t1 "$TCP"
scenario invite-udp invite.xml u1 "$UDP"
scenario invite-tcp invite.xml t1 "$TCP"
receiver_stop
